/**
 * Every shell script that stands in the code as a text, with what is interpolated into it: other texts as they are
 * written, anything else as a 1. Found by reading the source, so that none is left out for not being exported.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = resolve(import.meta.dirname, '../..');

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const childrenOf = (node: Node): readonly Node[] => Object.values(node).flat().filter(isNode);

function* within(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* within(child);
}

interface Source {
  readonly program: Node;
  /** What each name stands for, if that is a text. */
  readonly texts: ReadonlyMap<string, Node>;
  /** A name from another file: that file, and the name there. */
  readonly imports: ReadonlyMap<string, readonly [file: string, name: string]>;
}

const isText = (node: unknown): node is Node =>
  isNode(node) &&
  (node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string'));

const read = new Map<string, Source>();

const sourceOf = (file: string): Source => {
  const known = read.get(file);
  if (known) return known;
  const { program, module } = parseSync(file, readFileSync(resolve(root, file), 'utf8'));
  const texts = new Map<string, Node>();
  for (const node of within(program as unknown as Node))
    if (node.type === 'VariableDeclarator' && isText(node.init))
      texts.set(String((node.id as Node).name), node.init);
  const imports = new Map(
    module.staticImports
      .filter(({ moduleRequest }) => moduleRequest.value.startsWith('.'))
      .flatMap(({ moduleRequest, entries }) => {
        const from = relative(root, resolve(root, dirname(file), moduleRequest.value));
        return entries.map((entry) => [entry.localName.value, [from, entry.importName.name ?? '']] as const);
      }),
  );
  const source = { program: program as unknown as Node, texts, imports };
  read.set(file, source);
  return source;
};

const textOf = (file: string, node: Node): string => {
  if (node.type === 'Literal') return String(node.value);
  if (node.type === 'Identifier') {
    const { texts, imports } = sourceOf(file);
    const own = texts.get(String(node.name));
    if (own) return textOf(file, own);
    const [from, name] = imports.get(String(node.name)) ?? [];
    const there = from === undefined || name === undefined ? undefined : sourceOf(from).texts.get(name);
    return from !== undefined && there ? textOf(from, there) : '1';
  }
  if (node.type !== 'TemplateLiteral') return '1';
  const quasis = node.quasis as readonly { readonly value: { readonly cooked: string } }[];
  const expressions = node.expressions as readonly Node[];
  return quasis
    .map(({ value }, i) => value.cooked + (expressions[i] ? textOf(file, expressions[i]) : ''))
    .join('');
};

/** Words that begin a command of a shell, and nothing of SQL or of a sentence. */
const shell =
  /(^|[\n;{])[ \t]*(if \[|case \$|while |for \w+ in|\w+\(\) \{|printf '|rm -|exec |set -|trap |read -r|mkdir -|\[ |command -v|kill -)/;
const isScript = (name: string, text: string): boolean =>
  !name.endsWith('Awk') && (/(Script|[bB]ootstrap)$/.test(name) || shell.test(text));

export interface ShellScript {
  /** `steps/_kits/files/install.ts: script`, or the line where it has no name. */
  readonly name: string;
  readonly text: string;
}

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'steps'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.endsWith('.ts'));

const scriptsOf = (file: string): readonly ShellScript[] => {
  const { program, texts } = sourceOf(file);
  const names = new Map([...texts].map(([name, node]) => [node, name]));
  const inner = new Set<Node>();
  const found: ShellScript[] = [];
  for (const node of within(program)) {
    if (inner.has(node) || !isText(node)) continue;
    for (const part of within(node)) inner.add(part);
    const text = textOf(file, node);
    const name = names.get(node) ?? `number ${found.length + 1}`;
    if (isScript(name, text)) found.push({ name: `${file}: ${name}`, text });
  }
  return found;
};

export const shellScripts = (): readonly ShellScript[] => files.flatMap(scriptsOf);

/** The names of scripts that are handed to a place, as `file: name`. */
export const scriptsRun = (): readonly string[] =>
  files.flatMap((file) => {
    const { program, imports, texts } = sourceOf(file);
    return [...within(program)].flatMap((node) => {
      if (node.type !== 'CallExpression') return [];
      const callee = node.callee as Node;
      if (!['runScript', 'readByScript'].includes(String(callee.name))) return [];
      const script = (node.arguments as readonly Node[])[1];
      if (script?.type !== 'Identifier') return [];
      const name = String(script.name);
      const imported = imports.get(name);
      if (imported) return [imported.join(': ')];
      // Else it is a parameter: whoever calls that function names it.
      return texts.has(name) ? [`${file}: ${name}`] : [];
    });
  });
