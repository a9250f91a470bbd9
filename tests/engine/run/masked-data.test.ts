/** Text that masking has changed is no data: no step, no undo and no decision may rest on it. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type OpenJournalFile, openJournalFile } from '../../../engine/journal/journal-file.ts';
import type { PlanActStep } from '../../../engine/plan.ts';
import type { Registry } from '../../../engine/registry.ts';
import { defineStep, type Outcome, type Probed, withActs } from '../../../engine/step.ts';
import { actStep, autoUndo, gateStep, plan, planAct } from '../../support/plan-builder.ts';
import { fakeRegistry, fakeWorld } from './fake-steps.ts';
import { TestRun } from './test-run.ts';

/** A word that stands in ordinary text, too. */
const secrets = new Map([['db', 'trading']]);
const path = '/srv/trading/current';

interface Disk {
  text: string;
  /** What was handed to a run, an undo or a probe. */
  readonly used: unknown[];
  run: ((mask: (text: string) => string) => Promise<Outcome<{ was: string; size: number }>>) | null;
  probe: Probed<{ was: string; size: number }>;
}

/** Its before-image is text of the world, like a file's. */
const rewrite = (disk: Disk) =>
  withActs(
    defineStep({
      type: 'rewrite',
      summary: 'Writes the one text of this world',
      input: z.strictObject({ text: z.string() }),
      output: z.strictObject({ was: z.string(), size: z.number() }),
      before: z.strictObject({ text: z.string() }),
      examples: [{ title: 'one', with: { text: 'a' } }],
      places: ['local'],
      onUnknown: 'ask',
      undoes: true,
      onInterrupt: () => 'leave',
      effects: () => 'write',
      preview: () => 'rewrite',
    }),
    async () => ({
      acts: {
        check: async () => [],
        prepare: async () => ({ text: disk.text }),
        async run(ctx, { text }, before) {
          disk.used.push({ run: text });
          if (disk.run) return disk.run(ctx.mask);
          disk.text = text;
          return { done: true, output: { was: before.text, size: before.text.length } };
        },
        async probe(_, input, before) {
          disk.used.push({ probe: input.text, before });
          return disk.probe;
        },
        async end(_, input) {
          disk.used.push({ end: input.text });
          return true;
        },
        async undo(_, _input, before) {
          disk.used.push({ undo: before });
          disk.text = before.text;
          return { done: true, output: null };
        },
      },
    }),
  );

const night = (
  steps: Parameters<typeof plan>[0],
  over: Partial<Disk> = {},
): { night: TestRun; disk: Disk; session: TestRun['session'] } => {
  const disk: Disk = { text: path, used: [], run: null, probe: { state: 'not-done' }, ...over };
  const made = new TestRun(plan(steps), fakeWorld());
  const fake = fakeRegistry(made.world);
  const type = rewrite(disk);
  const registry: Registry = { ...fake, steps: new Map([...fake.steps, [type.type, type]]) };
  return {
    night: made,
    disk,
    session: (options, open) => made.session({ secrets, registry, ...options }, open),
  };
};

const act = (text: unknown, over: Parameters<typeof planAct>[0] = {}) =>
  planAct({ type: 'rewrite', with: { text: text as string }, preview: 'rewrite', ...over });
const step = (id: string, text: unknown, over: Partial<PlanActStep> = {}, reads: string[] = []) =>
  actStep(id, { act: act(text, { reads }), undo: { ...autoUndo, acts: [act(text, { reads })] }, ...over });
const expr = (text: string) => ({ $expr: text });

describe('an output that masking has changed', () => {
  test('its pointers are journaled', async () => {
    const { session } = night([step('a', 'new')]);
    const { state } = await session();
    expect(state.acts['a/do/0']).toMatchObject({
      output: { was: '/srv/***/current', size: path.length },
      masked: { output: ['/was'], input: [], before: ['/text'] },
    });
  });

  test('a step that reads it fails, with effect none and the remedy; nothing ran', async () => {
    const {
      session,
      disk,
      night: made,
    } = night([step('a', 'new'), step('b', expr("steps['a'].output.was + '/x'"), {}, ['a'])]);
    const { outcome, state } = await session();
    expect(outcome).toBe('held-failed');
    expect(disk.used).toEqual([{ run: 'new' }]);
    expect(state.acts['b/do/0']?.attempts).toMatchObject([
      { result: 'failed', effect: 'none', retryable: false },
    ]);
    expect(state.acts['b/do/0']?.attempts[0]?.error).toEqual({
      code: 'render',
      short: `steps['a'].output.was + '/x': masking changed /was in the output of step "a": a secret in it was replaced by ***`,
      remedy:
        'Let step "a" print it without the secret, give it as a var, or choose another value for the secret: a short or common value also masks ordinary text',
    });
    expect(state.hold?.remedy).toContain('give it as a var');
    expect(JSON.stringify(made.journal())).not.toContain('trading');
  });

  test('another value of the same output is data as before, and a resumed run sees it the same way', async () => {
    const steps = [
      step('a', 'new'),
      step('b', { $template: ['n ', { expr: "steps['a'].output.size" }] }, {}, ['a']),
    ];
    const { session, disk } = night(steps);
    expect((await session()).outcome).toBe('succeeded');
    expect(disk.text).toBe(`n ${path.length}`);
  });

  test('text that the step masked itself, to cut it short, is no data either', async () => {
    const steps = [step('a', 'new'), step('b', expr("steps['a'].output.was"), {}, ['a'])];
    const { session, disk } = night(steps);
    disk.run = async (mask) => ({ done: true, output: { was: mask(path).slice(2), size: 1 } });
    const { outcome, state } = await session();
    expect(outcome).toBe('held-failed');
    expect(state.acts['a/do/0']).toMatchObject({
      output: { was: 'rv/***/current' },
      masked: { output: ['/was'] },
    });
    expect(disk.used).toEqual([{ run: 'new' }]);
  });

  test('three stars of its own are data', async () => {
    const steps = [step('a', 'new'), step('b', expr("steps['a'].output.was"), {}, ['a'])];
    const { session, disk } = night(steps, { text: 'a *** b' });
    expect((await session()).outcome).toBe('succeeded');
    expect(disk.text).toBe('a *** b');
  });

  test('in a criterion it is a no-go that says why', async () => {
    const gate = gateStep('g', {
      prompt: null,
      criteria: ["steps['a'].output.was != ''", "steps['a'].output.size > 3"],
      onNoGo: 'hold',
    });
    const { session } = night([step('a', 'new'), gate]);
    const { outcome, state } = await session();
    expect(outcome).toBe('held-human');
    const [masked, other] = state.steps.g?.gate?.criteria ?? [];
    expect(masked).toMatchObject({ holds: false, error: expect.stringMatching(/masking changed.*as a var/) });
    expect(other).toMatchObject({ holds: true });
  });

  test('in a precondition it is a failure of the precondition, and the act is not begun', async () => {
    const check = act(expr("steps['a'].output.was"), { effects: 'read', reads: ['a'] });
    const { session, disk } = night([step('a', 'new'), step('b', 'other', { preconditions: [check] })]);
    const { outcome, state } = await session();
    expect(outcome).toBe('held-failed');
    expect(state.acts['b/pre/0']?.attempts[0]?.error?.code).toBe('render');
    expect(disk.used).toEqual([{ run: 'new' }]);
  });
});

