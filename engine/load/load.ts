/** A runbook file to a plan. */
import { dirname } from 'node:path';
import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { assemble } from './assemble.ts';
import { compile } from './compile.ts';
import { reportLiterals } from './literal/scan.ts';
import { type LoadedCall, LoadedCalls } from './loaded-calls.ts';
import { NamedFiles, type ReadFile, readNamedFile } from './named-files.ts';
import { parseYaml } from './parse-yaml.ts';
import { readParts } from './parts/read-parts.ts';
import { Problems } from './problems.ts';
import { readText } from './read-source.ts';
import { ReadTexts } from './read-texts.ts';
import { readFrame } from './sections.ts';
import type { Source } from './source.ts';
import { reportAllUnevaluated } from './unevaluated.ts';
import type { Path, YamlSource } from './yaml-source.ts';

export interface LoadOptions {
  readonly registry: Registry;
  /** In order; the later wins. */
  readonly varsFiles: readonly string[];
  /** From `--var k=v`. */
  readonly vars: Readonly<Record<string, string>>;
  /** Reads what the runbook names; throws DiagnosticError, or an Error with one line. */
  readonly readFile?: ReadFile;
  /** A var without a value stays an expression where it can; where it cannot, its value is asked for as always. */
  readonly varsMayMiss?: boolean;
}

export interface Loaded {
  readonly plan: Plan;
  /** Folder that relative paths of the runbook are resolved against. */
  readonly runbookDir: string;
  /** The text of the file, for the copy beside the journal. */
  readonly source: string;
  /** `FILE: NAME` of values that no var of this runbook takes. */
  readonly unusedVars: readonly string[];
  /** Vars that stayed expressions. */
  readonly undecidedVars: readonly string[];
  /** Where each part of the plan stands in the file. */
  readonly written: Written;
}

export interface Written {
  /** The runbook's own file. */
  readonly yaml: YamlSource;
  /** The places of the paths of the plan, where loops and groups are written out. */
  readonly source: Source;
  /** Of each step, by id. */
  readonly paths: ReadonlyMap<string, Path>;
  readonly calls: readonly LoadedCall[];
}

/** Throws DiagnosticError with every problem at once. */
export const loadRunbook = async (path: string, options: LoadOptions): Promise<Loaded> => {
  const problems = new Problems();
  const { file, text } = await readText(path);
  const varsFiles = await Promise.all(options.varsFiles.map(readText));
  const { source, value } = parseYaml(text, file, problems);
  problems.throwIfAny();
  const root = readFrame(value, source, problems);
  reportLiterals(root, source, problems);
  const runbookDir = dirname(path);
  const read = options.readFile ?? readNamedFile;
  const used = await readParts(root, source, { folder: runbookDir, read, problems });
  const files = new NamedFiles();
  for (const [named, bytes] of used.contents) files.know(named, bytes);
  const reads = new ReadTexts();
  const calls = new LoadedCalls();
  const {
    ctx,
    root: expanded,
    ...parts
  } = compile(root, source, problems, { files, reads, calls, parts: used.parts }, { ...options, varsFiles });
  for (const name of ctx.needed) {
    const { type, description } = parts.variables[name] ?? {};
    problems.add(
      'RB314',
      { name, type: type ?? '', description: description ?? null },
      source.key(['vars', name]),
    );
  }
  await reads.judge(problems);

  await files.readAll(runbookDir, read, problems);
  problems.throwIfAny();
  reportAllUnevaluated(expanded, ctx.evaluated, ctx);
  problems.throwIfAny();
  const plan = assemble({ ...parts, files });
  const paths = new Map(parts.compiled.steps.map(({ step, path }) => [step.id, path]));
  return {
    plan,
    runbookDir,
    source: text,
    unusedVars: parts.unusedVars,
    undecidedVars: [...ctx.undecided],
    written: { yaml: source, source: ctx.source, paths, calls: calls.all },
  };
};
