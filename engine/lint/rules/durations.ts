/** Durations that cannot come true. */
import { offset, span } from '../../words/format.ts';
import type { LintContext, LintedStep } from '../context.ts';
import type { Found, Rule } from '../rule.ts';

const limitOf = ({ step }: LintedStep): number | null => {
  if (step.kind === 'act') return step.act.until?.forMs ?? step.act.timeoutMs;
  return step.kind === 'gate' || step.kind === 'checklist' ? step.timeoutMs : null;
};

const above = (
  step: LintedStep,
  at: Found['at'],
  expectedMs: number,
  limitMs: number,
  whose: string,
  limit: 'timeout' | 'for' = 'timeout',
): Found => ({
  at,
  step: step.id,
  message: `${whose} is expected to take ${span(expectedMs)}, and is ended after ${span(limitMs)} (its ${limit})`,
  remedy: `Give it a \`${limit}\` above \`expected\`, with a reserve for a bad day`,
});

export const expectedAboveTimeout: Rule = {
  code: 'RB707',
  name: 'expected-above-timeout',
  level: 'error',
  page: {
    what: 'A step that is expected to take longer than its `timeout` allows',
    why: 'The plan gave a dump twelve minutes. The timeout was the default of five. The dump was ended at five minutes, every time it was retried, and the cutover was called off for a number that nobody had written down.',
    bad: `steps:
  - id: copy
    expected: 12m
    type: archive.create
    with: { path: /backup/files.tar.gz, source: /srv/files }`,
    good: `steps:
  - id: copy
    expected: 12m
    timeout: 30m
    type: archive.create
    with: { path: /backup/files.tar.gz, source: /srv/files }`,
  },
  *check(context) {
    for (const step of context.steps) {
      const limit = limitOf(step);
      const { expectedMs } = step.step;
      if (expectedMs !== null && limit !== null && expectedMs > limit)
        yield above(
          step,
          context.atKey(step, 'expected'),
          expectedMs,
          limit,
          `"${step.id}"`,
          step.step.kind === 'act' && step.step.act.until ? 'for' : 'timeout',
        );
      yield* ofUndo(context, step);
    }
  },
};

function* ofUndo(context: LintContext, step: LintedStep): Generator<Found> {
  if (step.step.kind !== 'act') return;
  const { expectedMs, acts } = step.step.undo;
  const limit = acts.reduce((sum, act) => sum + (act.until?.forMs ?? act.timeoutMs), 0);
  if (expectedMs !== null && acts.length > 0 && expectedMs > limit)
    yield above(
      step,
      context.atKey(step, 'rollback', 'expected'),
      expectedMs,
      limit,
      `The undo of "${step.id}"`,
    );
}

export const rollbackAfterHardStop: Rule = {
  code: 'RB708',
  name: 'rollback-ends-after-hard-stop',
  level: 'warning',
  page: {
    what: 'A point of the plan from which a rollback would end after the hard stop',
    why: 'At the last gate everything was on time, and the answer was no. Restoring the old database took forty minutes; the window had twenty left. The shops opened before the old system did. The plan had shown both numbers, in different places.',
    bad: `timeline: { window: { opens: T-1h, hard_stop: T+10m } }
steps:
  - id: copy
    at: T-30m
    expected: 20m
    timeout: 1h
    type: archive.create
    with: { path: /backup/files.tar.gz, source: /srv/files }
    rollback: { expected: 5m }
  - id: settings
    at: T0
    expected: 5m
    timeout: 30m
    type: file.write
    with: { path: /etc/app.conf, content: new }
    rollback: { expected: 4m }`,
    good: `timeline: { window: { opens: T-1h, hard_stop: T+30m } }
steps:
  - id: copy
    at: T-30m
    expected: 20m
    timeout: 1h
    type: archive.create
    with: { path: /backup/files.tar.gz, source: /srv/files }
    rollback: { expected: 5m }
  - id: settings
    at: T0
    expected: 5m
    timeout: 30m
    type: file.write
    with: { path: /etc/app.conf, content: new }
    rollback: { expected: 4m }`,
  },
  *check(context) {
    const { times, plan, steps } = context;
    const stop = plan.timeline.hardStopMs;
    for (const step of steps) {
      const at = times.steps[step.id];
      if (stop === null || !at || at.latestAbortMs === null || at.wayBackMs === null) continue;
      // Later ones are late as well: the first is where the plan has to change.
      if (at.latestAbortMs >= at.endMs || at.wayBackMs === 0) continue;
      yield {
        at: context.atStep(step),
        step: step.id,
        message: `A rollback when "${step.id}" has ended (${offset(at.endMs)}) takes ${span(at.wayBackMs)}, and would end after the hard stop (${offset(stop)})`,
        remedy: 'Move the hard stop, start earlier, or make the undo quicker',
      };
      return;
    }
  },
};
