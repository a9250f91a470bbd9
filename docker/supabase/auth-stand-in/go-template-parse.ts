/**
 * Go's template language as mails use it: fields, variables, pipelines, if, with, range. No library of npm reads it whole
 * (none knows variables, comments or `else if`). Not known here: define, template, block, break and continue.
 */

export type Operand =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  /** `.A.B`, `$x.A`; from null: the dot. */
  | { readonly kind: 'field'; readonly from: string | null; readonly names: readonly string[] }
  | { readonly kind: 'pipe'; readonly pipe: Pipe }
  | { readonly kind: 'function'; readonly name: string };

/** The first is called with the others. */
export type Command = readonly Operand[];

export interface Pipe {
  /** `$x := ...`; two of `range`. */
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    };

export const functionNames = new Set(
  'and or not len index slice print printf println html urlquery eq ne lt le gt ge'.split(' '),
);

const action =
  /\{\{(-\s)?((?:\/\*[\s\S]*?\*\/)|(?:"(?:\\.|[^"\\\n])*"|`[^`]*`|(?!\s-\}\}|\}\})[\s\S])*?)(\s-)?\}\}/y;

interface Piece {
  readonly kind: 'text' | 'action';
  readonly text: string;
}

const piecesOf = (source: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let [at, trims] = [0, false];
  for (;;) {
    const open = source.indexOf('{{', at);
    const found = open < 0 ? null : actionAt(source, open);
    let text = source.slice(at, open < 0 ? undefined : open);
    if (trims) text = text.trimStart();
    if (found?.[1]) text = text.trimEnd();
    if (text !== '') pieces.push({ kind: 'text', text });
    if (!found) return pieces;
    const inside = found[2]?.trim() ?? '';
    if (!inside.startsWith('/*')) pieces.push({ kind: 'action', text: inside });
    trims = found[3] !== undefined;
    at = open + found[0].length;
  }
};

const actionAt = (source: string, at: number): RegExpExecArray => {
  action.lastIndex = at;
  const found = action.exec(source);
  if (!found) throw new Error('unclosed action');
  return found;
};

const token =
  /\s+|(\$\w*(?:\.\w+)*)|((?:\.\w+)+|\.)|("(?:\\.|[^"\\\n])*")|`([^`]*)`|([-+]?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(:=|[=|(),])/y;

type Token = Operand | { readonly kind: 'sign'; readonly sign: string };

const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new Error(`unexpected ${JSON.stringify(text.slice(at, at + 10))}`);
    const made = tokenOf(found);
    if (made) tokens.push(made);
  }
  return tokens;
};

const constants: Readonly<Record<string, boolean | null>> = { true: true, false: false, nil: null };

const tokenOf = ([, variable, field, quoted, raw, number, word, sign]: RegExpExecArray): Token | null => {
  if (variable !== undefined) {
    const [from = '$', ...names] = variable.split('.');
    return { kind: 'field', from, names };
  }
  if (field !== undefined) return { kind: 'field', from: null, names: field.split('.').filter(Boolean) };
  if (quoted !== undefined) return { kind: 'value', value: JSON.parse(quoted) };
  if (raw !== undefined) return { kind: 'value', value: raw };
  if (number !== undefined) return { kind: 'value', value: Number(number) };
  if (sign !== undefined) return { kind: 'sign', sign };
  if (word === undefined) return null;
  const constant = constants[word];
  if (constant !== undefined) return { kind: 'value', value: constant };
  if (!functionNames.has(word)) throw new Error(`function "${word}" not defined`);
  return { kind: 'function', name: word };
};

const isSign = (of: Token | undefined, sign: string): boolean => of?.kind === 'sign' && of.sign === sign;

/** Takes its tokens away, up to a closing parenthesis. */
const pipeOf = (tokens: Token[]): Pipe => {
  const variables: string[] = [];
  const assigns = tokens.findIndex((of) => isSign(of, ':=') || isSign(of, '='));
  const declares = isSign(tokens[assigns], ':=');
  if (assigns > 0)
    for (const of of tokens.splice(0, assigns + 1))
      if (of.kind === 'field' && of.from) variables.push(of.from);
  const commands: Operand[][] = [[]];
  for (let of = tokens[0]; of !== undefined && !isSign(of, ')'); of = tokens[0]) {
    tokens.shift();
    if (isSign(of, '|')) commands.push([]);
    else if (isSign(of, '(')) commands.at(-1)?.push(grouped(tokens));
    else if (of.kind === 'sign') throw new Error(`unexpected ${of.sign}`);
    else commands.at(-1)?.push(of);
  }
  if (commands.some((command) => command.length === 0)) throw new Error('missing value for command');
  return { variables, declares, commands };
};

const grouped = (tokens: Token[]): Operand => {
  const pipe = pipeOf(tokens);
  if (!isSign(tokens.shift(), ')')) throw new Error('unclosed left paren');
  return { kind: 'pipe', pipe };
};

const wholePipe = (text: string): Pipe => {
  const tokens = tokensOf(text);
  const pipe = pipeOf(tokens);
  if (tokens.length > 0) throw new Error('unexpected right paren');
  return pipe;
};

/** Throws with Go's reason where it cannot be read. */
export const parseTemplate = (source: string): readonly Node[] => {
  const pieces = [...piecesOf(source)];
  const nodes = listOf(pieces);
  if (pieces.length > 0) throw new Error(`unexpected {{${pieces[0]?.text}}}`);
  return nodes;
};

const endsList = ({ kind, text }: Piece): boolean => kind === 'action' && /^(?:end|else)\b/.test(text);

const listOf = (pieces: Piece[]): Node[] => {
  const nodes: Node[] = [];
  for (let piece = pieces[0]; piece !== undefined && !endsList(piece); piece = pieces[0]) {
    pieces.shift();
    if (piece.kind === 'text') nodes.push({ kind: 'text', text: piece.text });
    else nodes.push(nodeOf(piece.text, pieces));
  }
  return nodes;
};

const nodeOf = (text: string, pieces: Piece[]): Node => {
  const [, kind, condition = ''] = /^(if|with|range)\b([\s\S]*)$/.exec(text) ?? [];
  if (kind === undefined) return { kind: 'output', pipe: wholePipe(text) };
  const pipe = wholePipe(condition);
  const then = listOf(pieces);
  const next = pieces.shift()?.text;
  const chained = /^else\s+((?:if|with)\b[\s\S]*)$/.exec(next ?? '')?.[1];
  const ends = { kind: kind as 'if', pipe, then };
  // The chained one takes the `end` that is common to both.
  if (chained !== undefined) return { ...ends, otherwise: [nodeOf(chained, pieces)] };
  const otherwise = next === 'else' ? listOf(pieces) : [];
  const end = next === 'else' ? pieces.shift()?.text : next;
  if (end !== 'end') throw new Error(end === undefined ? 'unexpected EOF' : `unexpected {{${end}}}`);
  return { ...ends, otherwise };
};
