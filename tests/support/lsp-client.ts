/** An editor, as far as a language server can tell: real messages over a pair of streams. */
import type { Readable, Writable } from 'node:stream';
import type {
  CompletionItem,
  CompletionList,
  Diagnostic,
  Hover,
  InitializeParams,
  Position,
  ProtocolConnection,
  PublishDiagnosticsParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

export interface LspClient {
  readonly connection: ProtocolConnection;
  initialize(params?: Partial<InitializeParams>): Promise<unknown>;
  open(uri: string, text: string): void;
  change(uri: string, ...changes: readonly TextDocumentContentChangeEvent[]): void;
  /** Those of the latest text of `uri`. */
  diagnostics(uri: string): Promise<readonly Diagnostic[]>;
  complete(uri: string, position: Position): Promise<readonly CompletionItem[]>;
  hover(uri: string, position: Position): Promise<string | null>;
}

/** `settings`: what the editor answers when it is asked for its configuration. */
export const lspClient = (
  { input, output }: { readonly input: Readable; readonly output: Writable },
  settings: { readonly [section: string]: unknown } = {},
): LspClient => {
  const connection = createProtocolConnection(
    new StreamMessageReader(input),
    new StreamMessageWriter(output),
  );
  const versions = new Map<string, number>();
  const latest = new Map<string, PublishDiagnosticsParams>();
  const waiting = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (published: PublishDiagnosticsParams) => {
    latest.set(published.uri, published);
    for (const look of waiting) look();
  });
  connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
    items.map(({ section }) => settings[section ?? ''] ?? null),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();

  const at = (uri: string, position: Position) => ({ textDocument: { uri }, position });
  return {
    connection,
    async initialize(params = {}) {
      const result = await connection.sendRequest('initialize', {
        processId: null,
        rootUri: null,
        workspaceFolders: null,
        capabilities: {
          textDocument: {
            completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
            publishDiagnostics: { versionSupport: true },
          },
          workspace: { configuration: true },
        },
        ...params,
      });
      await connection.sendNotification('initialized', {});
      return result;
    },
    open(uri, text) {
      versions.set(uri, 1);
      const textDocument = { uri, languageId: 'yaml', version: 1, text };
      void connection.sendNotification('textDocument/didOpen', { textDocument });
    },
    change(uri, ...contentChanges) {
      const version = (versions.get(uri) ?? 0) + 1;
      versions.set(uri, version);
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges,
      });
    },
    diagnostics: (uri) =>
      new Promise((resolve) => {
        const look = () => {
          const found = latest.get(uri);
          if (!found || (found.version !== undefined && found.version !== versions.get(uri))) return;
          waiting.delete(look);
          resolve(found.diagnostics);
        };
        waiting.add(look);
        look();
      }),
    async complete(uri, position) {
      const found: CompletionList | CompletionItem[] | null = await connection.sendRequest(
        'textDocument/completion',
        at(uri, position),
      );
      return Array.isArray(found) ? found : (found?.items ?? []);
    },
    async hover(uri, position) {
      const found: Hover | null = await connection.sendRequest('textDocument/hover', at(uri, position));
      return found === null ? null : (found.contents as { value: string }).value;
    },
  };
};

/** The text before and after `|`, and where that is. */
export const cursorIn = (marked: string): { readonly text: string; readonly position: Position } => {
  const at = marked.indexOf('|');
  const before = marked.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return { text: marked.slice(0, at) + marked.slice(at + 1), position };
};
