/** A go and a no-go from two terminals within milliseconds, at an engine that is a process of its own. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../engine/journal/command-answer.ts';
import { postCommand } from '../../engine/journal/inbox.ts';
import { runbook, start, workDir } from '../engine/cli/command-line.ts';

const doors = `version: 1
name: doors
approvers:
  lead: { name: Lead }
  deputy: { name: Deputy }
steps:
  - id: gate
    type: gate
    with: { prompt: Open?, approvers: [lead, deputy], timeout: 5m, on_no_go: hold }
  - { id: open, type: command, with: { run: "touch opened; sleep 1" }, rollback: { undo: { none: "a file" } } }
`;

const begin = (env: Record<string, string> = {}) => {
  const cwd = workDir();
  mkdirSync(join(cwd, 'home'));
  writeFileSync(join(cwd, 'doors.yaml'), doors);
  const mine = { HOME: join(cwd, 'home'), XDG_STATE_HOME: join(cwd, 'home', 'state') };
  const engine = start(['exec', 'doors.yaml'], { cwd, env: { ...mine, ...env } });
  const say = (as: string, ...more: string[]) =>
    runbook(['approve', 'latest', 'gate', '--as', as, '--reason', 'r', ...more], { cwd, env: mine });
  const runs = join(cwd, '.runbook', 'runs');
  const run = () => join(runs, readdirSync(runs)[0] ?? '');
  const events = () =>
    readFileSync(join(run(), 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; [key: string]: unknown });
  const of = (type: string) => events().filter((e) => e.type === type);
  const again = () => runbook(['resume'], { cwd, env: mine });
  return { engine, say, of, run, again };
};

const taken = /^(GO|NO-GO) for gate gate: accepted\n$/;

describe.each([
  ['go', 'no_go'],
  ['no_go', 'go'],
] as const)('%s, then %s', (...order) => {
  test.each([0, 9])('%i ms later: what is answered is what counted', async (gapMs) => {
    const { engine, of, run } = begin();
    await engine.saw('runbook approve');
    const post = (verdict: 'go' | 'no_go', as: string) => {
      const said = { command: 'approve', gate: 'gate', verdict, as, unattended: false } as const;
      return postCommand(run(), { ...said, user: 'u', reason: 'r', at: Date.now() });
    };
    const first = post(order[0], 'lead');
    if (gapMs > 0) await sleep(gapMs);
    const second = post(order[1], 'deputy');
    const { code } = await engine.ended;
    const answers = { [order[0]]: readAnswer(run(), first), [order[1]]: readAnswer(run(), second) };
    const [settled] = of('gate-settled');
    if (settled?.verdict === 'no_go') expect(answers.no_go).toMatchObject({ taken: true });
    else {
      expect(answers).toMatchObject({ go: { taken: true }, no_go: { refused: {} } });
      expect(of('command-refused')).toMatchObject([{ id: second, as: 'deputy', command: 'approve' }]);
    }
    // A first no-go is never overruled by a go.
    if (order[0] === 'no_go') expect(settled?.verdict).toBe('no_go');
    expect(code).toBe(settled?.verdict === 'go' ? 0 : 3);
  });
});

test('from two command lines at once: each gets a correct answer', async () => {
  const { engine, of, say } = begin();
  await engine.saw('runbook approve');
  const [go, noGo] = await Promise.all([say('lead'), say('deputy', '--no-go')]);
  await engine.ended;
  const [settled] = of('gate-settled');
  if (settled?.verdict === 'go') {
    expect(go.stdout).toMatch(taken);
    expect(noGo).toMatchObject({ code: 2, stdout: '' });
    expect(noGo.stderr).toMatch(/^RB62[78] .*Too late/s);
  } else {
    expect(noGo.stdout).toMatch(taken);
    expect(go.code === 0 ? go.stdout : go.stderr).toMatch(go.code === 0 ? taken : /^RB6/);
  }
});

test('an engine killed between the event and its answer: the next one answers, and says taken', async () => {
  const cwd = workDir();
  const preload = join(cwd, 'die.mjs');
  // The moment is exact: the event is on disk, the answer is about to be.
  writeFileSync(
    preload,
    `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
const { openSync } = fs;
fs.openSync = (path, ...more) => {
  if (String(path).includes('/inbox/done/.')) process.kill(process.pid, 'SIGKILL');
  return openSync(path, ...more);
};
syncBuiltinESMExports();`,
  );
  const { engine, of, say, run, again } = begin({ NODE_OPTIONS: `--import=${preload}` });
  await engine.saw('runbook approve');
  const asked = await say('deputy', '--no-go');
  expect((await engine.ended).code).toBe(null);
  expect(asked.code).toBe(3);
  expect(asked.stdout).toContain('the engine ended before it answered');
  const [event] = of('gate-answered');
  expect(event).toMatchObject({ verdict: 'no_go', by: 'deputy' });
  expect(readAnswer(run(), String(event?.commandId))).toBe(null);
  await again();
  expect(readAnswer(run(), String(event?.commandId))).toEqual({ taken: true, seq: event?.seq });
  expect(of('gate-answered')).toHaveLength(1);
  expect(of('command-refused')).toEqual([]);
  expect(of('gate-settled')).toMatchObject([{ verdict: 'no_go' }]);
});
