/** A runbook that was parsed: its names, its sections and its steps, each judged. */
import { basename, extname } from 'node:path';
import type { JsonObject } from '../plan.ts';
import type { Registry } from '../registry.ts';
import type { LoadContext } from './context.ts';
import { compileEntries } from './entries.ts';
import { expand } from './expand/expand.ts';
import type { Expanding } from './expand/here.ts';
import type { LeftOutSteps } from './expand/left-out.ts';
import { checkOutputs } from './expand/outputs.ts';
import { compileInvariants } from './invariants.ts';
import type { LoadedCalls } from './loaded-calls.ts';
import { compileLocals } from './locals.ts';
import { compileLock } from './lock.ts';
import type { NamedFiles } from './named-files.ts';
import { namesOf } from './names.ts';
import { compileNotify } from './notify.ts';
import type { Parts } from './parts/part.ts';
import { isPlace } from './places.ts';
import type { Problems } from './problems.ts';
import type { ReadTexts } from './read-texts.ts';
import { compileSecrets } from './secrets.ts';
import { namesIn, rawSection, readSection } from './sections.ts';
import type { Source } from './source.ts';
import { compileSpans } from './spans.ts';
import { compileTargets } from './targets.ts';
import { checkTimeline, checkWindow } from './timeline.ts';
import { Evaluated } from './unevaluated.ts';
import { type VarsFile, VarValues } from './vars.ts';

export interface Given {
  readonly registry: Registry;
  /** In order; the later wins. */
  readonly varsFiles: readonly VarsFile[];
  /** From `--var k=v`. */
  readonly vars: Readonly<Record<string, string>>;
  /** A var without a value is no problem: what depends on it is judged as far as possible. */
  readonly varsMayMiss?: boolean;
}

const environmentOf = (varsFiles: readonly VarsFile[]): string | null =>
  varsFiles.map(({ file }) => basename(file, extname(file))).join('+') || null;

/** What is right of it; the rest is in `problems`. */
export const compile = (
  written: JsonObject,
  yaml: Source,
  problems: Problems,
  gathered: {
    readonly files: NamedFiles;
    readonly reads: ReadTexts;
    readonly calls: LoadedCalls;
    readonly parts: Parts;
  },
  given: Given,
) => {
  const { registry, varsFiles } = given;
  const raw = { root: written, source: yaml, problems };
  const variables = rawSection('vars', raw) ?? {};
  const values = new VarValues(variables, yaml, problems);
  for (const file of varsFiles) values.addFile(file);
  for (const [name, text] of Object.entries(given.vars)) values.addOption(name, text);
  const { vars, undecided } = values.finish(given.varsMayMiss ?? false);

  const needed = new Set<string>();
  const before = namesOf(written, variables, registry);
  const shared = { registry, problems, vars, undecided, needed, evaluated: new Evaluated(), ...gathered };
  const nothing = { defaults: {}, targets: new Map(), approvers: [] };
  const locals = compileLocals(written, raw, (known) => ({
    ...shared,
    ...nothing,
    source: yaml,
    steps: before.steps,
    checker: before.checkerWith(known.types),
    locals: known.values,
    undecidedLocals: known.undecided,
  }));
  const left: LeftOutSteps = { steps: [], last: null, decided: false };
  const pass: Expanding = {
    values: { vars, locals: locals.values, steps: {}, run: {} },
    undecided,
    undecidedLocals: locals.undecided,
    needed,
    problems,
    checker: before.checkerWith(locals.types),
    silent: new Set(),
    left,
    parts: gathered.parts,
    uses: { count: 0 },
    outputs: [],
  };
  const { root, source, silent, names } = expand(written, yaml, pass);
  if (left.last === null && left.steps.length > 0)
    problems.add('RB255', { steps: left.steps.length }, yaml.key(['steps']));
  const { list, steps, checkerWith } =
    root === written ? before : namesOf(root, variables, registry, { silent, leftOut: left.steps });
  const base = {
    ...shared,
    source,
    steps,
    checker: checkerWith(locals.types),
    locals: locals.values,
    undecidedLocals: locals.undecided,
  };
  const early = { ...base, ...nothing };
  checkOutputs(base.checker, pass);

  const secrets = compileSecrets(root, early);
  const timeline = readSection('timeline', root, early)?.window;
  const approvers = readSection('approvers', root, early) ?? {};
  const defaults = readSection('defaults', root, early) ?? {};
  const declared = rawSection('targets', { root, source, problems }) ?? {};
  const plans = compileTargets(declared, early);
  const targets = new Map(
    namesIn(root.targets).map((name) => [
      name,
      { type: declared[name]?.type ?? '', plan: plans.get(name) ?? null },
    ]),
  );
  const ctx: LoadContext = { ...base, defaults, targets, approvers: namesIn(root.approvers) };
  if (defaults.run_on !== undefined && !isPlace(defaults.run_on, ctx)) {
    const data = { kind: 'place', name: defaults.run_on, near: null, known: [...targets.keys()] };
    problems.add('RB212', data, source.value(['defaults', 'run_on']));
  }
  const compiled = compileEntries(list, ctx);
  const window = { opensMs: timeline?.opens ?? null, hardStopMs: timeline?.hard_stop ?? null };
  checkWindow(window, ctx);
  checkTimeline(
    compiled.steps.map(({ step, path }) => ({ id: step.id, atMs: step.atMs, path })),
    window,
    ctx,
  );
  const proven = compileInvariants(root, compiled, ctx);
  const lock = compileLock(root, ctx);
  const timed = compileSpans(root, compiled, names, ctx);
  const told = compileNotify(root, names, ctx);
  const name = typeof root.name === 'string' ? root.name : '';
  const environment = environmentOf(varsFiles);
  const unusedVars = values.unused;
  return {
    root,
    name,
    environment,
    window,
    vars,
    locals: locals.values,
    secrets,
    targets: plans,
    approvers,
    compiled,
    leftOut: left.steps,
    proven,
    lock,
    timed,
    told,
    registry,
    unusedVars,
    variables,
    ctx,
  };
};
