/**
 * The program behind `auth`: the real Supabase Auth where Go can build it (docker/supabase/auth), else the
 * stand-in (docker/supabase/auth-stand-in). Both take the same environment.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { LabError } from './lab-error.ts';
import { cloneDir, openLabRoot } from './place.ts';

export interface AuthProgram {
  readonly argv: readonly [string, ...string[]];
  /** What a person is told of it. */
  readonly name: AuthName;
}

export type AuthName = `supabase/auth ${string}` | 'stand-in';

export const authRelease = 'v2.189.0';
const sources = join(cloneDir, 'docker', 'supabase', 'auth');

export const standIn: AuthProgram = {
  argv: [process.execPath, join(cloneDir, 'docker', 'supabase', 'auth-stand-in', 'main.ts')],
  name: 'stand-in',
};

/** A refusal is remembered, so that a warm start does not ask again; a day later it may be another. */
const refusalMs = 24 * 3_600_000;
/** An `up` waits no longer; the next one goes on with what Go has cached. */
const patienceMs = 60_000;
const forcedPatienceMs = 20 * 60_000;

/**
 * `RUNBOOK_LAB_AUTH=real` insists on the real one (and waits for its build), `stand-in` does without;
 * `RUNBOOK_LAB_AUTH_BINARY` names one that was built elsewhere. Tells on stderr why it falls back.
 */
export const chooseAuth = async (env: NodeJS.ProcessEnv = process.env): Promise<AuthProgram> => {
  const { RUNBOOK_LAB_AUTH: wanted, RUNBOOK_LAB_AUTH_BINARY: given } = env;
  if (wanted !== undefined && wanted !== 'real' && wanted !== 'stand-in')
    throw new LabError(
      `RUNBOOK_LAB_AUTH=${wanted} is neither real nor stand-in`,
      'Set one of them, or unset it',
    );
  if (wanted === 'stand-in') return standIn;
  if (given) return { argv: [given], name: 'supabase/auth from RUNBOOK_LAB_AUTH_BINARY' };
  const built = await buildAuth(wanted === 'real' ? forcedPatienceMs : patienceMs, wanted === 'real');
  if (typeof built !== 'string') return built;
  if (wanted === 'real')
    throw new LabError(
      `The real Supabase Auth can't be built here: ${built}`,
      'Unset RUNBOOK_LAB_AUTH to rehearse with the stand-in, or name a binary in RUNBOOK_LAB_AUTH_BINARY',
    );
  return standIn;
};

const paths = () => {
  const content = ['go.mod', 'main.go'].map((file) => readFileSync(join(sources, file), 'utf8')).join('');
  const base = join(openLabRoot(), `auth-${createHash('sha256').update(content).digest('hex').slice(0, 8)}`);
  return { binary: base, refusal: `${base}.refused` };
};

/** The program, or why there is none. */
export const builtAuth = (): AuthProgram | string => {
  const { binary, refusal } = paths();
  if (existsSync(binary)) return { argv: [binary], name: `supabase/auth ${authRelease}` };
  return remembered(refusal) ?? 'it was not built yet';
};

const remembered = (refusal: string): string | null => {
  if (!existsSync(refusal)) return null;
  const { at, why } = JSON.parse(readFileSync(refusal, 'utf8')) as { at: number; why: string };
  return Date.now() - at < refusalMs ? why : null;
};

const buildAuth = async (limitMs: number, again: boolean): Promise<AuthProgram | string> => {
  const { binary, refusal } = paths();
  if (existsSync(binary)) return { argv: [binary], name: `supabase/auth ${authRelease}` };
  const known = again ? null : remembered(refusal);
  if (known !== null) return known;
  const failure = await build(binary, limitMs);
  if (failure === null) return { argv: [binary], name: `supabase/auth ${authRelease}` };
  process.stderr.write(`Supabase Auth: its stand-in serves here, because ${failure.why}\n`);
  if (failure.final) writeFileSync(refusal, JSON.stringify({ at: Date.now(), why: failure.why }));
  return failure.why;
};

interface BuildFailure {
  readonly why: string;
  /** Another try today would end the same way. */
  readonly final: boolean;
}

/** Built beside and renamed: a killed build leaves no half binary. */
const build = async (binary: string, limitMs: number): Promise<BuildFailure | null> => {
  if (!(process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, 'go'))))
    return { why: 'there is no Go toolchain', final: false };
  const work = mkdtempSync(`${binary}-`);
  try {
    cpSync(sources, work, { recursive: true });
    const giveUp = AbortSignal.timeout(limitMs);
    // Its caches and settings would be left in the caller's home.
    const home = { HOME: work, GOPATH: join(work, 'go'), GOCACHE: join(work, 'cache'), GOENV: 'off' };
    const env = { ...home, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -modcacherw' };
    const go = (...args: string[]) => execa('go', args, { cwd: work, env, cancelSignal: giveUp });
    await go('mod', 'tidy');
    await go('build', '-trimpath', '-ldflags=-s -w', '-o', 'auth', '.');
    renameSync(join(work, 'auth'), binary);
    return null;
  } catch (error) {
    const { isCanceled, stderr } = error as { isCanceled?: boolean; stderr?: string };
    if (isCanceled) return { why: `its build takes longer than ${limitMs / 1_000} s`, final: false };
    return { why: whyOf(stderr ?? String(error)), final: true };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** A proxy's refusal in its own words, else the last that Go said. */
const whyOf = (said: string): string => {
  const refused = /reading \S+: (4\d\d .*)/.exec(said)?.[1];
  if (refused !== undefined) return `the Go module proxy here refuses github.com/supabase/auth: ${refused}`;
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return `Go could not build it: ${lines.slice(-2).join(' ').slice(0, 300)}`;
};
