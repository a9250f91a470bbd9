import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbookHere as runbook, workDir } from './command-line.ts';

/** A sign is put out, a shop is closed, and a rollback reopens it. `undo` is that of the step that closes it. */
const shop = (undo = 'auto'): string => {
  const path = join(workDir(), 'shop.yaml');
  writeFileSync(
    path,
    `version: 1
name: shop
facts: { sign: false, closed: false }
invariants:
  - name: a closed shop has a sign
    that: "!facts.closed || facts.sign"
    when: always
  - name: a rollback reopens the shop
    that: run.state != 'rolled-back' || !facts.closed
    message: The shop is closed for good
steps:
  - id: put-sign
    at: T-2m
    expected: 10s
    type: file.write
    with: { path: /tmp/what-if/sign, content: "closed" }
    sets: { sign: true }
  - id: close
    at: T-1m
    expected: 20s
    type: file.write
    with: { path: /tmp/what-if/closed, content: "closed" }
    sets: { closed: true }
    on_failure: rollback
    rollback: { undo: ${undo} }
  - id: look
    at: T0
    expected: 4s
    type: assert
    with: { that: "\${{ 1 == 1 }}", message: never }
    on_failure: rollback
`,
  );
  return path;
};

const brokenUndo = '{ none: "somebody opens it by hand" }';

