/** The journal as the thing that may never be lost: disk, lock and edits, on runs of the real command line. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { engineMain } from '../support/engine-main.ts';
import { useLab } from '../support/lab.ts';
import { approvers, asks, type CliRun, leaves, steady, useCliRun, vpsTarget } from './cli-run.ts';

const lab = await useLab();

const told = (night: CliRun, stderr: string, volatile: Record<string, string | number> = {}): string =>
  steady(stderr, { ...volatile, CWD: night.cwd }).trim();

describe('a journal that is not free', () => {
  const atGate = async () => {
    const night = useCliRun(lab, (vps) => ({
      approvers,
      targets: { vps: vpsTarget(lab, vps) },
      steps: [leaves('first', vps), asks('go-no-go'), leaves('last', vps)],
    }));
    const engine = night.begin();
    await engine.saw('runbook approve');
    return { night, engine };
  };
  const approve = ['approve', 'latest', 'go-no-go', '--as', 'lead', '--reason', 'r'];

  test('a second engine on the same run is refused with the owner of the lock', async () => {
    const { night, engine } = await atGate();
    const { code, stderr } = await night.cli('resume');
    expect(code).toBe(4);
    const since = { SINCE: stderr.match(/since (\S+)/)?.[1] ?? 'nothing' };
    const who = { PID: engine.pid, 'USER on HOST': stderr.match(/of (\S+ on \S+),/)?.[1] ?? 'nobody' };
    expect(told(night, stderr, { ...since, ...who })).toMatchInlineSnapshot(`
      "RB440  Another engine is running run RUN: pid PID of USER on HOST, since SINCE
        See it with runbook status RUN, or end that engine first"
    `);
    await night.cli(...approve);
    expect((await engine.ended).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'did last']);
  });

  test('a journal edited by hand is refused by its line, and taken again as it was', async () => {
    const { night, engine } = await atGate();
    engine.kill('SIGINT');
    await engine.ended;
    const journal = join(night.runDir(), 'journal.jsonl');
    const intact = readFileSync(journal, 'utf8');
    const line = intact.split('\n').findIndex((text) => text.includes('"gate-opened"')) + 1;
    writeFileSync(journal, intact.replace('"type":"gate-opened"', '"type":"gate-closed"'));
    for (const command of [['resume'], ['status'], ['rollback', '--reason', 'r'], approve]) {
      const { code, stderr } = await night.cli(...command);
      expect({ command, code }).toEqual({ command, code: 4 });
      expect(stderr).toContain(`journal.jsonl:${line} `);
    }
    const { stderr } = await night.cli('resume');
    expect(told(night, stderr)).toMatchInlineSnapshot(`
      "RB410  The journal was changed or damaged: CWD/.runbook/runs/RUN/journal.jsonl:10 does not match its own hash
        Keep the file as evidence and put an intact copy in its place. If there is no copy, start a new run"
    `);
    writeFileSync(journal, intact);
    const resumed = night.resume();
    await resumed.saw('runbook approve');
    await night.cli(...approve);
    expect((await resumed.ended).code).toBe(0);
    expect(night.did()).toEqual(['did first', 'did last']);
  });
});

// Root owns its mount namespace; anybody else gets one by way of a user namespace.
const unshare = process.getuid?.() === 0 ? '-m' : '-rm';

interface Said {
  readonly code: number;
  readonly stderr: string;
}

/**
 * Runs a script that has mounts of its own, with `runbook ARGS...` as a command of it and the run's folder
 * `disk` as its $1. Each `runbook` is one entry of what comes back.
 */
