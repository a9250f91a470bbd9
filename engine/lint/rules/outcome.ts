/** What happens after a failure, and after an outcome that nobody knows. */
import type { LintedCall } from '../context.ts';
import type { Rule } from '../rule.ts';
import { areRepeatable } from '../shell/repeatable.ts';

const isRepeatable = ({ commands, changes }: LintedCall): boolean =>
  commands.length > 0
    ? areRepeatable(commands)
    : changes.length > 0 &&
      changes.every(({ found }) => found?.every(({ repeatable }) => repeatable) ?? false);

/** Nothing can tell whether it happened, and a second time is not known to be harmless. */
const isOnce = (call: LintedCall): boolean =>
  call.act.effects === 'write' && call.traits.unprobed === true && !isRepeatable(call);

export const neitherProbedNorRepeatable: Rule = {
  code: 'RB709',
  name: 'neither-probed-nor-repeatable',
  level: 'note',
  page: {
    what: 'A write that has no `probe`, and is not known to be harmless when it is done twice',
    why: 'The connection broke while a script was charging accounts. Nobody could say whether it had finished. The operator ran it again to be safe, and some accounts were charged twice. The engine never does that: it holds the run and asks a person, at the worst moment. A `probe` answers instead.',
    bad: `steps:
  - id: charge
    type: command
    with: { run: [./bin/charge, --all] }
    verify:
      - { type: http.check, with: { url: "https://app.example/charged", status: 200 } }
    rollback: { undo: { none: Money that was taken is paid out by hand } }`,
    good: `steps:
  - id: charge
    type: command
    with:
      run: [./bin/charge, --all]
      probe: { run: [./bin/charge, --is-done] }
    verify:
      - { type: http.check, with: { url: "https://app.example/charged", status: 200 } }
    rollback: { undo: { none: Money that was taken is paid out by hand } }`,
  },
  *check(context) {
    for (const call of context.calls) {
      const { role } = call.site;
      if (
        (role !== 'act' && role !== 'undo') ||
        !isOnce(call) ||
        (role === 'act' && call.act.retry.limit > 0)
      )
        continue;
      yield {
        at: context.atCall(call),
        step: call.step,
        message: `If the outcome of ${role === 'act' ? `"${call.step}"` : `this undo of "${call.step}"`} is lost, nothing can tell whether it happened`,
        remedy:
          'Add a `probe` that says so. If it can be done twice without harm, say that: `# runbook-ignore RB709: ...`',
      };
    }
  },
};

export const retryOfWhatHappensOnce: Rule = {
  code: 'RB710',
  name: 'retry-of-a-write',
  level: 'warning',
  page: {
    what: 'A `retry` on a write that has no `probe`, and is not known to be harmless when it is done twice',
    why: 'An import failed at row 80,000 and was retried, as its step said. The first 80,000 rows were there twice afterwards. A failed command may have done half of its work.',
    bad: `steps:
  - id: import
    type: command
    with: { run: [./bin/import, rows.csv] }
    retry: { limit: 2, interval: 10s }
    verify:
      - { type: http.check, with: { url: "https://app.example/rows", status: 200 } }
    rollback: { undo: { none: The table is new } }`,
    good: `steps:
  - id: import
    type: command
    with:
      run: [./bin/import, rows.csv]
      probe: { run: [./bin/import, --is-done] }
    retry: { limit: 2, interval: 10s }
    verify:
      - { type: http.check, with: { url: "https://app.example/rows", status: 200 } }
    rollback: { undo: { none: The table is new } }`,
  },
  *check(context) {
    for (const step of context.acts)
      if (step.act.act.retry.limit > 0 && isOnce(step.act))
        yield {
          at: context.atKey(step, 'retry'),
          step: step.id,
          message: `"${step.id}" is tried again after a failure, on top of what the failed attempt has done`,
          remedy: 'Remove `retry`, or add a `probe` that says whether anything of it happened',
        };
  },
};

export const continueAfterFailedWrite: Rule = {
  code: 'RB711',
  name: 'continue-after-failed-write',
  level: 'warning',
  page: {
    what: 'A write before the point of no return with `on_failure: continue`',
    why: 'A step that stopped the workers failed, and the run continued. The workers wrote to the old database for the whole cutover, and those rows were in neither system afterwards.',
    bad: `steps:
  - id: stop-workers
    type: command
    with:
      run: [systemctl, stop, workers]
    on_failure: continue
    rollback: { undo: { none: The service manager starts them again } }`,
    good: `steps:
  - id: stop-workers
    type: command
    with:
      run: [systemctl, stop, workers]
    on_failure: hold
    rollback: { undo: { none: The service manager starts them again } }`,
  },
  *check(context) {
    for (const step of context.acts) {
      const { act, onFailure } = step.step;
      if (onFailure !== 'continue' || act.effects !== 'write' || !step.undoable) continue;
      // A message to the team that is not delivered is no reason to stop.
      if (step.act.traits.tells === 'team') continue;
      yield {
        at: context.atKey(step, 'on_failure'),
        step: step.id,
        message: `"${step.id}" changes something, and the run continues without it when it fails`,
        remedy: 'Use `hold` or `rollback`: what comes next relies on it, and a rollback is still possible',
      };
    }
  },
};
