/** Offsets to the positions of the protocol, and what was found to its answers. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath, type pathToFileURL } from 'node:url';
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CompletionItem,
  CompletionItemKind,
  type DocumentSymbol,
  ErrorCodes,
  type Hover,
  type InitializeParams,
  type Location,
  type Position,
  type Range,
  ResponseError,
  SymbolKind,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { homePath } from '../home-path.ts';
import type { Registry } from '../registry.ts';
import { complete } from './complete.ts';
import type { Draft } from './drafts.ts';
import { fixFor } from './fixes.ts';
import { hover } from './hover.ts';
import { type Mention, mentionAt, sameName } from './mentions.ts';
import type { Offer } from './offer.ts';
import { type OutlineSymbol, symbolsIn } from './outline-symbols.ts';
import type { Found } from './problems.ts';
import { rename } from './rename.ts';

/** The folder that vars files are relative to; null: none is open. */
export const folderOf = ({ workspaceFolders, rootUri }: InitializeParams): string | null => {
  const uri = workspaceFolders?.[0]?.uri ?? rootUri;
  return uri?.startsWith('file:') ? fileURLToPath(uri) : null;
};

const rangeOf = (draft: Draft, { start, end }: { readonly start: number; readonly end: number }): Range => ({
  start: draft.document.positionAt(start),
  end: draft.document.positionAt(end),
});

const mentionUnder = (draft: Draft, position: Position): Mention | null =>
  mentionAt(draft.mentions, draft.document.offsetAt(position));

const ITEM_KINDS: Record<Offer['kind'], CompletionItemKind> = {
  step: CompletionItemKind.Reference,
  name: CompletionItemKind.Variable,
  field: CompletionItemKind.Field,
  type: CompletionItemKind.Class,
  value: CompletionItemKind.EnumMember,
  key: CompletionItemKind.Property,
};

export const completion = (draft: Draft, position: Position, registry: Registry): CompletionItem[] => {
  const found = complete(draft.text, draft.document.offsetAt(position), registry);
  if (!found) return [];
  return found.offers.map((offer, i): CompletionItem => {
    const start = found.start - (offer.before ?? 0);
    const detail = [offer.detail, offer.doubt].filter((part) => part !== undefined).join(': ');
    return {
      label: offer.label,
      kind: ITEM_KINDS[offer.kind],
      ...(detail !== '' && { detail }),
      ...(offer.documentation !== undefined && {
        documentation: { kind: 'markdown', value: offer.documentation },
      }),
      sortText: `${offer.doubt === undefined ? 0 : 1}${String(i).padStart(5, '0')}`,
      // An editor compares it with the text that is replaced.
      filterText: draft.text.slice(start, found.start) + offer.label,
      textEdit: { range: rangeOf(draft, { start, end: found.end }), newText: offer.insert ?? offer.label },
    };
  });
};

export const hovered = async (
  draft: Draft,
  position: Position,
  registry: Registry,
  { vars, folder }: { readonly vars: readonly string[]; readonly folder: string | null },
): Promise<Hover | null> => {
  const offset = draft.document.offsetAt(position);
  const { found: examined } = await draft.examined(vars, folder);
  const found = hover(offset, { examined, registry, mention: mentionAt(draft.mentions, offset) });
  return found && { contents: { kind: 'markdown', value: found.markdown }, range: rangeOf(draft, found) };
};

export const definition = (
  draft: Draft,
  position: Position,
  toUri: typeof pathToFileURL,
): Location | null => {
  const mention = mentionUnder(draft, position);
  if (mention?.kind === 'file' && draft.path !== null) {
    const uri = toUri(resolve(dirname(draft.path), homePath(mention.name))).href;
    return { uri, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };
  }
  const declared = mention && sameName(draft.mentions, mention).find(({ declares }) => declares);
  return declared ? { uri: draft.uri, range: rangeOf(draft, declared) } : null;
};

export const references = (draft: Draft, position: Position, withDeclaration: boolean): Location[] => {
  const mention = mentionUnder(draft, position);
  if (!mention) return [];
  return sameName(draft.mentions, mention)
    .filter(({ declares }) => withDeclaration || !declares)
    .map((each) => ({ uri: draft.uri, range: rangeOf(draft, each) }));
};

const SYMBOL_KINDS: Record<OutlineSymbol['kind'], SymbolKind> = {
  section: SymbolKind.Namespace,
  step: SymbolKind.Function,
  block: SymbolKind.Array,
  line: SymbolKind.Event,
  name: SymbolKind.Variable,
};

export const symbols = (draft: Draft): DocumentSymbol[] => {
  const symbolOf = (symbol: OutlineSymbol): DocumentSymbol => ({
    name: symbol.name,
    detail: symbol.detail,
    kind: SYMBOL_KINDS[symbol.kind],
    range: rangeOf(draft, symbol),
    selectionRange: rangeOf(draft, { start: symbol.nameStart, end: symbol.nameEnd }),
    children: symbol.children.map(symbolOf),
  });
  return symbolsIn(draft.outline.source).map(symbolOf);
};

export const prepareRename = (
  draft: Draft,
  position: Position,
): { range: Range; placeholder: string } | null => {
  const mention = mentionUnder(draft, position);
  if (mention?.kind !== 'step') return null;
  return { range: rangeOf(draft, mention), placeholder: mention.name };
};

export const renamed = (draft: Draft, position: Position, to: string): WorkspaceEdit | null => {
  const mention = mentionUnder(draft, position);
  if (!mention) return null;
  const result = rename(mention, to, draft.mentions, draft.outline);
  if ('refused' in result) throw new ResponseError(ErrorCodes.InvalidRequest, result.refused);
  const edits = result.edits.map((edit) => ({ range: rangeOf(draft, edit), newText: edit.text }));
  return { changes: { [draft.uri]: edits } };
};

const overlap = (a: Range, b: Range): boolean => {
  const before = (p: Position, q: Position) =>
    p.line < q.line || (p.line === q.line && p.character < q.character);
  return !before(a.end, b.start) && !before(b.end, a.start);
};

export const fixes = (
  { range, textDocument: { uri } }: CodeActionParams,
  found: readonly Found[],
  draft: Draft | undefined,
): CodeAction[] => {
  if (!draft) return [];
  return found
    .filter(({ shown }) => overlap(shown.range, range))
    .flatMap(({ diagnostic, shown }): CodeAction[] => {
      const fix = fixFor(diagnostic, draft.document.getText(shown.range));
      if (!fix) return [];
      const edits = [{ range: shown.range, newText: fix.text }];
      return [
        {
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [shown],
          isPreferred: true,
          edit: { changes: { [uri]: edits } },
        },
      ];
    });
};
