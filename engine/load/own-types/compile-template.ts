/** The file of a template type, judged. Every problem is reported in the file itself. */
import * as z from 'zod';
import { nearest } from '../../diagnostics/near.ts';
import { type Path, schemaOf } from '../../expr/json-schema.ts';
import { isMarker, isSecretMarker } from '../../expr/markers.ts';
import { type Readable, schemaOfCalls, TypeChecker, type TypeNames } from '../../expr/type-scope.ts';
import type { Json, JsonObject } from '../../plan.ts';
import type { Registry } from '../../registry.ts';
import type { AnyStepType } from '../../step.ts';
import { readsOfCondition } from '../condition.ts';
import { shown } from '../describe.ts';
import { type Filled, fill } from '../expressions.ts';
import { isMap } from '../is-map.ts';
import { reportIssues } from '../issues.ts';
import { parseYaml } from '../parse-yaml.ts';
import type { Problems } from '../problems.ts';
import { parseSection } from '../section.ts';
import { Evaluated, reportAllUnevaluated } from '../unevaluated.ts';
import { judge } from '../with-input.ts';
import type { YamlSource } from '../yaml-source.ts';
import { faultIn, fieldOf, mayMiss, zodOf } from './fields.ts';
import { template as schema, type WrittenCall, type WrittenTemplate } from './schema.ts';
import { asUndecided, type Template, type TypeCall, type TypeCalls, type TypeProbe } from './template.ts';

export interface TemplateFile {
  /** The type's name in the runbook. */
  readonly name: string;
  /** As the runbook names it. */
  readonly path: string;
  /** As an operator would type it. */
  readonly shown: string;
  readonly text: string;
}

type Role = 'run' | 'before' | 'probe' | 'undo';
const onlyReads: readonly Role[] = ['before', 'probe'];

/** null: what is wrong is reported. */
export const compileTemplate = (
  file: TemplateFile,
  registry: Registry,
  problems: Problems,
): Template | null => {
  const before = problems.count;
  const { source, value } = parseYaml(file.text, file.shown, problems);
  if (problems.count > before) return null;
  const label = `the step type "${file.name}"`;
  if (!isMap(value)) {
    const why = `a map was expected, not ${shown(value)}`;
    problems.add('RB203', { what: `The step type "${file.name}"`, why }, source.value([]));
    return null;
  }
  const written = parseSection(schema, value, { source, problems, path: [], label });
  if (written === null || problems.count > before) return null;
  const compiler = new Compiler(file, registry, source, problems);
  const compiled = compiler.compile(written);
  // An example is written as in a runbook.
  if (problems.count === before)
    reportAllUnevaluated({ ...value, examples: null }, compiler.evaluated, { source, problems });
  return problems.count > before ? null : compiled;
};

/** By a field's CEL type. */
const outputOf = (type: string): z.ZodType => {
  if (type === 'string') return z.string();
  if (type === 'int') return z.int();
  if (type === 'double') return z.number();
  if (type === 'bool') return z.boolean();
  return z.json();
};

class Compiler {
  readonly #file: TemplateFile;
  readonly #registry: Registry;
  readonly evaluated = new Evaluated();
  readonly #source: YamlSource;
  readonly #problems: Problems;

  constructor(file: TemplateFile, registry: Registry, source: YamlSource, problems: Problems) {
    this.#file = file;
    this.#registry = registry;
    this.#source = source;
    this.#problems = problems;
  }

