/** Values of vars: defaults, then each --vars file, then --var; the later wins. */
import type { Position } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import { hasPlaceholder } from '../expr/placeholders.ts';
import type { Json, JsonObject } from '../plan.ts';
import { shown } from './describe.ts';
import { parseDuration } from './duration.ts';
import { lookalikesIn, type Names } from './literal/lookalikes.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Problems } from './problems.ts';
import type { Variable } from './schema/document.ts';
import type { Source } from './source.ts';

export type Variables = { readonly [name: string]: Variable };

const CEL_TYPES = { string: 'string', int: 'int', bool: 'bool', duration: 'string', enum: 'string' } as const;

export const celTypes = (variables: Variables): ReadonlyMap<string, string> =>
  new Map(Object.entries(variables).map(([name, v]) => [name, CEL_TYPES[v.type]]));

/** undefined: not of the type. A text from the command line may be of any type. */
const convert = (variable: Variable, value: Json, spoken: boolean): string | number | boolean | undefined => {
  switch (variable.type) {
    case 'int': {
      const number = spoken && typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
      return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
    }
    case 'bool':
      if (spoken && (value === 'true' || value === 'false')) return value === 'true';
      return typeof value === 'boolean' ? value : undefined;
    case 'duration':
      return typeof value === 'string' && parseDuration(value).ok ? value : undefined;
    case 'enum':
      return typeof value === 'string' && variable.values?.includes(value) ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
  }
};

/** Source of a value that was not given. */
const ownDefault = 'its default';

const typeWord = (variable: Variable): string => {
  if (variable.type === 'enum') return `one of ${variable.values?.join(', ') ?? 'nothing'}`;
  return { string: 'a text', int: 'a whole number', bool: 'true or false', duration: 'a duration like "5m"' }[
    variable.type
  ];
};

const exactInt = `a whole number up to ${Number.MAX_SAFE_INTEGER} (use type string for more digits)`;

/** Digits that a number would round to other ones. */
const isTooLong = (variable: Variable, given: Json): boolean =>
  variable.type === 'int' && typeof given === 'string' && /^-?\d+$/.test(given);

export interface VarsFile {
  /** As shown to the operator. */
  readonly file: string;
  readonly text: string;
}

export class VarValues {
  readonly #variables: Variables;
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #values = new Map<string, string | number | boolean>();
  /** Given, but wrongly: not missing on top of that. */
  readonly #given = new Set<string>();
  /** Set by a file or an option, so that no misspelt name can have meant it. */
  readonly #said = new Set<string>();
  readonly #foreign: { name: string; from: string; unknown: (near: string | null) => void }[] = [];

  constructor(variables: Variables, source: Source, problems: Problems) {
    this.#variables = variables;
    this.#source = source;
    this.#problems = problems;
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
      this.#set(name, given, file, false, () => ({ key: source.key([name]), value: source.value([name]) }));
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
        this.#source.key(['vars', name]),
      );
    }
    return { vars: Object.fromEntries(this.#values), undecided: mayMiss ? undecided : new Set() };
  }

  get #names(): Names {
    const vars = Object.keys(this.#variables);
    return { vars, isDeclared: (root, name) => root === 'vars' && vars.includes(name) };
  }

  #declare(name: string, variable: Variable): void {
    const at = (key: string) => this.#source.value(['vars', name, key]);
    const add = (why: string, key: string) =>
      this.#problems.add('RB203', { what: `The var "${name}"`, why }, at(key));
    if ((variable.type === 'enum') !== (variable.values !== undefined))
      add(
        variable.type === 'enum' ? 'an enum needs `values`' : '`values` are only for the type enum',
        'type',
      );
    if (variable.required && variable.default !== undefined)
      add('it is required and has a default: only one of the two is possible', 'required');
    if (variable.required === false && variable.default === undefined)
      add('an optional var needs a `default`', 'required');
    if (variable.default === undefined) return;
    this.#set(name, variable.default, ownDefault, false, () => ({
      key: at('default'),
      value: at('default'),
    }));
  }

  #set(
    name: string,
    given: Json,
    from: string,
    spoken: boolean,
    where: () => { key: Position; value: Position } | null,
  ) {
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
    if (from !== ownDefault && typeof given === 'string' && hasPlaceholder(given)) {
      const remedy = 'Give the value itself; write the expression in the `with` that uses the var';
      this.#problems.add('RB321', { where: `the value of "${name}" from ${from}`, remedy }, where()?.value);
      return;
    }
    const [lookalike] =
      from === ownDefault || typeof given !== 'string' ? [] : lookalikesIn(given, this.#names, false);
    if (lookalike) {
      const remedy = 'Give the value itself: a value from a vars file or --var is used as plain text';
      this.#problems.add('RB322', { text: lookalike.text, remedy }, where()?.value);
      return;
    }
    const value = convert(variable, given, spoken);
    if (value !== undefined) this.#values.set(name, value);
    else
      this.#problems.add(
        'RB315',
        { name, type: isTooLong(variable, given) ? exactInt : typeWord(variable), got: shown(given), from },
        where()?.value,
      );
  }
}
