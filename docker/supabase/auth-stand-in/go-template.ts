/** Renders a template as Go's html/template does: what a value may do depends on its place in the HTML. */

import { callFunction, isTrue, text } from './go-template-functions.ts';
import { type Command, type Node, type Operand, type Pipe, parseTemplate } from './go-template-parse.ts';

export interface GoTemplate {
  /** Throws where a value cannot be what the template wants of it. */
  render(data: Readonly<Record<string, unknown>>): string;
}

/** Throws where the template cannot be read. */
export const compileTemplate = (source: string): GoTemplate => {
  const nodes = parseTemplate(source);
  return { render: (data) => new Rendering(data).of(nodes) };
};

class Rendering {
  readonly #variables: [name: string, value: unknown][];
  #out = '';
  /** The text around a value: the template's own text, values left out. */
  #around = '';

  constructor(data: unknown) {
    this.#variables = [['$', data]];
  }

  of(nodes: readonly Node[]): string {
    this.#list(nodes, this.#variables[0]?.[1]);
    return this.#out;
  }

  #list(nodes: readonly Node[], dot: unknown): void {
    const known = this.#variables.length;
    for (const node of nodes) this.#node(node, dot);
    this.#variables.length = known;
  }

  #node(node: Node, dot: unknown): void {
    if (node.kind === 'text') {
      this.#out += node.text;
      this.#around += node.text;
      return;
    }
    const known = this.#variables.length;
    if (node.kind === 'range') this.#range(node, dot);
    else {
      const value = this.#pipe(node.pipe, dot, node.kind === 'output');
      if (node.kind === 'output') this.#print(node.pipe, value);
      else
        this.#list(
          isTrue(value) ? node.then : node.otherwise,
          node.kind === 'with' && isTrue(value) ? value : dot,
        );
    }
    if (node.kind !== 'output') this.#variables.length = known;
  }

  #range({ pipe, then, otherwise }: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: unknown): void {
    const value = this.#pipe({ ...pipe, variables: [] }, dot);
    const entries = entriesOf(value);
    if (entries.length === 0) this.#list(otherwise, dot);
    for (const [key, item] of entries) {
      const known = this.#variables.length;
      const [first, second] = pipe.variables;
      if (first !== undefined && second !== undefined) this.#variables.push([first, key], [second, item]);
      else if (first !== undefined) this.#variables.push([first, item]);
      this.#list(then, item);
      this.#variables.length = known;
    }
  }

  #print({ variables }: Pipe, value: unknown): void {
    if (variables.length > 0) return;
    this.#out += escapeAt(this.#around, text(value));
    this.#around += '\u0001';
  }

  /** `prints`: a last `html` is what is done anyway. */
  #pipe({ variables, declares, commands }: Pipe, dot: unknown, prints = false): unknown {
    let value: unknown;
    for (const [i, command] of commands.entries()) {
      const [only] = command;
      const isLast = i === commands.length - 1;
      if (prints && isLast && i > 0 && only?.kind === 'function' && only.name === 'html') continue;
      value = this.#command(command, dot, i === 0 ? [] : [value]);
    }
    for (const name of variables) this.#assign(name, value, declares);
    return value;
  }

  #assign(name: string, value: unknown, declares: boolean): void {
    if (declares) this.#variables.push([name, value]);
    else this.#found(name)[1] = value;
  }

  #found(name: string): [string, unknown] {
    const found = this.#variables.findLast(([known]) => known === name);
    if (!found) throw new Error(`undefined variable ${name}`);
    return found;
  }

  #command([first, ...others]: Command, dot: unknown, piped: readonly unknown[]): unknown {
    if (first?.kind !== 'function') {
      if (others.length + piped.length > 0) throw new Error('only a function takes arguments');
      return this.#operand(first, dot);
    }
    return callFunction(first.name, [...others.map((other) => this.#operand(other, dot)), ...piped]);
  }

  #operand(operand: Operand | undefined, dot: unknown): unknown {
    switch (operand?.kind) {
      case 'value':
        return operand.value;
      case 'pipe':
        return this.#pipe(operand.pipe, dot);
      case 'function':
        return callFunction(operand.name, []);
      case 'field': {
        let value = operand.from === null ? dot : this.#found(operand.from)[1];
        for (const name of operand.names) value = fieldOf(value, name);
        return value;
      }
      default:
        return undefined;
    }
  }
}

const fieldOf = (value: unknown, name: string): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`can't evaluate field ${name} in ${value == null ? 'nil' : typeof value}`);
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
};

const entriesOf = (value: unknown): [unknown, unknown][] => {
  if (value == null) return [];
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value === 'object') return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (typeof value === 'number') return Array.from({ length: value }, (_, i) => [i, i]);
  throw new Error(`range can't iterate over ${text(value)}`);
};

const address = /<[a-zA-Z][^<>]*\s(?:href|src|action)\s*=\s*(?:"([^"<>]*)|'([^'<>]*))$/i;

/** `around`: the text before the value. */
const escapeAt = (around: string, value: string): string => {
  const inside = address.exec(around);
  if (!inside) return escapeHtml(value);
  const before = inside[1] ?? inside[2] ?? '';
  if (/[?#]/.test(before)) return escapeHtml(encodeAll(value));
  const unsafe = before === '' && /^[^/?#]*:/.test(value) && !/^(?:https?|mailto):/i.test(value);
  return escapeHtml(unsafe ? '#ZgotmplZ' : normalized(value));
};

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '+': '&#43;',
};

const escapeHtml = (value: string): string =>
  value.replace(/[&<>"'+]/g, (character) => escapes[character] ?? character);

const encodeAll = (value: string): string =>
  encodeURIComponent(value)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
    .replace(/%../g, (hex) => hex.toLowerCase());

/** An address stays one: only characters not allowed in it are encoded. */
const normalized = (value: string): string =>
  value.replace(/[^\w\-.~!#$&*+,/:;=?@[\]%]|%(?![\da-fA-F]{2})/gu, (c) => encodeAll(c));
