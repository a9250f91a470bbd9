/** `runbook fmt FILE...`: all files are formatted, or none is written. */
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { type Diagnostic, DiagnosticError } from '../diagnostic.ts';
import { formatYaml } from '../format/format.ts';
import { decodeText, MAX_BYTES, readRegularFile } from '../load/read-source.ts';
import { clean } from '../text.ts';
import { fmtOptions } from './authoring-options.ts';
import type { Host } from './host.ts';
import { replaceDocument } from './replace-file.ts';
import type { Handler } from './spec.ts';

interface Formatted {
  /** As it was given. */
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

const stdin = '-';

export const fmt: Handler = async (host, input) => {
  const names = [...new Set(input.rest(0))];
  const check = input.flag(fmtOptions.check);
  const diff = input.flag(fmtOptions.diff);
  const files = await formatAll(host, names);
  const changed = files.filter(({ before, after }) => before !== after);
  if (diff) for (const file of changed) host.stdout.write(patchOf(file));
  if (check) {
    const list = changed.map(({ name }) => `${clean(name)}\n`).join('');
    // Beside a diff, the list would be taken for a part of it.
    (diff ? host.stderr : host.stdout).write(list);
    return changed.length === 0 ? 0 : 1;
  }
  if (diff) return 0;
  for (const { name, after } of changed) if (name !== stdin) replaceDocument(resolve(host.cwd, name), after);
  for (const { name, after } of files) if (name === stdin) host.stdout.write(after);
  const written = changed.filter(({ name }) => name !== stdin);
  host.stderr.write(written.map(({ name }) => `formatted ${clean(name)}\n`).join(''));
  return 0;
};

/** Throws the problems of all files at once. */
const formatAll = async (host: Host, names: readonly string[]): Promise<readonly Formatted[]> => {
  const files: Formatted[] = [];
  const problems: Diagnostic[] = [];
  for (const name of names) {
    try {
      const shown = name === stdin ? 'stdin' : name;
      const bytes =
        name === stdin
          ? await buffer(host.stdin)
          : await readRegularFile(resolve(host.cwd, name), shown, MAX_BYTES);
      const before = decodeText(bytes, shown);
      files.push({ name, before, after: formatYaml(before, shown) });
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return files;
};

const patchOf = ({ name, before, after }: Formatted): string => {
  const shown = name === stdin ? 'stdin' : name;
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(shown, shown, before, after, '', '', options);
};
