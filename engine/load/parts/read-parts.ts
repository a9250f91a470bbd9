/** Reads the parts that a runbook uses, and those that they use, before anything of it is judged. */
import { posix, resolve } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../../diagnostic.ts';
import type { Path } from '../../expr/json-schema.ts';
import { hasPlaceholder } from '../../expr/placeholders.ts';
import type { Json, JsonObject } from '../../plan.ts';
import { shown } from '../describe.ts';
import { isMap } from '../is-map.ts';
import { reportLiterals } from '../literal/scan.ts';
import { faultOf, type ReadFile } from '../named-files.ts';
import { parseYaml } from '../parse-yaml.ts';
import type { Problems } from '../problems.ts';
import { decodeText, shownPath } from '../read-source.ts';
import * as schema from '../schema/parts.ts';
import { parseSection } from '../section.ts';
import type { Source } from '../source.ts';
import { reportUnevaluated } from '../unevaluated.ts';
import { VarValues } from '../vars.ts';
import { bareCondition } from '../when-text.ts';
import type { Part, Parts } from './part.ts';

interface Use {
  readonly written: string;
  readonly path: Path;
}

/** Every `uses` of a list of steps, whatever else is wrong with it. */
const usesIn = (list: Json | undefined, path: Path): readonly Use[] =>
  Array.isArray(list)
    ? list.flatMap((entry: Json, i): readonly Use[] => {
        if (!isMap(entry)) return [];
        const at = [...path, i];
        const own = typeof entry.uses === 'string' ? [{ written: entry.uses, path: [...at, 'uses'] }] : [];
        const inner = ['parallel', 'group'].flatMap((key) => usesIn(entry[key], [...at, key]));
        return [...own, ...inner];
      })
    : [];

const isOfText = ({ code }: Diagnostic): boolean => code === 'RB104' || code === 'RB105';

/** null: it leads out of the folder. */
export const partPath = (written: string): string | null => {
  const path = posix.normalize(written);
  const isOutside = posix.isAbsolute(path) || path === '..' || path.startsWith('../') || path.startsWith('~');
  return isOutside ? null : `./${path}`;
};

interface Reading {
  /** Of the runbook. */
  readonly folder: string;
  readonly read: ReadFile;
  readonly problems: Problems;
}

export interface ReadParts {
  readonly parts: Parts;
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

export const readParts = async (root: JsonObject, source: Source, reading: Reading): Promise<ReadParts> => {
  const parts = new Map<string, Part | null>();
  const contents = new Map<string, Uint8Array>();
  const { problems, folder, read } = reading;

  /** null: it cannot be read, which is reported. */
  const textOf = async (path: string, file: string, use: Use, from: Source): Promise<string | null> => {
    try {
      const bytes = await read(resolve(folder, path));
      contents.set(path, bytes);
      return decodeText(bytes, file);
    } catch (error) {
      // No text: the diagnostic names the file.
      const unread = error instanceof DiagnosticError ? error.diagnostics.filter(isOfText) : [];
      for (const each of unread) problems.addDiagnostic(each, from.value(use.path));
      if (unread.length === 0)
        problems.add('RB250', { path: use.written, fault: faultOf(error) }, from.value(use.path));
      return null;
    }
  };

  const load = async (path: string, use: Use, from: Source): Promise<void> => {
    const file = shownPath(resolve(folder, path));
    const text = await textOf(path, file, use, from);
    const part = text === null ? null : partOf(path, text, file, problems);
    parts.set(path, part);
    if (part) await follow(part.steps, part.source);
  };

  const follow = async (list: Json | undefined, from: Source): Promise<void> => {
    for (const use of usesIn(list, ['steps'])) {
      if (hasPlaceholder(use.written)) {
        reportUnevaluated(use.written, use.path, { source: from, problems });
        continue;
      }
      const path = partPath(use.written);
      if (path === null)
        problems.add('RB250', { path: use.written, fault: { kind: 'outside' } }, from.value(use.path));
      else if (!parts.has(path)) {
        parts.set(path, null);
        await load(path, use, from);
      }
    }
  };

  await follow(root.steps, source);
  reportCircles(parts, problems);
  return { parts, contents };
};

/** null: what is wrong is reported. */
const partOf = (path: string, text: string, file: string, problems: Problems): Part | null => {
  const before = problems.count;
  const { source, value } = parseYaml(text, file, problems);
  if (problems.count > before) return null;
  if (!isMap(value)) {
    const why = `a map was expected, not ${shown(value)}`;
    problems.add('RB203', { what: 'A part', why }, source.value([]));
    return null;
  }
  const label = `the part ${file}`;
  const parsed = parseSection(schema.part, value, { source, problems, path: [], label });
  reportLiterals(value, source, problems);
  const at = { source, problems, path: ['inputs'], label: '`inputs`' };
  const declared = value.inputs === undefined ? {} : (parseSection(schema.inputs, value.inputs, at) ?? {});
  const inputs = new VarValues(declared, source, problems, 'inputs');
  if (parsed === null || problems.count > before) return null;
  const { steps, outputs = {} } = parsed;
  return {
    path,
    source,
    steps: steps as readonly Json[],
    inputs: declared,
    defaults: inputs.defaults,
    outputs: expressionsIn(outputs, source, problems),
  };
};

/** Each may be written with or without the marks. */
const expressionsIn = (
  outputs: { readonly [name: string]: string },
  source: Source,
  problems: Problems,
): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, text]) => {
      const { expr, mixed } = bareCondition(text);
      const remedy = 'Write one expression: `"a " + ...` puts texts together';
      const part = mixed === null ? null : { start: mixed, end: mixed + 3, open: mixed };
      if (part)
        problems.add(
          'RB321',
          { where: 'a part of an output', remedy },
          source.within(['outputs', name], part),
        );
      return [name, expr];
    }),
  );

/** A part that uses itself, perhaps through others, has no end. It is told once, and counts as wrong. */
const reportCircles = (parts: Map<string, Part | null>, problems: Problems): void => {
  const done = new Set<string>();
  const visit = (path: string, chain: readonly string[]): void => {
    const part = parts.get(path);
    if (!part || done.has(path)) return;
    for (const { written, path: at } of usesIn(part.steps, ['steps'])) {
      const next = partPath(written) ?? '';
      const start = [...chain, path].indexOf(next);
      if (start === -1) visit(next, [...chain, path]);
      else {
        const circle = [...chain, path].slice(start);
        problems.add('RB251', { path: [...circle, next] }, part.source.value(at));
        for (const each of circle) parts.set(each, null);
      }
    }
    done.add(path);
  };
  for (const path of [...parts.keys()]) visit(path, []);
};
