/** `runbook init [DIR]`: all of its files, or none. */
import { lstatSync, mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fail } from '../diagnostic.ts';
import { filesOf, nextSteps } from '../init/files.ts';
import { isSystemError, reasonOf } from '../journal/system-error.ts';
import { runbookJsonSchema } from '../load/json-schema.ts';
import { repositoryRoot } from '../review/repository-root.ts';
import { clean } from '../text.ts';
import { askAnswers } from './ask-answers.ts';
import type { Handler } from './spec.ts';

interface Placed {
  readonly path: string;
  readonly text: string;
}

export const init: Handler = async (host, input) => {
  const folder = resolve(host.cwd, input.argument(0) ?? '.');
  const answers = await askAnswers(host, input, folder);
  const repository = (await repositoryRoot(folder)) ?? folder;
  const around = { folder: relative(repository, folder).split(sep).join('/'), version: host.version };
  const schema = `${JSON.stringify(runbookJsonSchema(await host.loadRegistry()), null, 2)}\n`;
  const files = filesOf(answers, around, schema).map(
    (file): Placed => ({
      path: join(file.in === 'folder' ? folder : repository, file.path),
      text: file.text,
    }),
  );
  const shown = (path: string): string => relative(host.cwd, path) || '.';
  const inTheWay = files.filter(({ path }) => isThere(path));
  if (inTheWay.length > 0) fail('RB689', { files: inTheWay.map(({ path }) => shown(path)) });
  writeAll(files, shown);
  const go = folder === host.cwd ? null : shown(folder);
  const lines = [...files.map(({ path }) => `wrote ${shown(path)}`), '', ...nextSteps(answers, go)];
  host.stdout.write(lines.map((line) => `${clean(line)}\n`).join(''));
  return 0;
};

/** A symbolic link to nowhere is there, too. */
const isThere = (path: string): boolean => {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // Of ENOTDIR and the like, making the folder says what is wrong.
    return false;
  }
};

/** What was written before a failure is removed again. */
const writeAll = (files: readonly Placed[], shown: (path: string) => string): void => {
  const written: string[] = [];
  const made: string[] = [];
  const attempt = (path: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === 'EEXIST') fail('RB689', { files: [shown(path)] }, { cause: error });
      fail('RB641', { path: shown(path), why: reasonOf(error) }, { cause: error });
    }
  };
  try {
    for (const { path, text } of files) {
      const folder = dirname(path);
      attempt(folder, () => made.push(...makeFolder(folder)));
      // `wx`: a file that has appeared since the check is not overwritten either.
      attempt(path, () => writeFileSync(path, text, { flag: 'wx' }));
      written.push(path);
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    // The deepest first; one that somebody else has put something into stays.
    for (const path of made.toSorted((a, b) => b.length - a.length)) removeIfEmpty(path);
    throw error;
  }
};

/** The folders that were made. */
const makeFolder = (folder: string): readonly string[] => {
  const first = mkdirSync(folder, { recursive: true });
  const made: string[] = [];
  for (let at = folder; first !== undefined && at.length >= first.length; at = dirname(at)) made.push(at);
  return made;
};

const removeIfEmpty = (path: string): void => {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
};
