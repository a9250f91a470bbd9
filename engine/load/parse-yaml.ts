/** YAML 1.2, less everything that makes a file say something else than it shows. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Json } from '../plan.ts';
import { Problems } from './problems.ts';
import { YamlSource } from './yaml-source.ts';

export interface ParsedYaml {
  readonly source: YamlSource;
  /** null: the YAML itself is broken; the problems say why. */
  readonly value: Json;
}

const MAX_DEPTH = 64;
/** A run of openers this long only comes by malice, and the composer would take seconds for it. */
const BOTTOMLESS = /(?:[[{]\s*|-[ \t]+){200,}/;

export const parseYaml = (text: string, file: string, problems: Problems): ParsedYaml => {
  const lines = new LineCounter();
  const bottomless = BOTTOMLESS.exec(text);
  if (bottomless) {
    const source = countLines(file, text, lines);
    problems.add('RB114', { limit: MAX_DEPTH }, source.positionOf(bottomless.index, bottomless.index + 1));
    return { source, value: null };
  }
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Found below instead: the library compares each key with all before it.
    uniqueKeys: false,
    logLevel: 'silent',
    customTags: [],
  });
  const [first, second] = Array.isArray(documents) ? documents : [];
  const source = new YamlSource(file, text, lines, (first?.contents as YamlSource['root']) ?? null);
  if (second) {
    const start = second.range[0];
    problems.add('RB106', {}, source.positionOf(start, start + 3));
  }
  const before = problems.count;
  // `%YAML 1.1` would turn yes, no and on into booleans.
  if (first?.directives?.yaml.explicit)
    problems.add('RB110', { what: 'directives' }, source.positionOf(0, 5));
  for (const error of relevant(first?.errors ?? [])) addSyntaxError(error, source, problems);
  if (problems.count > before) return { source, value: null };
  if (!first?.contents || isEmpty(first.contents)) {
    problems.add('RB105', { path: file });
    return { source, value: null };
  }
  return { source, value: new Reader(source, problems).read(first.contents, 0) };
};

/** What can be read of a text that may be broken; its problems are not reported. */
export const readableOf = (source: YamlSource): Json => {
  try {
    return new Reader(source, new Problems()).read(source.root, 0);
  } catch {
    return null;
  }
};

const isEmpty = (node: Node): boolean => isScalar(node) && node.value === null;

const countLines = (file: string, text: string, lines: LineCounter): YamlSource => {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return new YamlSource(file, text, lines, null);
};

/** One slip makes the parser stumble on for lines: only tabs and the first other error are news. */
const relevant = (errors: readonly YAMLError[]): readonly YAMLError[] => {
  const tabs = errors.filter((e) => e.code === 'TAB_AS_INDENT');
  return tabs.length > 0 ? tabs : errors.slice(0, 1);
};

const addSyntaxError = (error: YAMLError, source: YamlSource, problems: Problems) => {
  const [start, end] = error.pos;
  const position = source.positionOf(start, end);
  if (error.code === 'TAB_AS_INDENT') return problems.add('RB108', {}, position);
  if (error.code === 'BAD_ALIAS') return problems.add('RB110', { what: 'aliases' }, position);
  const why = error.message.replace(/\.$/, '').replace(/^./, (c) => c.toLowerCase());
  problems.add('RB107', { why, slip: slipIn(position.sourceLine) }, position);
};

/** `"steps["dump"].output"`: a text that was meant to hold quotes ends at the second of them. */
const NESTED_QUOTES = /"[^"]*\w\["/;

const slipIn = (line: string): 'expression' | 'quotes' | null => {
  if (NESTED_QUOTES.test(line)) return 'quotes';
  return line.includes('${{') ? 'expression' : null;
};

class Reader {
  readonly #source: YamlSource;
  readonly #problems: Problems;
  readonly #refused = new Set<string>();

  constructor(source: YamlSource, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
  }

  read(node: Node | null, depth: number): Json {
    if (node === null) return null;
    if (depth > MAX_DEPTH) {
      this.#problems.add('RB114', { limit: MAX_DEPTH }, this.#at(node));
      return null;
    }
    if (isAlias(node)) {
      this.#refuse('aliases', node);
      return null;
    }
    this.#checkProperties(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item as Node, depth + 1));
    if (isMap(node)) return this.#readMap(node, depth);
    return isScalar(node) ? this.#readScalar(node) : null;
  }

  #readMap(node: YAMLMap, depth: number): Json {
    const first = new Map<string, Pair>();
    const map: { [key: string]: Json } = {};
    for (const pair of node.items) {
      const key = this.#readKey(pair);
      if (key === null) continue;
      const earlier = first.get(key);
      if (earlier) {
        const firstLine = this.#at(earlier.key as Node).line;
        this.#problems.add('RB109', { key, firstLine }, this.#at(pair.key as Node));
        continue;
      }
      first.set(key, pair);
      map[key] = this.read(pair.value as Node | null, depth + 1);
    }
    return map;
  }

  #readKey(pair: Pair): string | null {
    const key = pair.key as Node | null;
    const refuse = (why: string): null => {
      this.#problems.add('RB112', { why }, this.#at(key ?? (pair.value as Node)));
      return null;
    };
    if (key === null || !isScalar(key))
      return isAlias(key) ? refuse('it is an alias') : refuse('it is empty, a list or a map');
    this.#checkProperties(key);
    if (key.value === '<<' && key.type === 'PLAIN') {
      this.#refuse('merge keys', key);
      return null;
    }
    // A quoted empty text is a key like any other: the root in a map of JSON pointers.
    if (key.value === null || (key.value === '' && key.type === 'PLAIN')) return refuse('it is empty');
    // It would replace the prototype of the map instead of being a key.
    if (key.value === '__proto__') return refuse('"__proto__" is a reserved name');
    // Rounded, it would be the key beside it.
    if (typeof key.value === 'number' && !Number.isSafeInteger(key.value) && Number.isInteger(key.value))
      return refuse('it cannot be stored exactly as a number; quote it');
    return String(key.value);
  }

  #readScalar(node: Node & { value: unknown }): Json {
    const { value } = node;
    if (
      typeof value === 'number' &&
      (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    ) {
      const [start, end] = node.range ?? [0, 0];
      this.#problems.add('RB113', { number: this.#source.text.slice(start, end) }, this.#at(node));
      return 0;
    }
    if (typeof value === 'number') this.#checkNumber(value, node);
    return value === undefined ? null : (value as Json);
  }

  /** To YAML 1.2 an octal mode is a decimal number, or another one than it shows. */
  #checkNumber(value: number, node: Node): void {
    const [start, end] = node.range ?? [0, 0];
    const written = this.#source.text.slice(start, end);
    if (/^[-+]?0[0-9xo]/.test(written))
      this.#problems.add('RB115', { written, read: String(value) }, this.#at(node));
  }

  #checkProperties(node: Node & { anchor?: string; tag?: string }): void {
    if (node.anchor !== undefined) this.#refuse('anchors', node);
    if (node.tag !== undefined) this.#problems.add('RB111', { tag: node.tag }, this.#at(node));
  }

  /** The first of a kind is enough: a bomb is made of thousands. */
  #refuse(what: string, node: Node): void {
    if (!this.#refused.has(what)) this.#problems.add('RB110', { what }, this.#at(node));
    this.#refused.add(what);
  }

  #at(node: Node) {
    const [start, end] = node.range ?? [0, 1];
    const position = this.#source.positionOf(start, end);
    return isMap(node) || isSeq(node) ? { ...position, length: 1 } : position;
  }
}
