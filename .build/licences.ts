/** The licences of what was bundled: they ask for their text to go with every copy. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package may lie inside of the package that needs this version of it. */
const folderOf = (file: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];

const licenceOf = (folder: string): string => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license ?? 'not stated'}`;
  return `${name} ${version}\n\n${text}\n`;
};

/** `modules`: the ids of what the bundle is made of. */
export const licencesOf = (modules: Iterable<string>): string => {
  const folders = new Set([...modules].flatMap((file) => folderOf(file) ?? []));
  return [...folders]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`);
};
