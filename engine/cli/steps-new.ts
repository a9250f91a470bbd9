/** `runbook steps new PATH`: an own step type that works, with its test. */
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import { nextStepsOf, typeFiles, typeNames } from '../init/own-type.ts';
import { clean } from '../text.ts';
import { options } from './options.ts';
import type { Handler } from './spec.ts';
import { writeAll } from './write-all.ts';

export const stepsNew: Handler = async (host, input) => {
  const template = input.flag(options.template);
  const given = (input.argument(1) ?? '').replace(/\/+$/, '').replace(template ? /\.ya?ml$/ : /$^/, '');
  const names = typeNames(basename(given));
  if (!names) return fail('RB369', { given });
  const path = resolve(host.cwd, given);
  const folder = template ? dirname(path) : path;
  const shown = (file: string): string => relative(host.cwd, file);
  const files = typeFiles(names, template).map(({ path: below, text }) => ({
    path: join(folder, below),
    text,
  }));
  writeAll(files, shown);
  const test = shown(files.at(-1)?.path ?? '');
  const written = /^\.{0,2}\//.test(given) ? given : `./${given}`;
  const lines = [
    ...files.map((file) => `wrote ${shown(file.path)}`),
    '',
    ...nextStepsOf(names, written, test, template),
  ];
  host.stdout.write(lines.map((line) => `${clean(line)}\n`).join(''));
  return 0;
};