describe('what-if', () => {
  test('a table per step, and what was proven; exit 0', async () => {
    const { code, stdout, stderr } = await runbook(['what-if', shop(), '--pairs', '0']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "what-if of shop
        25 single faults, none of 700 pairs: 42 stories
        As planned: succeeded, done by T+6s, hard stop none
        Times are the latest: \`expected\` plus 50 %, 15s for each of 0 steps without it, time limits in full, 1m for an answer, 5m for a decision, 2m until a new engine
        At a hold: a retry that succeeds, a rollback, and nobody. Not explored: --skip, and more than two faults. A check passes, and a \`when\` is true, unless the fault is its own; a watch in the background measures a few times only

          ASKED: CHOICE                     ENDS         BACK BY      HARD STOP
      put-sign  T-2m
        fails, nothing changed
        times out, found not done
          failed: retry                     succeeded    T+9m1s       none
          failed: roll-back                 rolled back  T+8m10s      none
          failed: nobody                    stays held   not yet      none
        fails, something changed
        times out, found half done
          failed: retry                     succeeded    T+9m1s       none
          failed: roll-back                 rolled back  T+8m25s      none    undone: put-sign
          failed: nobody                    stays held   not yet      none    not undone: put-sign
        times out, found done
        the engine dies before it
        the engine dies after it, before its outcome is recorded
          nobody is asked                   succeeded    T+3m46s      none
        times out, outcome unknown, was done
          unknown: done                     succeeded    T+8m46s      none
          unknown: roll-back                rolled back  T+8m25s      none    undone: put-sign
          unknown: nobody                   stays held   not yet      none    not undone: put-sign
        times out, outcome unknown, was not done
          unknown: retry                    succeeded    T+9m1s       none
          unknown: roll-back                rolled back  T+8m25s      none    undone: put-sign
          unknown: nobody                   stays held   not yet      none    not undone: put-sign
        the engine is lost for an hour before it
          nobody is asked                   succeeded    T+58m51s     none

      close  T-1m
        fails, nothing changed
        times out, found not done
          nobody is asked                   rolled back  T+4m25s      none    undone: put-sign
        fails, something changed
        times out, found half done
          nobody is asked                   rolled back  T+4m55s      none    undone: put-sign, close
        times out, found done
        the engine dies before it
        the engine dies after it, before its outcome is recorded
          nobody is asked                   succeeded    T+4m16s      none
        times out, outcome unknown, was done
          unknown: done                     succeeded    T+9m16s      none
          unknown: roll-back                rolled back  T+9m55s      none    undone: put-sign, close
          unknown: nobody                   stays held   not yet      none    not undone: close, put-sign
        times out, outcome unknown, was not done
          unknown: retry                    succeeded    T+9m46s      none
          unknown: roll-back                rolled back  T+9m55s      none    undone: put-sign, close
          unknown: nobody                   stays held   not yet      none    not undone: close, put-sign
        the engine is lost for an hour before it
          nobody is asked                   succeeded    T+59m36s     none

      look  T0
        fails, nothing changed
        times out, nothing changed
          nobody is asked                   rolled back  T+5m55s      none    undone: put-sign, close
        the engine dies before it
        the engine dies after it, before its outcome is recorded
          nobody is asked                   succeeded    T+2m12s      none
        the engine is lost for an hour before it
          nobody is asked                   succeeded    T+1h6s       none

      2 invariants true in every story
      "
    `);
  });

  test('a counter-example is a story, and its invariant sets the exit code', async () => {
    const { code, stdout } = await runbook(['what-if', shop(brokenUndo), '--pairs', '0']);
    expect(code).toBe(1);
    expect(stdout.slice(stdout.indexOf('BROKEN'), stdout.indexOf('    ASKED'))).toMatchInlineSnapshot(`
      "BROKEN: a closed shop has a sign (in 5 stories)
        !facts.closed || facts.sign
        the shortest: --story look:fails
          T-1m45s     facts: sign: true
          T-1m45s     put-sign: done
          T-30s       facts: closed: true
          T-30s       close: done
        > T0          FAULT  look: fails, nothing changed
          T+6s        look: it failed, effect none
          T+6s        a rollback starts: 2 steps are owed
          T+6s        close: stays as it is: no undo
          T+21s       facts: sign: false
        > T+21s       BROKEN  a closed shop has a sign
          T+21s       put-sign: undone
        > T+21s       BROKEN  a rollback reopens the shop
          T+21s       the rollback is over

      BROKEN: a rollback reopens the shop (in 5 stories)
        run.state != 'rolled-back' || !facts.closed
        The shop is closed for good
        the shortest: --story look:fails
          T-1m45s     facts: sign: true
          T-1m45s     put-sign: done
          T-30s       facts: closed: true
          T-30s       close: done
        > T0          FAULT  look: fails, nothing changed
          T+6s        look: it failed, effect none
          T+6s        a rollback starts: 2 steps are owed
          T+6s        close: stays as it is: no undo
          T+21s       facts: sign: false
        > T+21s       BROKEN  a closed shop has a sign
          T+21s       put-sign: undone
        > T+21s       BROKEN  a rollback reopens the shop
          T+21s       the rollback is over

      "
    `);
    expect(stdout).toMatch(/invariants? broken: .*a rollback reopens the shop/);
  });

  test('--story tells it again, whole', async () => {
    const path = shop(brokenUndo);
    const { code, stdout } = await runbook(['what-if', path, '--story', 'look:fails']);
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "    T-1m45s     facts: sign: true
          T-1m45s     put-sign: done
          T-30s       facts: closed: true
          T-30s       close: done
        > T0          FAULT  look: fails, nothing changed
          T+6s        look: it failed, effect none
          T+6s        a rollback starts: 2 steps are owed
          T+6s        close: stays as it is: no undo
          T+21s       facts: sign: false
        > T+21s       BROKEN  a closed shop has a sign
          T+21s       put-sign: undone
        > T+21s       BROKEN  a rollback reopens the shop
          T+21s       the rollback is over
      "
    `);
    const { stdout: json } = await runbook(['what-if', path, '--story', 'look:fails', '--json']);
    expect(JSON.parse(json)).toMatchObject({ end: 'rolled-back', stays: ['close'], undone: ['put-sign'] });
  });

  test('--format markdown: what is broken stands above the folded table', async () => {
    const { stdout } = await runbook(['what-if', shop(brokenUndo), '--format', 'markdown']);
    expect(stdout).toMatch(/^## What if: shop\n\n\*\*\d+ invariants? broken/);
    expect(stdout.indexOf('### Broken: a rollback reopens the shop')).toBeLessThan(
      stdout.indexOf('<details>'),
    );
    expect(stdout).toContain('| `close` | fails, nothing changed; times out, found not done | nobody |');
  });

  test('--json: every fault with every story, and the seed of the pairs', async () => {
    const { code, stdout } = await runbook(['what-if', shop(), '--json', '--pairs', '5', '--seed', '7']);
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as { faults: { fault: string; stories: unknown[] }[] };
    expect(found).toMatchObject({ pairs: { run: 5, seed: 7 }, broken: [], assumed: { spread: 0.5 } });
    expect(found.faults.find(({ fault }) => fault === 'put-sign:fails')?.stories).toHaveLength(3);
  });

  test.each([
    [['--format', 'html'], 'RB651'],
    [['--pairs', 'all'], 'RB660'],
    [['--seed', '-1'], 'RB660'],
    [['--story', 'close:fail'], 'Did you mean "close:fails"'],
    [['--story', 'put-sign:fails'], 'a person is asked there'],
    [['--story', 'look:fails/retry'], 'The story ends before that'],
  ])('%j is refused with its remedy; exit 2', async (args, says) => {
    const { code, stdout, stderr } = await runbook(['what-if', shop(), ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  test('validate says how many invariants there are', async () => {
    const { stdout } = await runbook(['validate', shop()]);
    expect(stdout).toContain('no point of no return, 2 invariants for what-if (sha256:');
  });
});