describe('a before-image that masking has changed', () => {
  const failing = () => step('b', expr("steps['a'].output.was"), { onFailure: 'rollback' }, ['a']);

  test('is restored as it was within the session', async () => {
    const { session, disk, night: made } = night([step('a', 'new'), failing()]);
    expect((await session()).outcome).toBe('rolled-back');
    expect(disk.used.at(-1)).toEqual({ undo: { text: path } });
    expect(disk.text).toBe(path);
    expect(JSON.stringify(made.journal())).not.toContain('trading');
  });

  test('is not restored by a later session: the undo fails, holds and says what to do', async () => {
    const { session, disk, night: made } = night([step('a', 'new'), step('b', 'x')]);
    const first = { answered: false };
    disk.run = async () => {
      if (!first.answered) {
        first.answered = true;
        disk.text = 'new';
        return { done: true, output: { was: '', size: 0 } };
      }
      return { done: false, effect: 'none', retryable: false, short: 'no' };
    };
    expect((await session()).outcome).toBe('held-failed');
    const back = made.resolve('roll-back');
    const { outcome, state } = await session({ commands: [back] });
    expect(outcome).toBe('held-failed');
    expect(disk.text).toBe('new');
    expect(disk.used.filter((u) => 'undo' in (u as object))).toEqual([]);
    expect(state.acts['a/undo/0']?.attempts[0]).toMatchObject({ result: 'failed', effect: 'none' });
    expect(state.hold?.message).toContain('Masking changed /text in the journaled before-image of a/do/0');
    expect(state.hold?.remedy).toContain('by hand');
    // What was done by hand is said, and the rollback ends.
    expect((await session({ commands: [made.resolve('skip')] })).outcome).toBe('rolled-back');
  });

  /** The engine dies in the act: its journal ends with the intent. */
  const killed = async (text: unknown, over: Partial<Disk>) => {
    const made = night([step('a', text)], over);
    let dead = false;
    const open: OpenJournalFile = (file, how) => {
      const opened = openJournalFile(file, how);
      const write = (bytes: Uint8Array) => {
        if (dead) throw new Error('dead');
        opened.write(bytes);
      };
      return { ...opened, write, truncate: (length) => !dead && opened.truncate(length) };
    };
    made.disk.run = async () => {
      dead = true;
      return { done: true, output: { was: '', size: 0 } };
    };
    await expect(made.session({}, open)).rejects.toThrow();
    made.disk.used.length = 0;
    return made;
  };

  test('is no ground for a probe after a crash: the outcome is unknown and held', async () => {
    const { session, disk } = await killed('new', { probe: { state: 'not-done' } });
    const { outcome, state } = await session();
    expect(outcome).toBe('held-human');
    expect(disk.used).toEqual([]);
    expect(state.hold?.cause).toBe('unknown');
    expect(state.hold?.message).toContain('Masking changed /text in the journaled before-image of a/do/0');
  });

  test('does not matter where masking changed nothing', async () => {
    const { session, disk } = await killed('new', { text: 'old' });
    await session();
    expect(disk.used[0]).toEqual({ probe: 'new', before: { text: 'old' } });
  });

  test('an input is used only where the plan gives the same text again', async () => {
    const fromPlan = await killed(path, { text: 'old' });
    await fromPlan.session();
    expect(fromPlan.disk.used[0]).toEqual({ probe: path, before: { text: 'old' } });

    const rotated = await killed(path, { text: 'old' });
    const { outcome, state } = await rotated.session({ secrets: new Map([['db', 'another-value']]) });
    expect(outcome).toBe('held-human');
    expect(rotated.disk.used).toEqual([]);
    expect(state.hold?.message).toContain('Masking changed /text in the journaled input of a/do/0');

    // Work that may be going on is not ended by a masked input either: nothing is undone beside it.
    const back = await rotated.session({
      secrets: new Map([['db', 'another-value']]),
      commands: [rotated.night.resolve('roll-back')],
    });
    expect(back.state.hold?.cause).toBe('living');
    expect(rotated.disk.used).toEqual([]);
  });
});
