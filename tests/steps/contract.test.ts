/** What the engine relies on, of every step type there is. A new one is tested here on arrival. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type AnyStepType, type Outcome, StepFailed } from '../../engine/step.ts';
import { placeIdentity } from '../../steps/_work/place-identity.ts';
import { registry } from '../../steps/index.ts';
import { asTheEngine } from '../support/as-the-engine.ts';
import { useLab } from '../support/lab.ts';
import { usePlace, useVps } from '../support/place.ts';
import type { SetUp, StepWorld } from './fixture.ts';

const lab = await useLab();
const types = [...registry.steps.values()];
const folderOf = ({ type }: AnyStepType): string => type.replaceAll('.', '-');
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Cheap to load at every start of `runbook`; anything else belongs into acts.ts or open.ts. */
const light = [/^zod(\/|$)/, /^parse-duration$/, /^node:(crypto|url)$/, /^crypto$/];

const loadedBy = async (url: URL): Promise<readonly string[]> => {
  const tracer = new URL('loaded-by.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [tracer, url.href]);
  return stdout.split('\n').filter((line) => line !== '' && !light.some((allowed) => allowed.test(line)));
};

const changed = (before: unknown, after: unknown): boolean =>
  JSON.stringify(before) !== JSON.stringify(after);

describe.each(types.map((type) => [type.type, type] as const))('%s', (_, type) => {
  test('is registered under its own name, and says what it is', () => {
    expect(registry.steps.get(type.type)).toBe(type);
    expect(type.summary).toMatch(/^[A-Z].*\.$/s);
    expect(type.places.length).toBeGreaterThan(0);
    for (const target of type.targets) expect(registry.targets.has(target)).toBe(true);
  });

  test.each(type.examples.map((example) => [example.title, example] as const))(
    'example: %s',
    (_title, example) => {
      const input = type.input.parse(example.with);
      expect(['read', 'write']).toContain(type.effects(input));
      expect(['leave', 'rest', 'finish']).toContain(type.onInterrupt(input));
      for (const path of type.files(input)) expect(path).toEqual(expect.any(String));
      expect(type.preview(input)).toMatch(/^\S.*$/);
      expect(type.preview(input)).not.toMatch(/\[object|undefined/);
    },
  );

  test('has an example, and refuses keys it does not know', () => {
    expect(type.examples.length).toBeGreaterThan(0);
    const known = type.examples[0]?.with as object;
    expect(type.input.safeParse({ ...known, no_such_key: 1 }).success).toBe(false);
  });

  test('is cheap to import', async () => {
    expect(await loadedBy(new URL(`../../steps/${folderOf(type)}/step.ts`, import.meta.url))).toEqual([]);
  });

  test('has the acts it declares', async () => {
    const { acts } = await type.load();
    expect(typeof acts.undo).toBe(type.undoes ? 'function' : 'undefined');
    expect(typeof acts.prepare).toBe(type.before ? 'function' : 'undefined');
  });
});

const cases = types.flatMap((type) => type.places.map((place) => [type.type, place, type] as const));

const enter = async (type: AnyStepType, placeKind: 'local' | 'ssh') => {
  const { setUp }: { setUp: SetUp } = await import(`./${folderOf(type)}/fixture.ts`);
  const world: StepWorld = await setUp(lab, placeKind === 'local' ? await usePlace() : await useVps(lab));
  const input: unknown = type.input.parse(world.with);
  const acts = asTheEngine((await type.load()).acts);
  // As the engine does before the first intent at a place.
  if (type.evidence !== 'target' && type.effects(input) === 'write') {
    await placeIdentity(await world.ctx.connect('shell')).mark(world.ctx.runId, 'marker');
  }
  const prepared: unknown = (await acts.prepare?.(world.ctx, input)) ?? null;
  // As a resumed run reads it from the journal.
  const before: unknown = type.before ? type.before.parse(throughJson(prepared)) : null;
  return { ...world, input, acts, before, writes: type.effects(input) === 'write' };
};

const done = (outcome: Outcome<unknown>): unknown => {
  expect(outcome).toMatchObject({ done: true });
  return outcome.done ? outcome.output : undefined;
};

describe.each(cases)('%s on a real world, %s', (_, placeKind, type) => {
  test('check and prepare change nothing', async () => {
    const { acts, ctx, input, image } = await enter(type, placeKind);
    const untouched = await image();
    await acts.prepare?.(ctx, input);
    const findings = await acts.check(ctx, input);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(await image()).toEqual(untouched);
  });

  test('run gives an output that its schema takes back from JSON, and the probe agrees', async () => {
    const { acts, ctx, input, before, image, writes } = await enter(type, placeKind);
    const untouched = await image();
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    // As the engine does: an attempt that was proven not done is followed by another one.
    const next = { ...ctx, attempt: 2 };
    const output = done(await acts.run(next, input, before));
    expect(type.output.parse(throughJson(output))).toEqual(output);
    expect(changed(untouched, await image())).toBe(writes);
    const probed = await acts.probe(next, input, before);
    expect(probed.state).toBe(writes ? 'done' : 'not-done');
    if (probed.state === 'done') expect(type.output.parse(throughJson(probed.output))).toEqual(probed.output);
  });
});

describe.each(cases.filter(([, , type]) => type.undoes))('%s undone, %s', (_, placeKind, type) => {
  test('brings everything back, however often, and also when nothing was done', async () => {
    const { acts, ctx, input, before, image } = await enter(type, placeKind);
    const untouched = await image();
    done(await acts.undo!(ctx, input, before));
    expect(await image()).toEqual(untouched);
    done(await acts.run(ctx, input, before));
    for (const _again of [1, 2]) {
      done(await acts.undo!(ctx, input, before));
      expect(await image()).toEqual(untouched);
      expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    }
  });
});

/**
 * A failure of a client that is understood already is handed on as it is. The types left out need no client for what
 * their fixture asks of them.
 */
const withClients = types.filter(({ type }) => !['assert', 'notify'].includes(type));

describe.each(withClients.map((type) => [type.type, type] as const))(
  '%s, over a client that has failed',
  (_, type) => {
    const effect = type.effects(type.input.parse(type.examples[0]?.with)) === 'write' ? 'some' : 'none';
    const remedy = 'Repair the client';
    const facts = { effect, retryable: true, remedy } as const;
    const fail = async (): Promise<never> => {
      throw new StepFailed('the client has failed', facts);
    };

    test('effect and remedy are kept, in run, undo, prepare and check', async () => {
      const { acts, ctx, input, before } = await enter(type, 'local');
      const failing = { ...ctx, connect: fail };
      const failed = { done: false, ...facts, short: expect.stringContaining('the client has failed') };
      expect(await acts.run({ ...failing, attempt: 2 }, input, before)).toMatchObject(failed);
      if (acts.undo) expect(await acts.undo(failing, input, before)).toMatchObject(failed);
      const prepared: unknown = await acts.prepare?.(failing, input).catch((error: unknown) => error);
      // Some need no client to know what was there before.
      if (prepared instanceof Error) expect(prepared).toMatchObject({ outcome: failed });
      const findings = await acts.check(failing, input);
      expect(findings.filter((found) => found.remedy === remedy)).not.toEqual([]);
    });
  },
);
