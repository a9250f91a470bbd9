import { beforeAll, expect, test } from 'vitest';
import { reportMarkdown, sectionNames } from '../../../engine/report/report.ts';
import { goingBack, held, success } from '../views/scripted-run.ts';
import { reportedRun } from './reported-run.ts';

const all = new Set(sectionNames);

beforeAll(() => {
  process.env.TZ = 'UTC';
});

test('a run that succeeded', () => {
  const spans = [{ label: 'doors closed', from: 'maintenance-on', to: 'open-doors' }];
  expect(reportMarkdown(reportedRun(success, { spans }), all, 1)).toMatchInlineSnapshot(`
    "# 2026-11-22 trading-journal-cutover (lab): succeeded

    - Run \`20261122-2129-trading-journal-cutover-x7kd\`
    - From 2026-11-22 21:29:00+00:00 to 2026-11-22 22:00:04+00:00, 31m 4s
    - Started by ops; engine at ops@laptop
    - Plan \`sha256:0123\`, runbook 0.1.0

    ## Key numbers

    - T0: planned 2026-11-22 22:00:00+00:00, reached 2026-11-22 22:00:00+00:00, on time; point of no return crossed 2026-11-22 22:00:00+00:00
    - doors closed: 29m 52s, from maintenance-on to open-doors
    - Largest slip: dump, 1m late
    - Hard stop 2026-11-22 22:30:00+00:00, 29m 56s to spare
    - 5 steps: 5 succeeded
    - 4 acts in 5 attempts, 1 retry, 0 holds, 1 session

    ## Timeline

    | Planned | Started | Step | Expected | Took | State | Attempts |
    | --- | --- | --- | ---: | ---: | --- | ---: |
    | T-30m | 21:30:00 | Show the maintenance page \`maintenance-on\` | 30s | 12s | succeeded | 1 |
    | T-25m | 21:36:00 (1m late) | Dump the database \`dump\` | 2m | 4m | succeeded | 2 |
    | T-25m | 21:36:00 (1m late) | Archive the uploads \`uploads\` | 1m | 1m | succeeded | 1 |
    | T-1m | 21:59:00 | Go or no-go \`go-no-go\` | 1m | 30s | succeeded |  |
    |  | 22:00:00 | **Point of no return** |  |  | crossed |  |
    | T0 | 22:00:00 | Open the doors \`open-doors\` | 30s | 4s | succeeded | 1 |

    ## Spans

    None.

    ## Gates

    \`go-no-go\`: Go live? **GO after 30s**

    - Opened 2026-11-22 21:59:00+00:00, would have closed 22:04:00
    - True: \`steps['dump'].output.bytes > 0\`
    - 21:59:30 **GO** by Cutover lead (lead), login \`ops\`: counts match

    ## Checklists and watches

    None.

    ## Holds

    None.

    ## Failures and retries

    | At | Act | Attempt | Error | Effect | Then |
    | --- | --- | ---: | --- | --- | --- |
    | 21:38:00 | dump | 1 | mysqldump: exit 2, server has gone away | it may have changed something before it failed | done at attempt 2 |

    ## Rollback

    None.

    ## Outputs

    None.

    ## Notifications

    None.

    ## Lessons, from the facts

    - \`dump\` took 4m, expected 2m (2.0 times as long)
    - \`dump\` needed 2 attempts: mysqldump: exit 2, server has gone away
    - \`dump\` started 1m late
    "
  `);
});

