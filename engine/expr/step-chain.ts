/** `steps['x']...` in an expression: the step exists, and has what is read of it. */
import { nearest } from '../diagnostics/near.ts';
import type { Report } from './flaw.ts';
import type { JsonSchema } from './json-schema.ts';
import { checkOutputPath } from './output-path.ts';
import type { Chain } from './references.ts';

export interface StepNames {
  ids(): readonly string[];
  /** null: there is no such step; `output` null: it is a gate or a wait. */
  get(id: string): {
    readonly type: string;
    readonly output: JsonSchema | null;
    readonly sensitive: readonly string[];
  } | null;
}

/** Beside its output: known of every kind of step. Instants are text, as `run.t0` is. */
export const STEP_FIELDS = {
  ran: 'bool',
  started_at: 'string',
  settled_at: 'string',
  duration_ms: 'int',
} as const;
const STEP_FIELD_NAMES = Object.keys(STEP_FIELDS);
export type StepMember = 'output' | keyof typeof STEP_FIELDS;

export const isStepField = (name: string | null | undefined): name is keyof typeof STEP_FIELDS =>
  name != null && Object.hasOwn(STEP_FIELDS, name);

/** The id of the step; null: what is wrong is reported. */
export const checkStep = (chain: Chain, steps: StepNames, report: Report): string | null => {
  const [key, output, ...path] = chain.keys;
  const whole = { start: chain.start, end: chain.keys.at(-1)?.end ?? chain.end };
  if (!key || key.name === null) {
    report(whole, 'RB301', { fault: { kind: 'step-not-literal' } });
    return null;
  }
  const { name } = key;
  const step = steps.get(name);
  if (step === null) {
    const known = steps.ids();
    const dash = chain.minus ? (known.find((id) => id.startsWith(`${name}-`)) ?? null) : null;
    report(key, 'RB305', { name, near: nearest(name, known), known, dash });
    return null;
  }
  const of = `Step "${name}"`;
  if (isStepField(output?.name)) {
    const [deeper] = path;
    if (deeper)
      report(deeper, 'RB306', { name: deeper.name ?? '', of: `\`${output.name}\``, near: null, known: [] });
    return name;
  }
  if (step.output === null && (output === undefined || output.name === 'output')) {
    report(key, 'RB306', {
      name: 'output',
      of: `${of} (${step.type})`,
      near: null,
      known: STEP_FIELD_NAMES,
    });
    return null;
  }
  if (output?.name !== 'output') {
    const known = step.output === null ? STEP_FIELD_NAMES : ['output', ...STEP_FIELD_NAMES];
    const near = output === undefined ? null : (nearest(output.name ?? '', known) ?? known[0] ?? null);
    report(output ?? key, 'RB306', { name: output?.name ?? '', of, near, known });
    return null;
  }
  checkOutputPath(name, step, path, report);
  return name;
};
