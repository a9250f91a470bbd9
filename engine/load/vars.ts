/** Values of vars: defaults, then each --vars file, then --var; the later wins. */
import type { Position } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import type { JsonSchema, Path } from '../expr/json-schema.ts';
import { markerIn } from '../expr/markers.ts';
import { hasPlaceholder } from '../expr/placeholders.ts';
import { ForeignJsonError, parseForeignJson } from '../json.ts';
import type { Json, JsonObject } from '../plan.ts';
import { shown } from './describe.ts';
import {
  type ItemFlaw,
  itemSchema,
  pathText,
  schemaOfVar,
  type ValueFlaw,
  valueFlaws,
} from './item-types.ts';
import { lookalikesIn, type Names } from './literal/lookalikes.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Problems } from './problems.ts';
import type { Variable } from './schema/document.ts';
import type { Source } from './source.ts';

export type Variables = { readonly [name: string]: Variable };

/** Texts of the command line may be of any type. */
const spokenValue = (text: string, { type }: JsonSchema): Json => {
  switch (type) {
    case 'integer':
      return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'array':
    case 'object':
      try {
        return parseForeignJson(text);
      } catch (error) {
        if (error instanceof ForeignJsonError) return text;
        throw error;
      }
  }
  return text;
};

/** Source of a value that was not given. */
const ownDefault = 'its default';

const exactInt = `a whole number up to ${Number.MAX_SAFE_INTEGER} (use type string for more digits)`;

/** Digits that a number would round to other ones. */
const isTooLong = (schema: JsonSchema, given: Json): boolean =>
  schema.type === 'integer' && typeof given === 'string' && /^-?\d+$/.test(given);

const asJson: Record<string, string> = {
  array: 'a list in JSON, like ["a", "b"]',
  object: 'a map in JSON, like {"a": 1}',
};

export interface VarsFile {
  /** As shown to the operator. */
  readonly file: string;
  readonly text: string;
}

export class VarValues {
  readonly #variables: Variables;
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #values = new Map<string, Json>();
  readonly #schemas: ReadonlyMap<string, JsonSchema>;
  /** Given, but wrongly: not missing on top of that. */
  readonly #given = new Set<string>();
  /** Set by a file or an option, so that no misspelt name can have meant it. */
  readonly #said = new Set<string>();
  readonly #foreign: { name: string; from: string; unknown: (near: string | null) => void }[] = [];

  readonly #section: 'vars' | 'inputs';

  /** `inputs`: of a part, which get their values where it is used. */
  constructor(variables: Variables, source: Source, problems: Problems, section: 'vars' | 'inputs' = 'vars') {
    this.#section = section;
    this.#variables = variables;
    this.#source = source;
    this.#problems = problems;
    this.#schemas = new Map(Object.entries(variables).map(([name, v]) => [name, schemaOfVar(v)]));
    for (const [name, variable] of Object.entries(variables)) this.#declare(name, variable);
  }

