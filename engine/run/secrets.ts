/** Values of the secrets that a plan names, resolved before anything starts; all problems at once. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Diagnostic, DiagnosticError, diagnose } from '../diagnostic.ts';
import { homePath } from '../home-path.ts';
import type { Plan, SecretSource } from '../plan.ts';

export interface SecretsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of secret files start here. */
  readonly baseDir: string;
}

/** Masking a shorter value would replace half of every log. */
const shortest = 4;

/** A password manager may ask for a fingerprint; the run must not wait for it forever. */
const commandTimeoutMs = 60_000;

/** Throws DiagnosticError with one diagnostic (RB520 to RB526) for each secret that has no usable value. */
export const resolveSecrets = async (
  sources: Plan['secrets'],
  options: SecretsOptions,
): Promise<ReadonlyMap<string, string>> => {
  const found = await Promise.all(
    Object.entries(sources).map(async ([name, source]) => {
      const read = await readSource(name, source, options);
      return { name, read: typeof read === 'string' ? usable(name, source, read) : read };
    }),
  );
  const problems = found.flatMap(({ read }) => (typeof read === 'string' ? [] : [read]));
  if (problems.length > 0) throw new DiagnosticError(problems);
  return new Map(found.map(({ name, read }) => [name, read as string]));
};

const readSource = async (
  name: string,
  source: SecretSource,
  options: SecretsOptions,
): Promise<string | Diagnostic> => {
  if ('env' in source) {
    return options.env[source.env] ?? diagnose('RB520', { name, variable: source.env });
  }
  return 'file' in source
    ? fromFile(name, resolve(options.baseDir, homePath(source.file)))
    : fromCommand(name, source.command, options);
};

const fromFile = async (name: string, path: string): Promise<string | Diagnostic> => {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) return diagnose('RB522', { name, path });
    return withoutNewline(await readFile(path, 'utf8'));
  } catch (error) {
    return diagnose('RB521', { name, path, why: codeOf(error) });
  }
};

const fromCommand = async (
  name: string,
  [file, ...args]: readonly string[],
  options: SecretsOptions,
): Promise<string | Diagnostic> => {
  const { execa } = await import('execa');
  const result = await execa(file ?? '', args, {
    cwd: options.baseDir,
    env: options.env,
    stdin: 'inherit',
    timeout: commandTimeoutMs,
    reject: false,
    stripFinalNewline: false,
  });
  // Not its output: a failed password manager may print the secret.
  if (result.failed) return diagnose('RB523', { name, command: file ?? '', why: whyFailed(result) });
  return withoutNewline(result.stdout);
};

const usable = (name: string, source: SecretSource, value: string): string | Diagnostic => {
  if (value === '') return diagnose('RB524', { name, from: sourceText(source) });
  // No port takes one, and the error of the library that refuses it quotes the value.
  if (value.includes('\0')) return diagnose('RB526', { name });
  return value.length < shortest ? diagnose('RB525', { name, shortest }) : value;
};

const sourceText = (source: SecretSource): string =>
  'env' in source ? `$${source.env}` : 'file' in source ? source.file : (source.command[0] ?? '');

/** Editors and `echo` end a file with one. */
const withoutNewline = (text: string): string => text.replace(/\r?\n$/, '');

const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;

const whyFailed = (result: {
  code?: string | undefined;
  timedOut: boolean;
  exitCode?: number | undefined;
}): string => {
  if (result.code === 'ENOENT') return 'it was not found';
  if (result.timedOut) return `it gave no answer in ${commandTimeoutMs / 1000} s`;
  return result.exitCode === undefined
    ? 'it was ended by a signal'
    : `it ended with exit code ${result.exitCode}`;
};
