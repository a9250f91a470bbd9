/** `facts`, `sets` and `invariants`: what what-if proves. Nothing of it changes what a run does. */
import { nearest } from '../diagnostics/near.ts';
import { type FactDomain, InvariantChecker } from '../expr/invariant.ts';
import type { Path } from '../expr/json-schema.ts';
import type { Facts, FactValue, JsonObject, PlanInvariant } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { shown } from './describe.ts';
import type { CompiledEntries } from './entries.ts';
import { readSection } from './sections.ts';

export interface Proven {
  readonly facts?: Facts;
  readonly invariants?: readonly PlanInvariant[];
}

export const compileInvariants = (root: JsonObject, compiled: CompiledEntries, ctx: LoadContext): Proven => {
  // A step that is wrong is left out, and with it the values that it sets: one slip, one report.
  const whole = ctx.problems.count === 0;
  const facts = readSection('facts', root, ctx) ?? {};
  const declared = readSection('invariants', root, ctx, (path) => path.at(-1) === 'that') ?? [];
  checkSets(facts, compiled, ctx);
  const checker = new InvariantChecker(domainOf(facts, compiled));
  const invariants = declared.map((given, i): PlanInvariant => {
    const path = ['invariants', i];
    if (declared.findIndex(({ name }) => name === given.name) < i) {
      const why = `Two invariants have the name "${given.name}"`;
      const remedy = 'Give each a name of its own: stories refer to it';
      ctx.problems.add('RB262', { why, remedy }, ctx.source.value([...path, 'name']));
    }
    checkThat(given.that, [...path, 'that'], { checker, whole }, ctx);
    const { name, that, when = 'end', message = null } = given;
    return { name, that, when, message, line: ctx.source.lineOf(path) };
  });
  return {
    ...(Object.keys(facts).length > 0 && { facts }),
    ...(invariants.length > 0 && { invariants }),
  };
};

const setsOf = ({ steps }: CompiledEntries) =>
  steps.flatMap(({ step, path }) =>
    step.kind === 'act' && step.sets ? [{ step, sets: step.sets, path: [...path, 'sets'] as Path }] : [],
  );

const domainOf = (facts: Facts, compiled: CompiledEntries): FactDomain => {
  const domain = new Map<string, FactValue[]>(Object.entries(facts).map(([name, value]) => [name, [value]]));
  for (const { sets } of setsOf(compiled))
    for (const [name, value] of Object.entries(sets)) {
      const values = domain.get(name);
      if (values && typeof value === typeof values[0] && !values.includes(value)) values.push(value);
    }
  return domain;
};

const checkSets = (facts: Facts, compiled: CompiledEntries, ctx: LoadContext): void => {
  const known = Object.keys(facts);
  const siblings = new Map<string, string>();
  for (const { step, sets, path } of setsOf(compiled)) {
    if (step.act.effects === 'read') {
      const why = `"${step.id}" only reads: it makes no fact true`;
      ctx.problems.add(
        'RB262',
        { why, remedy: 'Move `sets` to the step that changes it' },
        ctx.source.key(path),
      );
    }
    const block = path.includes('parallel') ? String(path[1]) : null;
    for (const [fact, value] of Object.entries(sets)) {
      const at = [...path, fact];
      const expected = Object.hasOwn(facts, fact) ? facts[fact] : undefined;
      if (expected === undefined) {
        const data = { kind: 'fact', name: fact, near: nearest(fact, known), known };
        ctx.problems.add('RB212', data, ctx.source.key(at));
      } else if (typeof expected !== typeof value) {
        const data = { fact, step: step.id, got: shown(value), expected: shown(expected) };
        ctx.problems.add('RB260', data, ctx.source.value(at));
      }
      const other = block === null ? undefined : siblings.get(`${block} ${fact}`);
      if (block !== null) siblings.set(`${block} ${fact}`, step.id);
      if (other !== undefined) {
        const why = `"${other}" and "${step.id}" run side by side, and both set the fact "${fact}"`;
        ctx.problems.add('RB262', { why, remedy: 'Let one of them set it' }, ctx.source.key(at));
      }
    }
  }
};

const checkThat = (
  expr: string,
  path: Path,
  { checker, whole }: { readonly checker: InvariantChecker; readonly whole: boolean },
  ctx: LoadContext,
): void => {
  const { source, problems } = ctx;
  const at = (start: number, end: number) => source.within(path, { start, end, open: null });
  const open = expr.indexOf('${{');
  if (open !== -1) {
    problems.add('RB301', { fault: { kind: 'marked', what: 'an invariant' } }, at(open, open + 3));
    return;
  }
  const { type, flaws } = checker.check(expr);
  for (const { diagnostic, start, end } of flaws)
    if (whole || diagnostic.code !== 'RB261') problems.addDiagnostic(diagnostic, at(start, end));
  if (type !== null && type !== 'bool' && type !== 'dyn') {
    const data = { field: 'that', got: type, expected: ['true or false'] };
    problems.add('RB318', data, source.value(path));
  }
};
