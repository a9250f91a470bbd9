/** What the engine relies on, of every step type there is. A new one is tested here on arrival. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type AnyStepType, StepFailed } from '../../engine/step.ts';
import { placeIdentity } from '../../steps/_work/place-identity.ts';
import { registry } from '../../steps/index.ts';
import { type Entered, enter, testDeclaration, testWorld } from '../../steps/testing/suite.ts';
import { useLab } from '../support/lab.ts';
import { usePlace, useVps } from '../support/place.ts';
import type { SetUp, StepWorld } from './fixture.ts';

const lab = await useLab();
const types = [...registry.steps.values()];
const folderOf = ({ type }: AnyStepType): string => type.replaceAll('.', '-');

/** Cheap to load at every start of `runbook`; anything else belongs into acts.ts or open.ts. */
const light = [/^zod(\/|$)/, /^parse-duration$/, /^node:(crypto|url)$/, /^crypto$/];

const loadedBy = async (urls: readonly URL[]): Promise<readonly string[]> => {
  const tracer = new URL('loaded-by.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [tracer, ...urls.map(({ href }) => href)]);
  return stdout.split('\n').filter((line) => line !== '' && !light.some((allowed) => allowed.test(line)));
};

describe.each(types.map((type) => [type.type, type] as const))('%s', (_, type) => {
  testDeclaration(type);

  test('is registered under its own name, with an example and targets that there are', () => {
    expect(registry.steps.get(type.type)).toBe(type);
    expect(type.examples.length).toBeGreaterThan(0);
    for (const target of type.targets) expect(registry.targets.has(target)).toBe(true);
  });
});

test('every step.ts is cheap to import', async () => {
  const urls = types.map((type) => new URL(`../../steps/${folderOf(type)}/step.ts`, import.meta.url));
  expect(await loadedBy(urls)).toEqual([]);
});

const cases = types.flatMap((type) => type.places.map((place) => [type.type, place, type] as const));

const enterAt = async (type: AnyStepType, placeKind: 'local' | 'ssh'): Promise<Entered> => {
  const { setUp }: { setUp: SetUp } = await import(`./${folderOf(type)}/fixture.ts`);
  const world: StepWorld = await setUp(lab, placeKind === 'local' ? await usePlace() : await useVps(lab));
  // As the engine does before the first intent at a place.
  if (type.evidence !== 'target' && type.effects(type.input.parse(world.with)) === 'write')
    await placeIdentity(await world.ctx.connect('shell')).mark(world.ctx.runId, 'marker');
  return enter(type, world);
};

describe.each(cases)('%s on a real world, %s', (_, placeKind, type) => {
  testWorld(type, () => enterAt(type, placeKind));
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
      const { acts, ctx, input, before } = await enterAt(type, 'local');
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
