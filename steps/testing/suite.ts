/** What the engine relies on, of any step type: the contract as tests. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../engine/plan.ts';
import type { ActContext, AnyStepType, Outcome } from '../../engine/step.ts';
import { asTheEngine } from './as-the-engine.ts';

/** A world that the step has not touched yet. */
export interface World {
  /** As written in a runbook, for a step that will succeed. */
  readonly with: Record<string, unknown>;
  readonly ctx: ActContext;
  /** What the step changes: compared before, after its check, and after its undo. */
  image(): Promise<unknown>;
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const differs = (before: unknown, after: unknown): boolean =>
  JSON.stringify(before) !== JSON.stringify(after);

/** As the engine enters an act: parsed, prepared, and with the image as a resumed run reads it from the journal. */
export const enter = async (type: AnyStepType, world: World) => {
  const input: unknown = type.input.parse(world.with);
  const acts = asTheEngine((await type.load()).acts);
  const prepared: unknown = (await acts.prepare?.(world.ctx, input)) ?? null;
  const before: unknown = type.before ? type.before.parse(throughJson(prepared)) : null;
  return { ...world, input, acts, before, writes: type.effects(input) === 'write' };
};
export type Entered = Awaited<ReturnType<typeof enter>>;

const done = (outcome: Outcome<unknown>): unknown => {
  expect(outcome).toMatchObject({ done: true });
  return outcome.done ? outcome.output : undefined;
};

const judgeInput = (type: AnyStepType, written: Record<string, unknown>): void => {
  const input = type.input.parse(written);
  expect(['read', 'write']).toContain(type.effects(input));
  expect(['leave', 'rest', 'finish']).toContain(type.onInterrupt(input));
  for (const path of type.files(input)) expect(path).toEqual(expect.any(String));
  expect(type.preview(input)).toMatch(/^\S.*$/);
  expect(type.preview(input)).not.toMatch(/\[object|undefined/);
  expect(type.input.safeParse({ ...written, no_such_key: 1 }).success, 'a key that it does not know').toBe(
    false,
  );
};

export const testDeclaration = (type: AnyStepType): void => {
  test('says what it is', () => {
    expect(type.summary).toMatch(/^[A-Z].*\.$/s);
    expect(type.places.length).toBeGreaterThan(0);
  });

  test.each(type.examples.map((example) => [example.title, example] as const))(
    'example: %s',
    (_title, example) => judgeInput(type, example.with),
  );

  test('has the acts it declares', async () => {
    const { acts } = await type.load();
    expect(typeof acts.undo).toBe(type.undoes ? 'function' : 'undefined');
    expect(typeof acts.prepare).toBe(type.before ? 'function' : 'undefined');
  });
};

export const testActs = (type: AnyStepType, entered: () => Promise<Entered>): void => {
  test('takes the input, and refuses a key that it does not know', async () => {
    judgeInput(type, (await entered()).with);
  });

  test('check and prepare change nothing', async () => {
    const { acts, ctx, input, image } = await entered();
    const untouched = await image();
    await acts.prepare?.(ctx, input);
    const findings = await acts.check(ctx, input);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(await image()).toEqual(untouched);
  });

  test('run gives an output that its schema reads from JSON, and the probe agrees', async () => {
    const { acts, ctx, input, before, image, writes } = await entered();
    const untouched = await image();
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    // As the engine does: an attempt that was proven not done is followed by another one.
    const next = { ...ctx, attempt: 2 };
    const output = done(await acts.run(next, input, before));
    expect(type.output.parse(throughJson(output))).toEqual(output);
    expect(differs(untouched, await image())).toBe(writes);
    const probed = await acts.probe(next, input, before);
    expect(probed.state).toBe(writes ? 'done' : 'not-done');
    if (probed.state === 'done') expect(type.output.parse(throughJson(probed.output))).toEqual(probed.output);
  });
};

export const testUndo = (type: AnyStepType, entered: () => Promise<Entered>): void => {
  test('brings everything back, however often, and also when nothing was done', async ({ skip }) => {
    const { acts, ctx, input, before, image, with: written } = await entered();
    skip(type.canUndo?.(written as JsonObject) === false, 'this input says of no undo');
    const undo = acts.undo;
    if (!undo) throw new Error('the type has no undo');
    const untouched = await image();
    done(await undo(ctx, input, before));
    expect(await image()).toEqual(untouched);
    done(await acts.run(ctx, input, before));
    for (const _again of [1, 2]) {
      done(await undo(ctx, input, before));
      expect(await image()).toEqual(untouched);
      expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    }
  });
};

export const testWorld = (type: AnyStepType, entered: () => Promise<Entered>): void => {
  testActs(type, entered);
  if (type.undoes) describe('undone', () => testUndo(type, entered));
};
