/**
 * The tokens of a YAML file written again one after the other, comments among them, so that none can be lost.
 * Line breaks stay where they are; what changes is indents, spaces, blank lines in a row and needless quotes.
 */
import { type CST, Parser } from 'yaml';
import { Page } from './page.ts';
import { putBlockScalar, putFlowScalar } from './scalars.ts';

/** What a runbook does not need and the layout does not know: `? key`, anchors, tags. */
export class Unknown extends Error {
  readonly offset: number;

  constructor(token: { readonly offset: number; readonly type: string }) {
    super(token.type);
    this.offset = token.offset;
  }
}

/** Indent of a block collection: as it was, and as it is written. */
interface Level {
  readonly was: number;
  readonly is: number;
  /** Whether an item follows the one that is being written. */
  more: boolean;
}

type Trivia = readonly CST.SourceToken[];

const isDash = ({ type }: CST.SourceToken): boolean => type === 'seq-item-ind';

class Layout {
  readonly page = new Page();
  readonly #levels: Level[] = [];

  document(token: CST.Token): void {
    switch (token.type) {
      case 'document':
        this.#trivia(token.start, 0);
        if (token.value) this.#value(token.value, -2);
        this.#trivia(token.end ?? [], 0);
        return;
      case 'doc-end':
        this.page.startLine();
        this.page.put(token.source, 0);
        this.#trivia(token.end ?? [], 0);
        return;
      case 'comment':
      case 'newline':
      case 'space':
        this.#trivia([token], 0);
        return;
      default:
        throw new Unknown(token);
    }
  }

  #trivia(tokens: Trivia, indent: number | ((comment: CST.SourceToken) => number)): void {
    for (const token of tokens) {
      if (token.type === 'newline') this.page.newline();
      else if (token.type === 'comment')
        this.page.comment(token.source, typeof indent === 'number' ? indent : indent(token));
      else if (token.type === 'doc-start') this.page.put(token.source, 0);
      else if (token.type !== 'space') throw new Unknown(token);
    }
  }

  /** After the last item of a collection stands also what belongs to the collections around it. */
  #closing(tokens: Trivia): void {
    this.#trivia(tokens, ({ indent }) => {
      const at = this.#levels.filter(({ was }) => was === indent);
      // A list and its key can have the same indent: the comment is about what follows.
      const level =
        at.findLast(({ more }) => more) ?? at[0] ?? this.#levels.findLast(({ was }) => was < indent);
      return level?.is ?? 0;
    });
  }

  /** @param parent indent of the collection that holds the value */
  #value(token: CST.Token, parent: number): void {
    switch (token.type) {
      case 'block-map':
        this.#level(token.indent, parent + 2, (indent) => this.#blockMap(token, indent));
        return;
      case 'block-seq':
        this.#level(token.indent, parent + 2, (indent) => this.#blockSeq(token, indent));
        return;
      case 'flow-collection':
        this.#flow(token, parent);
        this.#trivia(token.end.slice(1), parent + 2);
        return;
      case 'block-scalar':
        putBlockScalar(this.page, token, parent);
        return;
      case 'scalar':
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
        putFlowScalar(this.page, token, parent + 2);
        this.#trivia(token.end ?? [], Math.max(0, parent));
        return;
      default:
        throw new Unknown(token);
    }
  }

  #level(was: number, is: number, write: (indent: number) => void): void {
    this.#levels.push({ was, is, more: false });
    write(is);
    this.#levels.pop();
  }

  /** Whether something other than comments follows in the innermost collection. */
  #mark(followed: boolean): void {
    const level = this.#levels.at(-1);
    if (level) level.more = followed;
  }

  #key(token: CST.Token | null | undefined, indent: number): void {
    if (!token) return;
    if (
      token.type !== 'scalar' &&
      token.type !== 'single-quoted-scalar' &&
      token.type !== 'double-quoted-scalar'
    )
      throw new Unknown(token);
    putFlowScalar(this.page, token, indent);
    this.#trivia(token.end ?? [], indent);
  }

  #blockMap(map: CST.BlockMap, indent: number): void {
    for (const [i, item] of map.items.entries()) {
      if (!item.sep) {
        this.#closing(item.start);
        continue;
      }
      if (i > 0) this.page.startLine();
      this.#mark(map.items[i + 1]?.sep !== undefined);
      this.#trivia(item.start, indent);
      this.#key(item.key, indent);
      const colon = item.sep.findIndex(({ type }) => type === 'map-value-ind');
      if (colon === -1) throw new Unknown(map);
      this.#trivia(item.sep.slice(0, colon), indent);
      this.page.put(':', indent);
      this.page.gap();
      const { value } = item;
      this.#trivia(item.sep.slice(colon + 1), (c) => (value || c.indent > map.indent ? indent + 2 : indent));
      if (!value) continue;
      if (value.type === 'block-map' || value.type === 'block-seq') this.page.startLine();
      this.#value(value, indent);
    }
  }

  #blockSeq(seq: CST.BlockSequence, indent: number): void {
    for (const [i, { start, value }] of seq.items.entries()) {
      const dash = start.findIndex(isDash);
      if (dash === -1) {
        this.#closing(start);
        continue;
      }
      if (i > 0) this.page.startLine();
      this.#mark(seq.items[i + 1]?.start.some(isDash) ?? false);
      this.#trivia(start.slice(0, dash), indent);
      this.page.put('-', indent);
      this.page.gap();
      // The first key stands beside its dash, if no comment stands between them.
      const after = start.slice(dash + 1);
      const first = after.findIndex(({ type }) => type === 'comment');
      this.#trivia(first === -1 ? [] : after.slice(first), indent + 2);
      if (value) this.#value(value, indent);
    }
  }

  /** @param outer indent of the line or collection around it */
  #flow(flow: CST.FlowCollection, outer: number): void {
    const { page } = this;
    const base = page.atStart ? outer + 2 : Math.max(0, outer, page.indent);
    const inner = base + 2;
    const spaced = flow.start.source === '{';
    page.put(flow.start.source, base);
    if (spaced) page.gap();
    let filled = false;
    for (const item of flow.items) {
      for (const token of item.start) {
        if (token.type === 'comma') {
          page.noGap();
          page.put(',', inner);
          page.gap();
        } else this.#trivia([token], inner);
      }
      filled ||= item.key !== undefined || item.value !== undefined || item.sep !== undefined;
      this.#flowPart(item.key, inner);
      for (const token of item.sep ?? []) {
        if (token.type === 'map-value-ind') {
          page.noGap();
          page.put(':', inner);
          page.gap();
        } else this.#trivia([token], inner);
      }
      this.#flowPart(item.value, inner);
    }
    if (spaced && filled) page.gap();
    else page.noGap();
    const [close] = flow.end;
    if (!close) throw new Unknown(flow);
    page.put(close.source, base);
  }

  #flowPart(token: CST.Token | null | undefined, inner: number): void {
    if (!token) return;
    if (token.type === 'flow-collection') {
      this.#flow(token, inner - 2);
      this.#trivia(token.end.slice(1), inner);
    } else this.#key(token, inner);
  }
}

/** Throws Unknown. `text`: parsed without an error before, line ends are `\n`. */
export const layOut = (text: string): string => {
  const layout = new Layout();
  for (const token of new Parser().parse(text)) layout.document(token);
  return layout.page.toString();
};

export const commentsOf = (text: string): readonly string[] => {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && value.type === 'comment' && 'source' in value)
      found.push(String(value.source).trimEnd());
    else for (const inner of Object.values(value)) visit(inner);
  };
  for (const token of new Parser().parse(text)) visit(token);
  return found.sort();
};