  addFile({ file, text }: VarsFile) {
    const { source, value } = parseYaml(text, file, this.#problems);
    if (value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) {
      const why = `a map of names to values was expected, not ${shown(value)}`;
      return this.#problems.add('RB203', { what: file, why }, source.value([]));
    }
    for (const [name, given] of Object.entries(value))
      this.#set(name, given, file, false, () => ({
        key: source.key([name]),
        at: (path) => source.value([name, ...path]),
        keyAt: (path) => source.key([name, ...path]),
      }));
  }

  addOption(name: string, text: string): void {
    this.#set(name, text, '--var', true, () => null);
  }

  /**
   * `FILE: NAME` of what the files set and no var of this runbook is called: a file describes an environment,
   * which several runbooks share. A name that is close to a declared one is a slip, and a problem.
   */
  get unused(): readonly string[] {
    return this.#foreign.map(({ name, from }) => `${from}: ${name}`);
  }

  /** Every var by name; what is missing is reported where it is declared, or is `undecided` if it may miss. */
  finish(mayMiss: boolean): { readonly vars: JsonObject; readonly undecided: ReadonlySet<string> } {
    const free = Object.keys(this.#variables).filter((name) => !this.#said.has(name));
    for (const { name, unknown } of this.#foreign) {
      const near = nearest(name, free);
      if (near !== null) unknown(near);
    }
    const undecided = new Set<string>();
    for (const [name, { type, description }] of Object.entries(this.#variables)) {
      if (this.#given.has(name) || this.#values.has(name)) continue;
      undecided.add(name);
      if (mayMiss) continue;
      this.#problems.add(
        'RB314',
        { name, type, description: description ?? null },
        this.#source.key([this.#section, name]),
      );
    }
    return { vars: Object.fromEntries(this.#values), undecided: mayMiss ? undecided : new Set() };
  }

  /** Values that are declared with them. */
  get defaults(): ReadonlyMap<string, Json> {
    return this.#values;
  }

  get #noun(): 'var' | 'input' {
    return this.#section === 'vars' ? 'var' : 'input';
  }

  get #names(): Names {
    const vars = Object.keys(this.#variables);
    return { vars, isDeclared: (root, name) => root === 'vars' && vars.includes(name) };
  }

  #declare(name: string, variable: Variable): void {
    const at = (key: string) => this.#source.value([this.#section, name, key]);
    const add = (why: string, key: string) =>
      this.#problems.add('RB203', { what: `The ${this.#noun} "${name}"`, why }, at(key));
    if ((variable.type === 'enum') !== (variable.values !== undefined))
      add(
        variable.type === 'enum' ? 'an enum needs `values`' : '`values` are only for the type enum',
        'type',
      );
    this.#declareItems(name, variable);
    if (variable.required && variable.default !== undefined)
      add('it is required and has a default: only one of the two is possible', 'required');
    if (variable.required === false && variable.default === undefined)
      add('an optional var needs a `default`', 'required');
    if (variable.default === undefined) return;
    const below = (path: Path) => [this.#section, name, 'default', ...path];
    this.#set(name, variable.default as Json, ownDefault, false, () => ({
      key: at('default'),
      at: (path) => this.#source.value(below(path)),
      keyAt: (path) => this.#source.key(below(path)),
    }));
  }

  #declareItems(name: string, { type, items }: Variable): void {
    const what = `The ${this.#noun} "${name}"`;
    const add = (why: string, path: Path) => {
      this.#given.add(name);
      this.#problems.add('RB203', { what, why }, this.#source.value([this.#section, name, ...path]));
    };
    const takes = type === 'list' || type === 'map';
    if (takes && items === undefined)
      add(`a ${type} needs \`items\`: the type of its items, such as \`items: string\``, ['type']);
    if (!takes && items !== undefined) add('`items` are only for the types list and map', ['items']);
    if (!takes || items === undefined) return;
    const flaws: ItemFlaw[] = [];
    itemSchema(items as Json, flaws);
    for (const { path, why } of flaws) add(why, ['items', ...path]);
  }

  #set(name: string, given: Json, from: string, spoken: boolean, where: () => Where | null) {
    const variable = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined;
    if (!variable) {
      const known = Object.keys(this.#variables);
      const unknown = (near: string | null) =>
        this.#problems.add('RB316', { name, from, near, known }, where()?.key);
      if (spoken) unknown(nearest(name, known));
      else this.#foreign.push({ name, from, unknown });
      return;
    }
    this.#given.add(name);
    if (from !== ownDefault) this.#said.add(name);
    if (from !== ownDefault && this.#looksEvaluated(name, given, from, where)) return;
    const schema = this.#schemas.get(name) ?? {};
    const value = spoken && typeof given === 'string' ? spokenValue(given, schema) : given;
    const marked = markerIn(value);
    if (marked !== null) return this.#problems.add('RB231', { key: marked }, where()?.at([]));
    const flaws = valueFlaws(value, schema);
    for (const flaw of flaws) this.#flawed(name, flaw, { schema, given, from, spoken }, where());
    if (flaws.length === 0) this.#values.set(name, value);
  }

  /** Reports the first text in a value that was meant to be an expression. */
  #looksEvaluated(
    name: string,
    value: Json,
    from: string,
    where: () => Where | null,
    path: Path = [],
  ): boolean {
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).some(([key, item]) =>
        this.#looksEvaluated(name, item, from, where, [...path, Array.isArray(value) ? Number(key) : key]),
      );
    if (typeof value !== 'string') return false;
    if (hasPlaceholder(value)) {
      const remedy =
        'Give the value itself; write the expression in `locals`, or in the `with` that uses the var';
      const data = { where: `the value of "${pathText(name, path)}" from ${from}`, remedy };
      this.#problems.add('RB321', data, where()?.at(path));
      return true;
    }
    const [lookalike] = lookalikesIn(value, this.#names, false);
    if (!lookalike) return false;
    const remedy = 'Give the value itself: a value from a vars file or --var is used as plain text';
    this.#problems.add('RB322', { text: lookalike.text, remedy }, where()?.at(path));
    return true;
  }

  #flawed(
    name: string,
    flaw: ValueFlaw,
    { schema, given, from, spoken }: { schema: JsonSchema; given: Json; from: string; spoken: boolean },
    where: Where | null,
  ): void {
    const { path } = flaw;
    const of = pathText(name, path);
    switch (flaw.kind) {
      case 'unknown-field': {
        const owner = pathText(name, path.slice(0, -1));
        const near = nearest(flaw.name, flaw.known);
        const data = { name: owner, field: flaw.name, from, near, known: flaw.known };
        this.#problems.add('RB326', data, where?.keyAt(path));
        return;
      }
      case 'no-field':
        this.#problems.add('RB327', { name: of, field: flaw.name, from }, where?.at(path));
        return;
      case 'type': {
        const whole = path.length === 0;
        const long = whole && isTooLong(schema, given) ? exactInt : undefined;
        const json = whole && spoken ? asJson[String(schema.type)] : undefined;
        const data = { noun: this.#noun, name: of, type: long ?? json ?? flaw.expected, got: flaw.got, from };
        this.#problems.add('RB315', data, where?.at(path));
      }
    }
  }
}

/** Of a value in a file. */
interface Where {
  readonly key: Position;
  at(path: Path): Position;
  keyAt(path: Path): Position;
}
