/** The environment of a command is the user's: nothing of how the engine starts it is left in it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { acts as ownActs } from '../../../steps/command/acts.ts';
import { command } from '../../../steps/command/step.ts';
import { actContext } from '../../support/act-context.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { useLab } from '../../support/lab.ts';
import { type Place, usePlace, useVps } from '../../support/place.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();

/** Names that the engine's own scripts use or used. */
const taken = [
  ...['dir', 'mark', 'cwd', 'token', 'text', 'code', 'clock', 'from', 'stat', 'began', 'booted', 'me', 'up'],
  ...['rest', 'umask', 'pid', 'start', 'id', 'line', 'p', 'f'],
];

const shown = `
umask
echo "OLDPWD \${OLDPWD-none}"
pwd
grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status
ls /proc/self/fd
ulimit -a
env | grep -v -e ^RUNBOOK_WORK= -e ^_= -e ^PWD= -e ^SHLVL= | sort
`;

const run = async (place: Place, given: object): Promise<string> => {
  const ctx = actContext({ clients: { shell: place.shell } });
  const outcome = await acts.run(ctx, command.input.parse(given), null);
  return outcome.done ? (outcome.output.stdout ?? '') : outcome.short;
};

describe.each([
  ['on this machine', () => usePlace()],
  ['over SSH', () => useVps(lab)],
])('%s', (_, enter: () => Promise<Place>) => {
  test('a writing command finds the same as one that is run without a supervisor', async () => {
    const place = await enter();
    const env = Object.fromEntries(taken.map((name) => [name, `of the user: ${name}`]));
    const given = { run: ['sh', '-c', shown], cwd: place.dir, env };
    const written = await run(place, given);
    expect(written).toBe(await run(place, { ...given, effects: 'read' }));
    for (const name of taken) expect(written).toContain(`\n${name}=of the user: ${name}\n`);
  });

  test.each([undefined, 'with a stdin'])(
    'what it makes has the rights that the user has set, stdin: %s',
    async (stdin) => {
      const place = await enter();
      const { stdout } = await place.shell.exec(['sh', '-c', 'umask']);
      const umask = Number.parseInt(Buffer.from(stdout).toString(), 8);
      await run(place, { run: 'cat >page; mkdir folder', cwd: place.dir, ...(stdin && { stdin }) });
      expect((await stat(join(place.dir, 'page'))).mode & 0o777).toBe(0o666 & ~umask);
      expect((await stat(join(place.dir, 'folder'))).mode & 0o777).toBe(0o777 & ~umask);
    },
  );

  test('no signal is ignored that the user has not ignored', async () => {
    const place = await enter();
    const ended = await run(place, { run: ['sh', '-c', 'kill -s INT $$; echo still here'] });
    expect(ended).toMatch(/^exit code 130/);
  });
});

test('on this machine, an own umask of the engine is kept', async () => {
  const before = process.umask(0o027);
  onTestFinished(() => void process.umask(before));
  expect(await run(await usePlace(), { run: ['sh', '-c', 'umask'] })).toBe('0027\n');
});
