import { beforeAll, expect, test } from 'vitest';
import { createPlainView } from '../../../engine/views/plain.ts';
import { masked } from '../../support/masked.ts';
import { goingBack, held, plan, play, success, t0 } from './scripted-run.ts';

beforeAll(() => {
  process.env.TZ = 'UTC';
});

const info = { plan, runDir: '/r', journalPath: '/r/journal.jsonl', logDir: '/r/logs', interactive: false };

const show = async (script: Parameters<typeof play>[0]): Promise<string> => {
  let text = '';
  const view = createPlainView({
    write: (s) => {
      text += s;
    },
  });
  let begun = false;
  const state = play(script, (event, now, at) => {
    // The command line journals it, before there is a view.
    if (event.type === 'run-created') return;
    if (!begun && event.type === 'clock-set') {
      begun = true;
      view.start(info, now, at);
    }
    view.event(event, now, at);
  });
  await view.close(state, state.lastAt);
  return text;
};

test('a run that succeeds, one line an event', async () => {
  expect(await show(success)).toMatchInlineSnapshot(`
    "21:29:00     T-31m  run 20261122-2129-trading-journal-cutover-x7kd of trading-journal-cutover (lab)
    21:29:00     T-31m  journal /r/journal.jsonl
    21:29:00     T-31m  step logs /r/logs
    21:29:00     T-31m  session 1 by ops@laptop, pid 4711
    21:29:00     T-31m  T0 is 2026-11-22 22:00:00+00:00
    21:29:00     T-31m  maintenance-on: waiting until 21:30:00, 1m
                          Show the maintenance page
    21:30:00     T-30m  maintenance-on: Show the maintenance page
    21:30:00     T-30m  maintenance-on: run maintenance-on
    21:30:12  T-29m48s  maintenance-on done in 12s (expected 30s)
    21:36:00     T-24m  dump: Dump the database, 1m late
    21:36:00     T-24m  uploads: Archive the uploads, 1m late
    21:36:00     T-24m  dump on vps: mysqldump trading_journal
    21:36:00     T-24m  uploads: run uploads
    21:37:00     T-23m  uploads done in 1m (expected 1m)
    21:38:00     T-22m  dump failed: mysqldump: exit 2, server has gone away
                          it may have changed something before it failed
                          -> Look at the server
    21:38:00     T-22m  next attempt at 21:38:01, in 1s
    21:38:01  T-21m59s  dump, attempt 2 on vps: mysqldump trading_journal
    21:40:00     T-20m  dump done in 4m (expected 2m)
    21:59:00      T-1m  go-no-go: Go or no-go
    21:59:00      T-1m  gate go-no-go: Go live?
                          true: steps['dump'].output.bytes > 0
                          1 of lead (Cutover lead), deputy (Deputy)
                          go:    runbook approve 20261122-2129-trading-journal-cutover-x7kd go-no-go --as NAME --reason "..."
                          no-go: runbook approve 20261122-2129-trading-journal-cutover-x7kd go-no-go --as NAME --reason "..." --no-go
    21:59:00      T-1m  gate closes at 22:04:00, in 5m
    21:59:30     T-30s  gate go-no-go: GO by lead (login ops): counts match
    21:59:30     T-30s  gate go-no-go decided: GO
    21:59:30     T-30s  go-no-go done in 30s (expected 1m)
    22:00:00        T0  open-doors: Open the doors
    22:00:00        T0  open-doors: run open-doors
    22:00:00        T0  POINT OF NO RETURN crossed by open-doors: no rollback from here
                          forward fix: ./forward-fix.md
    22:00:04      T+4s  open-doors done in 4s (expected 30s)
    22:00:04      T+4s  SUCCEEDED after 31m 4s
    22:00:04      T+4s  session 1 ended: the run has ended
    "
  `);
});

