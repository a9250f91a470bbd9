/** A command that failed: what it is known to have changed decides whether its undo runs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runbookHere as runbook, workDir } from './command-line.ts';

const night = (run: string, probe: string, more = '') => {
  const cwd = workDir();
  const lock = join(cwd, 'lock');
  const call = (text: string) => `{ run: '${text}', env: { LOCK: ${lock} } }`;
  writeFileSync(
    join(cwd, 'r.yaml'),
    `version: 1
name: locked
steps:
  - id: lock
    type: command
    with: { run: '${run}', env: { LOCK: ${lock} }, probe: { run: '${probe}' }${more} }
    on_failure: rollback
    rollback: { undo: [{ type: command, with: ${call('rm -rf "$LOCK"')} }] }
`,
  );
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state') };
  return { lock, exec: () => runbook(['exec', 'r.yaml'], { cwd, env }) };
};

const taken = (lock: string) => {
  mkdirSync(lock);
  writeFileSync(join(lock, 'owner'), 'the other run');
};

describe('mkdir of a lock', () => {
  test("that another run holds: the other's lock stays", async () => {
    const { lock, exec } = night('mkdir "$LOCK"; echo mine >"$LOCK/owner"', 'test -d "$LOCK"');
    taken(lock);
    const { code, stderr } = await exec();
    expect(code, stderr).toBe(5);
    expect(readFileSync(join(lock, 'owner'), 'utf8')).toBe('the other run');
  });

  test('that was taken before the command failed: it is given back', async () => {
    const { lock, exec } = night('mkdir "$LOCK"; exit 7', 'test -d "$LOCK"');
    const { code, stderr } = await exec();
    expect(code, stderr).toBe(5);
    expect(existsSync(lock)).toBe(false);
  });

  test('whose probe asks for its owner', async () => {
    const { lock, exec } = night('mkdir "$LOCK"; echo mine >"$LOCK/owner"', 'grep -qx mine "$LOCK/owner"');
    taken(lock);
    const { code, stderr } = await exec();
    expect(code, stderr).toBe(5);
    expect(stderr).toContain('its probe says that it did not happen');
    expect(existsSync(join(lock, 'owner'))).toBe(true);
  });

  test('of which the probe cannot tell: a person is asked, and nothing is removed', async () => {
    const { lock, exec } = night('mkdir "$LOCK"', 'exit 2');
    taken(lock);
    const { code, stderr } = await exec();
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('its probe cannot tell what it changed');
    expect(existsSync(join(lock, 'owner'))).toBe(true);
  });
});

describe('what was changed before it failed is undone', () => {
  test.each(['exit 0', 'exit 1', 'exit 2'])(
    'where it succeeded, and its output is not JSON (probe: %s)',
    async (probe) => {
      const { lock, exec } = night('mkdir "$LOCK"; echo no', probe, ', capture: json');
      const { code, stderr } = await exec();
      expect(code, stderr).toBe(5);
      expect(existsSync(lock)).toBe(false);
    },
  );
});