test('a run that was rolled back', () => {
  const spans = [{ label: 'doors closed', from: 'maintenance-on', to: 'open-doors' }];
  expect(reportMarkdown(reportedRun(goingBack, { spans }), all, 2)).toMatchInlineSnapshot(`
    "## 2026-11-22 trading-journal-cutover (lab): rolled back

    - Run \`20261122-2129-trading-journal-cutover-x7kd\`
    - From 2026-11-22 21:29:00+00:00 to 2026-11-22 21:41:00+00:00, 12m
    - Started by ops; engine at ops@laptop
    - Plan \`sha256:0123\`, runbook 0.1.0

    ### Key numbers

    - T0: planned 2026-11-22 22:00:00+00:00, not reached; point of no return not crossed
    - doors closed: 9m 58s, from maintenance-on to open-doors, ended by the undo of maintenance-on
    - Largest slip: dump, 1m late
    - Hard stop 2026-11-22 22:30:00+00:00, 49m to spare
    - 5 steps: 3 undone, 2 not started
    - 6 acts in 6 attempts, 0 retries, 0 holds, 1 session

    ### Timeline

    | Planned | Started | Step | Expected | Took | State | Attempts |
    | --- | --- | --- | ---: | ---: | --- | ---: |
    | T-30m | 21:30:00 | Show the maintenance page \`maintenance-on\` | 30s | 12s | undone in 0ms | 1 |
    | T-25m | 21:36:00 (1m late) | Dump the database \`dump\` | 2m | 2m | failed, undone in 0ms | 1 |
    | T-25m | 21:36:00 (1m late) | Archive the uploads \`uploads\` | 1m | 3m | undone in 0ms | 1 |
    | T-1m |  | Go or no-go \`go-no-go\` | 1m |  | not started |  |
    |  |  | **Point of no return** |  |  | not crossed |  |
    | T0 |  | Open the doors \`open-doors\` | 30s |  | not started |  |

    ### Spans

    None.

    ### Gates

    None.

    ### Checklists and watches

    None.

    ### Holds

    None.

    ### Failures and retries

    | At | Act | Attempt | Error | Effect | Then |
    | --- | --- | ---: | --- | --- | --- |
    | 21:38:00 | dump | 1 | mysqldump: exit 2, server has gone away | it may have changed something before it failed | not retried |

    ### Rollback

    Started 2026-11-22 21:39:00+00:00, by a rule of the runbook, complete after 2m: dump failed

    - \`dump\` undone in 0ms
    - \`uploads\` undone in 0ms
    - \`maintenance-on\` undone in 0ms

    ### Outputs

    None.

    ### Notifications

    None.

    ### Lessons, from the facts

    - \`dump\` failed: mysqldump: exit 2, server has gone away
    - \`dump\` started 1m late
    - \`uploads\` took 3m, expected 1m (3.0 times as long)
    "
  `);
});

test('a run that is held', () => {
  expect(
    reportMarkdown(reportedRun(held), new Set(['numbers', 'holds', 'failures', 'lessons']), 1),
  ).toMatchInlineSnapshot(`
    "# 2026-11-22 trading-journal-cutover (lab): held

    - Run \`20261122-2129-trading-journal-cutover-x7kd\`
    - From 2026-11-22 21:29:00+00:00 to 2026-11-22 21:39:00+00:00, 10m (not ended: until its last event)
    - Started by ops; engine at ops@laptop
    - Plan \`sha256:0123\`, runbook 0.1.0

    ## Key numbers

    - T0: planned 2026-11-22 22:00:00+00:00, not reached; point of no return not crossed
    - Largest slip: dump, 1m late
    - Hard stop 2026-11-22 22:30:00+00:00
    - 5 steps: 1 succeeded, 2 not started
    - 3 acts in 3 attempts, 0 retries, 1 hold, 1 session

    ## Holds

    1 hold, 0ms in total

    - 21:38:00 at \`dump\` (failed): mysqldump: exit 2, server has gone away. **not resolved**

    ## Failures and retries

    | At | Act | Attempt | Error | Effect | Then |
    | --- | --- | ---: | --- | --- | --- |
    | 21:38:00 | dump | 1 | mysqldump: exit 2, server has gone away | it may have changed something before it failed | not retried |

    ## Lessons, from the facts

    - \`dump\` failed: mysqldump: exit 2, server has gone away
    - \`dump\` held the run (failed) and was not resolved
    - \`dump\` started 1m late
    "
  `);
});
