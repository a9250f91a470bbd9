/** `runbook steps [TYPE]`: the step reference, generated from what the types declare. */
import * as z from 'zod';
import { fail } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import { type CoreKind, coreKinds } from '../load/schema/core-kinds.ts';
import type { AnyStepType } from '../step.ts';
import { jsonText } from '../text.ts';
import { commonRecord, commonReference } from './common-reference.ts';
import { givenRegistry } from './given.ts';
import { options } from './options.ts';
import type { Handler } from './spec.ts';
import { coreReference, stepReference } from './step-reference.ts';
import { columns } from './table.ts';

export const steps: Handler = async (host, input) => {
  if (input.argument(0) === 'new') return (await import('./steps-new.ts')).stepsNew(host, input);
  if (input.flag(options.common)) {
    if (input.argument(0) !== undefined) return fail('RB606', { flags: ['--common', 'a step type'] });
    host.stdout.write(input.flag(options.json) ? `${jsonText(commonRecord())}\n` : commonReference());
    return 0;
  }
  const registry = await givenRegistry(host, input);
  const types = [...registry.steps.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const name = input.argument(0);
  const json = input.flag(options.json);
  if (name === undefined) {
    const list = [
      ...coreKinds.map(({ type, summary }) => ({ type, version: 1, summary })),
      ...types.map(({ type, version, summary }) => ({ type, version, summary })),
    ];
    host.stdout.write(json ? `${jsonText(list)}\n` : columns(list.map((t) => [t.type, t.summary])));
    return 0;
  }
  const core = coreKinds.find((kind) => kind.type === name);
  if (core) {
    host.stdout.write(json ? `${jsonText(coreRecord(core))}\n` : coreReference(core));
    return 0;
  }
  const found = registry.steps.get(name);
  if (!found) {
    const names = [...coreKinds, ...types].map((t) => t.type);
    return fail('RB603', { type: name, near: nearest(name, names), types: names });
  }
  host.stdout.write(json ? `${jsonText(recordOf(found))}\n` : stepReference(found));
  return 0;
};

const coreRecord = ({ type, summary, input, output, beside, examples }: CoreKind) => ({
  type,
  version: 1,
  summary,
  input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
  ...(output && { output: z.toJSONSchema(output, { unrepresentable: 'any' }) }),
  beside,
  examples,
});

const recordOf = (type: AnyStepType) => ({
  type: type.type,
  version: type.version,
  summary: type.summary,
  targets: type.targets,
  places: type.places,
  undoes: type.undoes,
  onUnknown: type.onUnknown,
  input: z.toJSONSchema(type.input, { io: 'input', unrepresentable: 'any' }),
  output: z.toJSONSchema(type.output, { unrepresentable: 'any' }),
  examples: type.examples,
});