  compile(written: WrittenTemplate): Template | null {
    const { name, path } = this.#file;
    const fields = Object.entries(written.input).map(([key, of]) => [key, fieldOf(of)] as const);
    for (const [key, of] of fields) this.#judgeField(key, of);
    const input = z.strictObject(Object.fromEntries(fields.map(([key, of]) => [key, zodOf(of)])));
    const secrets = new Set(fields.filter(([, of]) => of.secret).map(([key]) => key));
    const declared = schemaOf(input, 'output');
    const open = Object.fromEntries(fields.filter(([, of]) => mayMiss(of)).map(([key]) => [key, {}]));
    const inputSchema = { ...declared, properties: { ...declared.properties, ...open } };
    const names: TypeNames = { type: name, input: inputSchema, secrets, before: null, result: null };

    const before = written.before === undefined ? null : this.#calls(written.before, 'before', names);
    const withBefore = { ...names, before: before && readables(before) };
    const run = this.#calls(written.run, 'run', withBefore);
    const undo = written.undo === undefined ? null : this.#calls(written.undo, 'undo', withBefore);
    const probe = written.probe === undefined ? null : this.#probe(written.probe, withBefore);
    if (run === null || (before === null) !== (written.before === undefined)) return null;

    const withResult = { ...withBefore, result: readables(run) };
    // Where only the probe knows that it happened, the output of `run` is lost.
    const mapped = written.output ?? (written.probe ? {} : null);
    const output = mapped && this.#fill(mapped, ['output'], withResult);
    const preview = this.#fill({ preview: written.preview ?? '' }, [], names);
    const line = (preview.value as JsonObject).preview ?? '';
    if (isSecretMarker(line))
      this.#problems.add('RB229', { field: 'preview' }, this.#source.value(['preview']));
    for (const [key, value] of Object.entries((output?.value ?? {}) as JsonObject))
      if (isSecretMarker(value))
        this.#problems.add('RB229', { field: `output.${key}` }, this.#source.value(['output', key]));
    return {
      name,
      file: path,
      description: written.description,
      input,
      inputSchema,
      secrets,
      before,
      run,
      probe,
      undo,
      output: output && (output.value as JsonObject),
      outputType: output ? this.#outputType(output, probe !== null) : typeOfCalls(run),
      preview: written.preview === undefined ? null : line,
      examples: this.#examples(written.examples ?? [], input),
    };
  }

  #examples(written: NonNullable<WrittenTemplate['examples']>, input: z.ZodType): Template['examples'] {
    for (const [i, { with: value }] of written.entries()) {
      const parsed = input.safeParse(value);
      if (parsed.success) continue;
      const [path, label] = [['examples', i, 'with'], `example ${i + 1}`];
      const judged = { source: this.#source, problems: this.#problems, path, label, value };
      reportIssues(parsed.error.issues, { ...judged, schema: schemaOf(input, 'input') });
    }
    return written as Template['examples'];
  }

