/** The YAML blocks of the pages in docs/language, and what the loader says of each. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../engine/diagnostic.ts';
import { loadRunbook } from '../engine/load/load.ts';
import { registry } from '../steps/index.ts';

export const languageDir = new URL('../docs/language/', import.meta.url).pathname;

export interface Example {
  readonly text: string;
  /** Where the page has it. */
  readonly line: number;
  /** The code of the mistake that it shows. */
  readonly wrong: string | null;
  /** Files of the page above it: `file=PATH` behind the `yaml` of a block. */
  readonly files: Readonly<Record<string, string>>;
}

const fence = /^```yaml(?: (wrong|file)=(\S+))?\n([\s\S]*?)^```$/gm;

/** A block with `file=` is a file for the blocks below it, every other one is an example. */
export const examplesOf = (page: string): readonly Example[] => {
  const files: Record<string, string> = {};
  const examples: Example[] = [];
  for (const { 1: what, 2: value = '', 3: text = '', index } of page.matchAll(fence)) {
    const line = page.slice(0, index).split('\n').length;
    if (what === 'file') files[value] = text;
    else examples.push({ text, line, wrong: what === 'wrong' ? value : null, files: { ...files } });
  }
  return examples;
};

const sectionsOf = (yaml: string): ReadonlyMap<string, string> =>
  new Map(
    yaml
      .split(/^(?=\w)/m)
      .filter((text) => /^\w/.test(text))
      .map((text) => [text.slice(0, text.indexOf(':')), text]),
  );

/** Lines keep their numbers: what is missing is added below. */
export const completed = (example: string): string => {
  const own = sectionsOf(example);
  const base = sectionsOf(readFileSync(join(languageDir, 'base.yaml'), 'utf8'));
  return [example, ...[...base].filter(([name]) => !own.has(name)).map(([, text]) => text)].join('\n');
};

/** What is wrong with it; nothing where it is right. The forward fix is there for every example. */
export const diagnosticsOf = async ({ text, files }: Example): Promise<readonly Diagnostic[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'language-'));
  try {
    const all = { 'forward-fix.md': 'Fix it.\n', ...files, 'cutover.yaml': completed(text) };
    for (const [name, content] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    await loadRunbook(join(folder, 'cutover.yaml'), { registry, varsFiles: [], vars: {} });
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map((each) => within(folder, each));
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const within = (folder: string, diagnostic: Diagnostic): Diagnostic => {
  const { position } = diagnostic;
  if (!position) return diagnostic;
  const file = position.file.slice(position.file.indexOf(folder.split('/').at(-1) as string));
  return { ...diagnostic, position: { ...position, file: file.split('/').slice(1).join('/') } };
};
