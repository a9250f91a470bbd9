/**
 * Files of a git revision, read from git's objects: no work tree, no index, no hook, no filter and no text conversion
 * takes part, whatever the repository or its attributes ask for.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fail } from '../../diagnostic.ts';
import { MAX_BYTES } from '../../load/read-source.ts';

export interface Blob {
  readonly oid: string;
  readonly bytes: number;
}

export interface Revision {
  /** As the operator names it. */
  readonly name: string;
  /** Regular files by path from the root of the repository. */
  readonly files: ReadonlyMap<string, Blob>;
}

const MOST_OUTPUT = 512 * 1024 * 1024;

/** Git may fetch what a partial clone lacks, or ask for a password: a comparison does neither. */
const quiet = { GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
const always = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

type Ran = { readonly ok: true; readonly stdout: Buffer } | { readonly ok: false; readonly why: string };

export class Git {
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(cwd: string, env: Readonly<Record<string, string | undefined>>) {
    this.#cwd = cwd;
    this.#env = { ...env, ...quiet };
  }

  #run(args: readonly string[]): Promise<Ran> {
    return new Promise((done) => {
      execFile(
        'git',
        [...always, ...args],
        { cwd: this.#cwd, env: this.#env, encoding: 'buffer', maxBuffer: MOST_OUTPUT },
        (error, stdout, stderr) => {
          if (!error) return done({ ok: true, stdout });
          const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
          const said = stderr.toString('utf8').trim().split('\n')[0] || error.message;
          done({ ok: false, why: missing ? 'git is not installed, or not on PATH' : said });
        },
      );
    });
  }

  /** Absolute; null: this folder is in none. */
  async root(): Promise<string | null> {
    const ran = await this.#run(['rev-parse', '--show-toplevel']);
    return ran.ok ? ran.stdout.toString('utf8').replace(/\n$/, '') : null;
  }

  /** Throws RB670 where there is no such revision. */
  async revision(name: string): Promise<Revision> {
    const found = await this.#run([
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${name}^{commit}`,
    ]);
    const commit = found.ok ? found.stdout.toString('utf8').trim() : '';
    if (!/^[0-9a-f]{40,64}$/.test(commit))
      return fail('RB670', {
        name,
        why: found.ok || found.why.startsWith('Command failed') ? null : found.why,
      });
    const listed = await this.#run(['ls-tree', '-r', '-l', '-z', '--full-tree', commit]);
    if (!listed.ok) return fail('RB672', { why: listed.why });
    return { name, files: filesIn(listed.stdout.toString('utf8')) };
  }

  /** Throws RB672. */
  async read({ oid }: Blob): Promise<Uint8Array> {
    const ran = await this.#run(['cat-file', 'blob', oid]);
    return ran.ok ? ran.stdout : fail('RB672', { why: ran.why });
  }

  /** Of many small files by one process; by object id. */
  async readAll(blobs: readonly Blob[]): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(blobs.filter(({ bytes }) => bytes <= MAX_BYTES).map(({ oid }) => oid))];
    const found = new Map<string, string>();
    if (wanted.length === 0) return found;
    const git = spawn('git', [...always, 'cat-file', '--batch'], {
      cwd: this.#cwd,
      env: this.#env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    git.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    git.stdin.on('error', () => {});
    git.stdin.end(`${wanted.join('\n')}\n`);
    const [code] = (await once(git, 'close')) as [number | null];
    if (code !== 0) return fail('RB672', { why: `git cat-file ended with ${code}` });
    const all = Buffer.concat(chunks);
    for (let at = 0; at < all.length; ) {
      const end = all.indexOf(10, at);
      const [oid = '', type, size] = all.toString('latin1', at, end).split(' ');
      const bytes = type === 'blob' ? Number(size) : 0;
      if (type === 'blob') found.set(oid, all.toString('utf8', end + 1, end + 1 + bytes));
      at = end + 1 + (type === 'blob' ? bytes + 1 : 0);
    }
    return found;
  }
}

/** Links and submodules are left out: what they point to is not in the tree, or not the file itself. */
const filesIn = (listed: string): ReadonlyMap<string, Blob> => {
  const files = new Map<string, Blob>();
  for (const entry of listed.split('\0')) {
    const [, mode, oid, size, path] = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t([\s\S]+)$/.exec(entry) ?? [];
    if (mode?.startsWith('100') && oid !== undefined && path !== undefined)
      files.set(path, { oid, bytes: Number(size) });
  }
  return files;
};
