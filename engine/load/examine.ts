/**
 * A runbook as an editor has it: perhaps not saved, perhaps broken, perhaps without values for its vars. It is judged
 * by what `loadRunbook` consists of, and never throws for what is wrong with it.
 */
import { dirname } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../diagnostic.ts';
import type { Json, JsonObject } from '../plan.ts';
import { compile, type Given } from './compile.ts';
import type { LoadContext } from './context.ts';
import type { CompiledEntries } from './entries.ts';
import { isMap } from './is-map.ts';
import { reportLiterals } from './literal/scan.ts';
import { LoadedCalls } from './loaded-calls.ts';
import { NamedFiles, readNamedFile } from './named-files.ts';
import { parseYaml, readableOf } from './parse-yaml.ts';
import type { Parts } from './parts/part.ts';
import { readParts } from './parts/read-parts.ts';
import { Problems } from './problems.ts';
import { ReadTexts } from './read-texts.ts';
import { readFrame } from './sections.ts';
import { reportAllUnevaluated } from './unevaluated.ts';
import type { YamlSource } from './yaml-source.ts';

export interface Draft {
  /** As diagnostics name it. */
  readonly file: string;
  readonly text: string;
  /** On disk; null: it is nowhere yet, so that the files it names cannot be found. */
  readonly path: string | null;
}

export interface Examined {
  readonly source: YamlSource;
  /** What can be read of the file. */
  readonly root: JsonObject;
  /** The YAML is well-formed. */
  readonly whole: boolean;
  readonly ctx: LoadContext;
  readonly steps: CompiledEntries['steps'];
  /** Also reads the files that it names, and judges statements of SQL. */
  diagnose(): Promise<readonly Diagnostic[]>;
}

/** The parts that a draft uses, and what is wrong with them; null: it uses none, or is nowhere. */
export const partsOf = async ({ file, text, path }: Draft): Promise<DraftParts | null> => {
  if (path === null || !/\buses["']?[ \t]*:/.test(text)) return null;
  const { source, value } = parseYaml(text, file, new Problems());
  const problems = new Problems();
  const root = value ?? readableOf(source);
  if (!isMap(root)) return null;
  const reading = { folder: dirname(path), read: readNamedFile, problems };
  const { parts } = await readParts(root, source, reading);
  return { parts, problems: problems.sorted };
};

export interface DraftParts {
  readonly parts: Parts;
  readonly problems: readonly Diagnostic[];
}

export const examine = (
  { file, text, path }: Draft,
  given: Given,
  parts: DraftParts | null = null,
): Examined => {
  const problems = new Problems();
  const { source, value } = parseYaml(text, file, problems);
  const whole = problems.count === 0;
  // One slip of the syntax hides everything below it: names are still read, nothing of it is reported.
  const judged = whole ? problems : new Problems();
  const root = rootOf(whole ? value : readableOf(source), source, judged);
  if (whole) reportLiterals(root, source, problems);
  const gathered = {
    files: new NamedFiles(),
    reads: new ReadTexts(),
    calls: new LoadedCalls(),
    parts: parts?.parts ?? new Map(),
  };
  for (const { position, ...each } of parts?.problems ?? [])
    if (position) judged.addDiagnostic(each as Diagnostic, position);
  const { ctx, compiled, root: expanded } = compile(root, source, judged, gathered, given);
  let found: Promise<readonly Diagnostic[]> | undefined;
  const diagnose = async () => {
    if (!whole) return problems.sorted;
    await gathered.reads.judge(problems);
    if (path !== null) await gathered.files.readAll(dirname(path), readNamedFile, problems);
    if (problems.count === 0) reportAllUnevaluated(expanded, ctx.evaluated, ctx);
    return problems.sorted;
  };
  return {
    source,
    root,
    whole,
    ctx,
    steps: compiled.steps,
    diagnose() {
      found ??= diagnose();
      return found;
    },
  };
};

const rootOf = (value: Json, source: YamlSource, problems: Problems): JsonObject => {
  try {
    return readFrame(value, source, problems);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return isMap(value) ? value : {};
  }
};
