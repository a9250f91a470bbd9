import { expect, test } from 'vitest';
import { runInTerminal } from './pseudo-terminal.ts';

const child = (name: string): string => `${process.execPath} ${new URL(name, import.meta.url).pathname}`;

/** The picture that stays on the terminal: everything after the last set of keys. */
const last = (screen: string): string => screen.slice(screen.lastIndexOf('twice: stop them too'));

test('a run that succeeds: the list ends with every step, its time and the answers', async () => {
  const { screen, exitCode } = await runInTerminal(`${child('play-on-tty.ts')} success`);
  expect(exitCode).toBe(0);
  expect(screen).toContain('[##########----------] 50%');
  expect(screen).toContain('dumping table trades');
  expect(screen).toContain('if dump fails, after 1 more attempts the run is rolled back');
  expect(screen).toMatch(
    /rollback possible until \d\d:00:00 \(point of no return\), in \d+m.* · \d steps? to undo, about \dm/,
  );
  expect(last(screen)).toContain('SUCCEEDED · 5 of 5 steps');
  expect(last(screen)).toMatch(/✔ T-25m {4}Dump the database {2}4m \/ 2m/);
  expect(last(screen)).toContain('POINT OF NO RETURN ──────── crossed');
  expect(screen.trimEnd().endsWith('result')).toBe(true);
});

test('a rollback is a second list, in the order of the undo', async () => {
  const { screen, exitCode } = await runInTerminal(`${child('play-on-tty.ts')} goingBack`);
  expect(exitCode).toBe(0);
  const picture = last(screen);
  expect(picture).toContain('ROLLED BACK');
  const order = ['Dump the database', 'Archive the uploads', 'Show the maintenance page'];
  expect(order.map((name) => picture.indexOf(name))).toEqual(
    order.map((name) => picture.indexOf(name)).toSorted((a, b) => a - b),
  );
  expect(picture.match(/ undone\r?$/gm)).toHaveLength(3);
  expect(picture).toContain('ROLLED BACK · 3 steps undone');
  expect(picture).toContain('rollback reason: dump failed');
});

test('a background watch is shown as running, and gets its mark at its end', async () => {
  const { screen, exitCode } = await runInTerminal(child('watch-on-tty.ts'));
  expect(exitCode).toBe(0);
  const watchOver = screen.search(/✔ T0 .*Watch the logins/);
  const listOver = screen.search(/✔ T\+5m .*Tell the team/);
  expect(listOver).toBeGreaterThan(0);
  expect(watchOver).toBeGreaterThan(listOver);
  expect(screen.slice(0, listOver)).toMatch(/[⠋-⠿] T0 +Watch the logins .*1 measured: 1 good/);
});

test('a group in which nothing started is not marked done', async () => {
  const { screen, exitCode } = await runInTerminal(`${child('play-on-tty.ts')} early`);
  expect(exitCode).toBe(0);
  expect(screen).toContain('↓ in parallel: dump, uploads');
  expect(screen).not.toMatch(/[✔✖] (in parallel|T-25m|T-1m|T0 |─)/);
});

test('a hold ends with the commands to continue', async () => {
  const { screen } = await runInTerminal(`${child('play-on-tty.ts')} held`);
  expect(last(screen)).toContain('Open the doors');
  // The clock stopped with the hold, not with the end of the session.
  expect(last(screen)).toMatch(/✖ T-25m {4}Dump the database {2}2m of 2m {2}HELD/);
  expect(last(screen)).toContain('--retry dump --reason "..."');
});

test('NO_COLOR leaves only the escapes that move the cursor', async () => {
  const { exitCode, screen } = await runInTerminal(`${child('play-on-tty.ts')} success`, {
    env: { NO_COLOR: '1' },
  });
  expect(exitCode).toBe(0);
  expect(screen).toContain('SUCCEEDED');
});

test('a gate is answered in full words, and nothing else is taken for a go', async () => {
  const { screen } = await runInTerminal(child('ask-on-tty.ts'), {
    typed: [
      { after: 'Type the id', type: 'lead\r' },
      { after: 'in full', type: 'y\r' },
      { after: '"y" is not one of: go, no-go', type: '\r' },
      { after: '"" is not one of', type: 'go\r' },
      { after: 'lead says GO', type: 'counts match\r' },
    ],
  });
  expect(screen).toMatch(/closes in 1m(?! 30s)/);
  expect(screen).toContain('answer {"kind":"gate","verdict":"go","as":"lead","reason":"counts match"}');
});

test('Ctrl-C in a question is the signal it would have been without', async () => {
  const { screen } = await runInTerminal(child('ask-on-tty.ts'), {
    typed: [{ after: 'Type the id', type: '\u0003' }],
  });
  expect(screen).toContain('interrupted');
  expect(screen).toContain('answer null');
});

test('a question stays when the one before it was answered elsewhere', async () => {
  const { screen } = await runInTerminal(`${child('ask-on-tty.ts')} again`, {
    typed: [
      { after: '1 more approval needed', type: 'lead\r' },
      { after: 'in full', type: 'go\r' },
      { after: 'lead says GO', type: 'counts match\r' },
    ],
  });
  expect(screen).toContain('answer {"kind":"gate","verdict":"go","as":"lead","reason":"counts match"}');
});