  #judgeField(key: string, of: Parameters<typeof faultIn>[0]): void {
    const fault = faultIn(of);
    if (fault)
      this.#problems.add(
        'RB203',
        { what: `The input "${key}"`, why: fault.why },
        this.#source.value(['input', key, fault.key]),
      );
  }

  /** With a probe, a field that reads the result is null where only the probe knows that it happened. */
  #outputType({ value, deferred }: Filled, probed: boolean): z.ZodType {
    const fields = Object.keys(value as JsonObject).map((key) => {
      const found = deferred.find(({ path }) => path[0] === key);
      const type = outputOf(found?.type ?? 'string');
      return [key, probed && found ? type.nullable() : type] as const;
    });
    return z.strictObject(Object.fromEntries(fields));
  }

  #fill(value: JsonObject, path: Path, names: TypeNames, type?: AnyStepType): Filled {
    const ctx = {
      problems: this.#problems,
      source: this.#source,
      vars: {},
      locals: {},
      undecided: new Set<string>(),
      undecidedLocals: new Map(),
      evaluated: this.evaluated,
      needed: new Set<string>(),
      checker: new TypeChecker(names),
    };
    const site = {
      path,
      schema: type?.input ?? z.unknown(),
      level: 'run',
      where: '`with`',
      sure: () => true,
    } as const;
    return fill(value, { ctx, ...site });
  }

  #calls(written: WrittenCall | readonly WrittenCall[], role: Role, names: TypeNames): TypeCalls | null {
    const several = Array.isArray(written);
    const list: readonly WrittenCall[] = several ? written : [written as WrittenCall];
    const ids = new Set<string>();
    const calls = list.map((call, i) => {
      const path = several ? [role, i] : [role];
      if (several && (call.id === undefined || ids.has(call.id)))
        this.#problems.add('RB355', { role, id: call.id ?? null }, this.#source.value([...path, 'id']));
      ids.add(call.id ?? '');
      return this.#call(call, path, role, names);
    });
    const found = calls.filter((call) => call !== null);
    if (found.length < calls.length) return null;
    const reads = { calls: found, several };
    return { ...reads, schema: schemaOfCalls(readables(reads)) };
  }

  #call(written: WrittenCall, path: Path, role: Role, names: TypeNames): TypeCall | null {
    const type = this.#typeOf(written.type, [...path, 'type']);
    if (type === null) return null;
    const asked = role === 'probe' ? type.asked?.with : undefined;
    const value = { ...asked, ...written.with } as JsonObject;
    const filled = this.#fill(value, [...path, 'with'], names, type);
    if (filled.failed.length > 0) return null;
    const given = filled.value as JsonObject;
    const judgement = judge(type.input, given, filled.deferred.map(asUndecided));
    if (!judgement.ok) {
      const at = this.#source.has([...path, 'with']) ? [...path, 'with'] : path;
      const label = `\`${role}\` of the step type "${this.#file.name}" (${type.type})`;
      const judged = { source: this.#source, problems: this.#problems, path: at, value: given, label };
      reportIssues(judgement.issues, { ...judged, schema: schemaOf(type.input, 'input') });
      return null;
    }
    const { input } = judgement;
    // What no placeholder tells is judged with the values of each step.
    if (onlyReads.includes(role) && input !== null && type.effects(input) !== 'read') {
      this.#problems.add('RB354', { type: type.type, role }, this.#source.value([...path, 'type']));
      return null;
    }
    const id = written.id ?? role;
    return { id, type, with: given, deferred: filled.deferred, constants: new Set(textsIn(given)) };
  }

  #probe(written: NonNullable<WrittenTemplate['probe']>, names: TypeNames): TypeProbe | null {
    const { done, not_done, ...rest } = written;
    const call = this.#call(rest, ['probe'], 'probe', names);
    if (call === null) return null;
    const usual = call.type.asked;
    if (done === undefined && usual === undefined) {
      const data = { key: 'done', where: '`probe`', expected: 'CEL over `result`' };
      this.#problems.add('RB202', data, this.#source.key(['probe']));
      return null;
    }
    const of = readableOf(call.type);
    const checker = new TypeChecker({ ...names, result: of });
    const ctx = {
      source: this.#source,
      problems: this.#problems,
      checker,
    };
    for (const key of ['done', 'not_done'] as const) {
      const site = { path: ['probe', key], what: 'a condition', field: key } as const;
      const expr = written[key];
      if (expr !== undefined) readsOfCondition(expr, { ...site, expected: 'true or false' }, ctx);
    }
    return {
      call,
      schema: of.output,
      done: done ?? usual?.done ?? '',
      notDone: not_done ?? (done === undefined ? (usual?.notDone ?? null) : null),
    };
  }

  #typeOf(type: string, path: Path): AnyStepType | null {
    const found = this.#registry.steps.get(type);
    if (found?.forTemplates) return found;
    const allowed = [...this.#registry.steps.values()].filter((t) => t.forTemplates).map((t) => t.type);
    const fault = type === this.#file.name ? 'itself' : found ? 'not allowed' : 'unknown';
    const near = nearest(type, allowed);
    const data = { name: this.#file.name, type, fault, near, allowed: allowed.sort() } as const;
    this.#problems.add('RB353', data, this.#source.value(path));
    return null;
  }
}

const textsIn = (value: Json): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || isMarker(value)) return [];
  return Object.values(value).flatMap(textsIn);
};

const readableOf = (type: AnyStepType): Readable => ({
  type: type.type,
  output: schemaOf(type.output, 'output'),
  sensitive: type.sensitive ?? [],
});

const readables = ({
  calls,
  several,
}: Pick<TypeCalls, 'calls' | 'several'>): NonNullable<TypeNames['result']> => {
  const [only] = calls;
  if (!several && only) return readableOf(only.type);
  return new Map(calls.map(({ id, type }) => [id, readableOf(type)]));
};

const typeOfCalls = ({ calls, several }: TypeCalls): z.ZodType => {
  const [only] = calls;
  if (!several && only) return only.type.output;
  return z.strictObject(Object.fromEntries(calls.map(({ id, type }) => [id, type.output])));
};