const onOwnDisk = (night: CliRun, script: string): Promise<readonly Said[]> => {
  const disk = join(night.cwd, 'disk');
  mkdirSync(disk);
  const whole = `n=0; runbook() { n=$((n+1)); code=0; "$NODE" "$MAIN" "$@" 2>"$OUT/$n.err" >&2 || code=$?; echo "$code" >"$OUT/$n.code"; }
${script}`;
  const env = {
    ...process.env,
    ...night.env,
    NO_COLOR: '1',
    NODE: process.execPath,
    MAIN: engineMain,
    OUT: night.cwd,
    DID: join(night.vps, 'did'),
  };
  return new Promise((resolve, reject) => {
    execFile('unshare', [unshare, 'sh', '-ec', whole, 'sh', disk], { cwd: night.cwd, env }, (error) => {
      if (error) return reject(error);
      const said: Said[] = [];
      const read = (n: number, what: string) => readFileSync(join(night.cwd, `${n}.${what}`), 'utf8');
      for (let n = 1; existsSync(join(night.cwd, `${n}.code`)); n++) {
        said.push({ code: Number(read(n, 'code')), stderr: read(n, 'err') });
      }
      resolve(said);
    });
  });
};

describe('a disk that cannot be written', () => {
  /** Fills the disk of the journal, or dies trying; prints nothing of its own. */
  const fills = 'head -c 1000000 /dev/zero >"$FILLER" 2>/dev/null || true';
  /** Fills it by its own log. */
  const talks = "head -c 600000 /dev/zero | tr '\\0' x | fold -w 1000";

  test.each([
    ['by a file', fills],
    ['by what a command prints', talks],
  ])('full during the run, %s: with space again, nothing was lost', async (_, run) => {
    const ids = Array.from({ length: 12 }, (_, i) => `step-${i + 1}`);
    const night = useCliRun(lab, (vps) => ({
      vars: { filler: { type: 'string', required: true } },
      targets: { vps: vpsTarget(lab, vps) },
      steps: [
        leaves('first', vps),
        {
          id: 'fill',
          type: 'command',
          with: {
            run: `${run}; echo 'did fill' >>"$DID"`,
            env: { FILLER: '${{ vars.filler }}', DID: join(vps, 'did') },
            capture: 'none',
          },
          rollback: { undo: { none: 'it only takes space' } },
        },
        // An event may still fit into what is left of the last block.
        ...ids.map((id) => leaves(id, vps)),
      ],
    }));
    const [full, resumed] = await onOwnDisk(
      night,
      `mount -t tmpfs -o size=256k,mode=700 none "$1"
       runbook exec night.yaml --runs-dir "$1/runs" --var "filler=$1/filler"
       wc -l <"$DID" >"$OUT/when-full"
       mount -o remount,size=8m "$1"
       runbook resume --runs-dir "$1/runs"`,
    );
    const told = steady(full?.stderr ?? '', { CWD: night.cwd });
    expect(full?.code).toBe(1);
    expect(told.slice(told.indexOf('RB401'))).toBe(
      'RB401  Disk full while writing the journal CWD/disk/runs/RUN/journal.jsonl (no space left on device (ENOSPC)); nothing further was started\n' +
        '  Free space, then: runbook resume RUN\n',
    );
    expect(told).not.toMatch(/^ +at /m);
    expect(Number(readFileSync(join(night.cwd, 'when-full'), 'utf8'))).toBeLessThan(ids.length);
    expect(resumed?.code).toBe(0);
    expect(night.did()).toEqual(['first', 'fill', ...ids].map((id) => `did ${id}`));
  });

  test('a read-only runs directory', async () => {
    const night = useCliRun(lab, (vps) => ({
      targets: { vps: vpsTarget(lab, vps) },
      steps: [leaves('first', vps)],
    }));
    const [refused, done] = await onOwnDisk(
      night,
      `mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"
       runbook exec night.yaml --runs-dir "$1/runs"
       mount -o remount,rw,bind "$1"
       runbook exec night.yaml --runs-dir "$1/runs"`,
    );
    expect(refused?.code).toBe(4);
    expect(told(night, refused?.stderr ?? '')).toMatchInlineSnapshot(`
      "RB420  Cannot keep runs in CWD/disk/runs: read-only file system (EROFS)
        Make it a directory that you can write to, or give another one with --runs-dir"
    `);
    expect(done?.code).toBe(0);
    expect(night.did()).toEqual(['did first']);
  });
});
