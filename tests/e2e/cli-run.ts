/** A run of the real command line against the lab: its runbook, its folder on the VPS, its journal. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { type Ended, runbookHere, type Started, start, workDir } from '../engine/cli/command-line.ts';
import type { LabInfo } from '../support/lab.ts';

type Yaml = Readonly<Record<string, unknown>>;

export interface Event {
  readonly type: string;
  readonly step?: string;
  readonly act?: string;
  readonly [key: string]: unknown;
}

export interface Scene extends Yaml {
  readonly steps: readonly Yaml[];
}

export interface CliRun {
  /** Where the operator sits. */
  readonly cwd: string;
  /** On the VPS, where every user may write; the same path is seen from here. */
  readonly vps: string;
  /** Of every command line from now on. */
  readonly env: Record<string, string>;
  /** A process of its own, to be killed, interrupted or watched. */
  begin(...args: string[]): Started;
  resume(...args: string[]): Started;
  /** To its end, in the test's own process. */
  exec(...args: string[]): Promise<Ended>;
  cli(...args: string[]): Promise<Ended>;
  /** Replaces the runbook. */
  write(scene: Scene): void;
  runDir(): string;
  events(): readonly Event[];
  /** Lines that the commands left on the VPS, in order. */
  did(): readonly string[];
  /** Lets a command that waits for this file on the VPS go on. */
  open(file: string): void;
}

export const useCliRun = (
  lab: LabInfo,
  make: (vps: string) => Scene,
  secrets: Readonly<Record<string, string>> = {},
): CliRun => {
  const cwd = workDir();
  const vps = mkdtempSync(join(lab.vps.home, 'night-'));
  chmodSync(vps, 0o777);
  onTestFinished(() => rmSync(vps, { recursive: true, force: true }));
  const env = { HOME: cwd, XDG_STATE_HOME: join(cwd, 'state'), ...secrets };
  const write = (scene: Scene) =>
    writeFileSync(join(cwd, 'night.yaml'), stringify({ version: 1, name: 'night', ...scene }));
  const runDir = () => join(cwd, '.runbook', 'runs', readdirSync(join(cwd, '.runbook', 'runs'))[0] ?? 'none');
  write(make(vps));
  return {
    cwd,
    vps,
    env,
    exec: (...args) => runbookHere(['exec', 'night.yaml', ...args], { cwd, env }),
    begin: (...args) => start(['exec', 'night.yaml', ...args], { cwd, env }),
    resume: (...args) => start(['resume', ...args], { cwd, env }),
    cli: (...args) => runbookHere(args, { cwd, env }),
    write,
    runDir,
    events: () => linesOf(join(runDir(), 'journal.jsonl')).map((line) => JSON.parse(line) as Event),
    did: () => linesOf(join(vps, 'did')),
    open: (file) => appendFileSync(join(vps, file), ''),
  };
};

const linesOf = (file: string): string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];

/** The VPS as a target; its supervised commands keep their files in the run's own folder. */
export const vpsTarget = ({ ssh }: LabInfo, stateDir: string, changed: Yaml = {}): Yaml => ({
  type: 'ssh',
  host: ssh.host,
  port: ssh.port,
  user: ssh.user,
  key_file: ssh.keyFile,
  known_hosts: ssh.knownHosts,
  connect_timeout: '3s',
  state_dir: join(stateDir, 'state'),
  ...changed,
});

/** The database server as the VPS reaches it; its password is the secret `db_password`. */
export const databaseTarget = ({ mysql }: LabInfo, database: string): Yaml => ({
  type: 'mysql',
  via: 'vps',
  host: mysql.host,
  port: mysql.port,
  user: mysql.adminUser,
  password: '${{ secrets.db_password }}',
  database,
});

const undone = (id: string, vps: string): Yaml => ({
  undo: [shell(`echo 'undo ${id}' >>did`, vps)],
});

const shell = (run: string, cwd: string): Yaml => ({ type: 'command', run_on: 'vps', with: { run, cwd } });

/** A command on the VPS that leaves `did ID` there; its undo leaves `undo ID`. */
export const leaves = (id: string, vps: string, more: Yaml = {}): Yaml => ({
  id,
  ...shell(`echo 'did ${id}' >>did`, vps),
  rollback: undone(id, vps),
  ...more,
});

/** Begins, says so, and ends once the file `ID` is there. */
export const untilOpened = (id: string): string =>
  `echo 'began ${id}' >>did; echo first line; until [ -e '${id}' ]; do sleep 0.02; done; echo 'did ${id}' >>did; echo last line`;

/** A long command on the VPS: it ends once `night.open(ID)` was called. */
export const lasts = (id: string, vps: string, more: Yaml = {}): Yaml => ({
  id,
  ...shell(untilOpened(id), vps),
  rollback: undone(id, vps),
  ...more,
});

export const asks = (id: string, more: Yaml = {}): Yaml => ({
  id,
  type: 'gate',
  with: { prompt: 'Go on?', approvers: ['lead'], timeout: '5m', ...more },
});

export const approvers: Yaml = { lead: { name: 'Cutover lead' } };

/** Without what differs from one run to the next. */
export const steady = (text: string, volatile: Readonly<Record<string, string | number>>): string =>
  Object.entries(volatile)
    .reduce((rest, [word, value]) => rest.replaceAll(String(value), word), text)
    .replaceAll(/\d{8}-\d{4}-night-\w{4}/g, 'RUN')
    .replaceAll(/SHA256:[\w+/]{43}/g, 'FINGERPRINT');

/** What claims a supervised command, `step.do.0#1`; the VPS shares this machine's processes. */
const claim = (night: CliRun, job: string): readonly number[] => {
  const run = night.events().find((e) => e.type === 'run-created')?.runId as string;
  return readFileSync(join(night.vps, 'state', run, job, 'pid'), 'utf8')
    .split(' ')
    .map(Number);
};

/** The process that waits for the command and writes down its exit code. */
export const supervisorOf = (night: CliRun, job: string): number => claim(night, job)[0] ?? 0;

/** The process group of both. */
export const groupOf = (night: CliRun, job: string): number => claim(night, job)[1] ?? 0;

/** Whether anything of the process group still runs; a zombie changes nothing any more. */
export const isAlive = (group: number): boolean =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      const [state, , of] = fieldsOf(pid);
      return Number(of) === group && state !== 'Z' && state !== 'X';
    });

/** After the command's name, which may hold anything; none for a process that has just gone. */
const fieldsOf = (pid: string): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
};
