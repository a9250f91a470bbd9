/** A runbook file to a plan. */
import { basename, dirname, extname, relative } from 'node:path';
import { ExpressionChecker } from '../expr/check.ts';
import type { Json, JsonObject, Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { assemble } from './assemble.ts';
import { compileEntries } from './entries.ts';
import { compileInvariants } from './invariants.ts';
import { isMap } from './is-map.ts';
import { reportLiterals } from './literal/scan.ts';
import { reportWords } from './literal/shell-looks.ts';
import { inSecret } from './literal/shell-words.ts';
import { type LoadedCall, LoadedCalls } from './loaded-calls.ts';
import { NamedFiles, type ReadFile } from './named-files.ts';
import { parseYaml } from './parse-yaml.ts';
import { isPlace } from './places.ts';
import { Problems } from './problems.ts';
import { decodeText, MAX_BYTES, readRegularFile } from './read-source.ts';
import { ReadTexts } from './read-texts.ts';
import { namesIn, rawSection, readFrame, readSection } from './sections.ts';
import { StepIndex } from './step-index.ts';
import { compileTargets } from './targets.ts';
import { checkTimeline, checkWindow } from './timeline.ts';
import { celTypes, type VarsFile, VarValues } from './vars.ts';
import type { Path, YamlSource } from './yaml-source.ts';

export interface LoadOptions {
  readonly registry: Registry;
  /** In order; the later wins. */
  readonly varsFiles: readonly string[];
  /** From `--var k=v`. */
  readonly vars: Readonly<Record<string, string>>;
  /** Reads what the runbook names; throws DiagnosticError, or an Error with one line. */
  readonly readFile?: ReadFile;
}

export interface Loaded {
  readonly plan: Plan;
  /** Folder that relative paths of the runbook are resolved against. */
  readonly runbookDir: string;
  /** The text of the file, for the copy beside the journal. */
  readonly source: string;
  /** `FILE: NAME` of values that no var of this runbook takes. */
  readonly unusedVars: readonly string[];
  /** Where each part of the plan stands in the file. */
  readonly written: Written;
}

export interface Written {
  readonly yaml: YamlSource;
  /** Of each step, by id. */
  readonly paths: ReadonlyMap<string, Path>;
  readonly calls: readonly LoadedCall[];
}

/** Bodies and scripts are small; a dump named by mistake should not fill the memory. */
const MAX_NAMED_BYTES = 64 * 1024 * 1024;

/** Throws DiagnosticError with every problem at once. */
export const loadRunbook = async (path: string, options: LoadOptions): Promise<Loaded> => {
  const problems = new Problems();
  const { file, text } = await readText(path);
  const varsFiles = await Promise.all(options.varsFiles.map(readText));
  const { source, value } = parseYaml(text, file, problems);
  problems.throwIfAny();
  const root = readFrame(value, source, problems);
  reportLiterals(root, source, problems);
  const files = new NamedFiles();
  const reads = new ReadTexts();
  const calls = new LoadedCalls();
  const parts = compile(root, source, problems, { files, reads, calls }, varsFiles, options);
  await reads.judge(problems);

  const runbookDir = dirname(path);
  const read = options.readFile ?? ((named: string) => readRegularFile(named, named, MAX_NAMED_BYTES));
  await files.readAll(runbookDir, read, problems);
  problems.throwIfAny();
  const plan = assemble({ ...parts, files });
  const paths = new Map(parts.compiled.steps.map(({ step, path }) => [step.id, path]));
  const written = { yaml: source, paths, calls: calls.all };
  return { plan, runbookDir, source: text, unusedVars: parts.unusedVars, written };
};

const readText = async (path: string): Promise<VarsFile> => {
  const file = shownPath(path);
  return { file, text: decodeText(await readRegularFile(path, file, MAX_BYTES), file) };
};

/** As an operator in this folder would type it. */
export const shownPath = (path: string): string => {
  const near = relative('', path);
  return near === '' || near.startsWith('..') ? path : near;
};

const environmentOf = (varsFiles: readonly VarsFile[]): string | null =>
  varsFiles.map(({ file }) => basename(file, extname(file))).join('+') || null;

const compile = (
  root: JsonObject,
  source: YamlSource,
  problems: Problems,
  gathered: { readonly files: NamedFiles; readonly reads: ReadTexts; readonly calls: LoadedCalls },
  varsFiles: readonly VarsFile[],
  options: LoadOptions,
) => {
  const { registry } = options;
  const raw = { root, source, problems };
  const variables = rawSection('vars', raw) ?? {};
  const secrets = rawSection('secrets', raw) ?? {};
  for (const [name, from] of Object.entries(secrets))
    if ('command' in from)
      reportWords(from.command, ['secrets', name, 'command'], { source, problems }, inSecret);
  const values = new VarValues(variables, source, problems);
  for (const given of varsFiles) values.addFile(given);
  for (const [name, text] of Object.entries(options.vars)) values.addOption(name, text);
  const vars = values.finish();

  const list: readonly Json[] = Array.isArray(root.steps) ? root.steps : [];
  const rawDefaults = isMap(root.defaults) ? root.defaults : {};
  const steps = new StepIndex(list, registry, String(rawDefaults.on_failure ?? 'hold'));
  const types = new Map([
    ...namesIn(root.vars).map((name): [string, string] => [name, 'dyn']),
    ...celTypes(variables),
  ]);
  const checker = new ExpressionChecker({ vars: types, secrets: new Set(namesIn(root.secrets)), steps });
  const base = { registry, source, problems, vars, checker, steps, ...gathered };
  const early = { ...base, defaults: {}, targets: new Map(), approvers: [] };

  const timeline = readSection('timeline', root, early)?.window;
  const approvers = readSection('approvers', root, early) ?? {};
  const defaults = readSection('defaults', root, early) ?? {};
  const declared = rawSection('targets', raw) ?? {};
  const plans = compileTargets(declared, early);
  const targets = new Map(
    namesIn(root.targets).map((name) => [
      name,
      { type: declared[name]?.type ?? '', plan: plans.get(name) ?? null },
    ]),
  );
  const ctx = { ...base, defaults, targets, approvers: namesIn(root.approvers) };
  if (defaults.run_on !== undefined && !isPlace(defaults.run_on, ctx)) {
    const data = { kind: 'place', name: defaults.run_on, near: null, known: [...targets.keys()] };
    problems.add('RB212', data, source.value(['defaults', 'run_on']));
  }
  const compiled = compileEntries(list, ctx);
  const window = { opensMs: timeline?.opens ?? null, hardStopMs: timeline?.hard_stop ?? null };
  checkWindow(window, ctx);
  checkTimeline(
    compiled.steps.map(({ step, path }) => ({ id: step.id, atMs: step.atMs, path })),
    window,
    ctx,
  );
  const proven = compileInvariants(root, compiled, ctx);
  const name = typeof root.name === 'string' ? root.name : '';
  const environment = environmentOf(varsFiles);
  const unusedVars = values.unused;
  return {
    name,
    environment,
    window,
    vars,
    secrets,
    targets: plans,
    approvers,
    compiled,
    proven,
    registry,
    unusedVars,
  };
};