test('a run that is rolled back', async () => {
  expect(await show(goingBack)).toMatchInlineSnapshot(`
    "21:29:00     T-31m  run 20261122-2129-trading-journal-cutover-x7kd of trading-journal-cutover (lab)
    21:29:00     T-31m  journal /r/journal.jsonl
    21:29:00     T-31m  step logs /r/logs
    21:29:00     T-31m  session 1 by ops@laptop, pid 4711
    21:29:00     T-31m  T0 is 2026-11-22 22:00:00+00:00
    21:29:00     T-31m  maintenance-on: waiting until 21:30:00, 1m
                          Show the maintenance page
    21:30:00     T-30m  maintenance-on: Show the maintenance page
    21:30:00     T-30m  maintenance-on: run maintenance-on
    21:30:12  T-29m48s  maintenance-on done in 12s (expected 30s)
    21:36:00     T-24m  dump: Dump the database, 1m late
    21:36:00     T-24m  uploads: Archive the uploads, 1m late
    21:36:00     T-24m  dump on vps: mysqldump trading_journal
    21:36:00     T-24m  uploads: run uploads
    21:38:00     T-22m  dump failed: mysqldump: exit 2, server has gone away
                          it may have changed something before it failed
                          -> Look at the server
    21:38:00     T-22m  dump failed in 2m (expected 2m)
    21:39:00     T-21m  uploads done in 3m (expected 1m)
    21:39:00     T-21m  ROLLING BACK 3 steps: dump failed
                          (dump | uploads) <- maintenance-on
    21:40:00     T-20m  undo of dump: undo dump
    21:40:00     T-20m  dump undone in 0ms (expected 1m)
    21:40:05  T-19m55s  undo of uploads: undo uploads
    21:40:05  T-19m55s  uploads undone in 0ms (expected 1m)
    21:40:10  T-19m50s  undo of maintenance-on: undo maintenance-on
    21:40:10  T-19m50s  maintenance-on undone in 0ms (expected 1m)
    21:41:00     T-19m  rollback complete: 3 steps undone
    21:41:00     T-19m  ROLLED BACK after 12m
    "
  `);
});

test('a hold ends with the commands that resolve it', async () => {
  expect((await show(held)).split('\n').slice(-12).join('\n')).toMatchInlineSnapshot(`
    "                      -> Look at the server
    21:38:00     T-22m  HELD at dump: mysqldump: exit 2, server has gone away
                          -> Look at the server
                          runbook resume 20261122-2129-trading-journal-cutover-x7kd --retry dump --reason "..."  # run dump again (attempt 2)
                          runbook resume 20261122-2129-trading-journal-cutover-x7kd --skip dump --reason "..."  # continue WITHOUT it
                          runbook rollback 20261122-2129-trading-journal-cutover-x7kd --reason "..."  # undo 3 steps, about 2m
    21:39:00     T-21m  session 1 ended: the run is held
    21:39:00     T-21m  run 20261122-2129-trading-journal-cutover-x7kd has not ended; to continue:
                          runbook resume 20261122-2129-trading-journal-cutover-x7kd --retry dump --reason "..."
                          runbook resume 20261122-2129-trading-journal-cutover-x7kd --skip dump --reason "..."
                          runbook rollback 20261122-2129-trading-journal-cutover-x7kd --reason "..."
    "
  `);
});

test('output of a step cannot steer the terminal', () => {
  let text = '';
  const view = createPlainView({
    write: (s) => {
      text += s;
    },
  });
  view.output('dump/do/0', masked('ok \u001b[2J\u001b]0;title\u0007gone\r'));
  expect(text).toContain('dump | ok gone\n');
});

test('progress is printed at most every ten seconds, and at its end', () => {
  const lines: string[] = [];
  const view = createPlainView({ write: (s) => void lines.push(s) });
  for (let s = 0; s <= 12; s++) {
    view.progress('dump/do/0', { done: s * 1_000_000, total: 12_000_000, unit: 'bytes' }, t0 + s * 1000);
  }
  expect(lines.map((l) => l.trim().split('| ')[1])).toEqual([
    '0 B of 12 MB',
    '10 MB of 12 MB',
    '12 MB of 12 MB',
  ]);
});

test('a session that finds the run held begins by saying why', () => {
  let text = '';
  const view = createPlainView({
    write: (s) => {
      text += s;
    },
  });
  const state = play(held, () => undefined);
  view.start(info, state, state.lastAt);
  expect(text.split('\n').slice(3).join('\n')).toMatchInlineSnapshot(`
    "21:39:00     T-21m  HELD at dump: mysqldump: exit 2, server has gone away
                          -> Look at the server
    "
  `);
});
