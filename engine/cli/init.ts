/** `runbook init [DIR]`: all of its files, or none. */
import { join, relative, resolve, sep } from 'node:path';
import { filesOf, nextSteps } from '../init/files.ts';
import { runbookJsonSchema } from '../load/json-schema.ts';
import { repositoryRoot } from '../review/repository-root.ts';
import { clean } from '../text.ts';
import { askAnswers } from './ask-answers.ts';
import type { Handler } from './spec.ts';
import { type Placed, writeAll } from './write-all.ts';

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
  writeAll(files, shown);
  const go = folder === host.cwd ? null : shown(folder);
  const lines = [...files.map(({ path }) => `wrote ${shown(path)}`), '', ...nextSteps(answers, go)];
  host.stdout.write(lines.map((line) => `${clean(line)}\n`).join(''));
  return 0;
};
