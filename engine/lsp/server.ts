/** `runbook lsp`: the messages of the protocol, each answered by one of the files beside this one. */
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createConnection, type InitializeParams, TextDocumentSyncKind } from 'vscode-languageserver';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import * as answers from './answers.ts';
import { Draft, type TypesOfDrafts } from './drafts.ts';
import { type Found, findProblems } from './problems.ts';
import { type Settings, settingsFrom } from './settings.ts';

export interface LspOptions extends TypesOfDrafts {
  readonly version: string;
  /** From the last change of a text until it is judged. */
  readonly delayMs: number;
}

/** Ends with the exit code: 0 after a shutdown, 1 if the editor is gone without one. */
export const serve = (
  { input, output }: { readonly input: Readable; readonly output: Writable },
  { version, delayMs, ...types }: LspOptions,
): Promise<0 | 1> =>
  new Promise((done) => {
    const drafts = new Map<string, Draft>();
    const published = new Map<string, readonly Found[]>();
    const timers = new Map<string, NodeJS.Timeout>();
    let settings: Settings = { vars: [] };
    let folder: string | null = null;
    let asksForSettings = false;
    /** Nothing is judged before: problems would come and go. */
    let settled = Promise.resolve();

    const watchDog = {
      shutdownReceived: false,
      initialize: () => {},
      exit: () => end(),
    };
    let ended = false;
    const end = () => {
      ended = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      drafts.clear();
      done(watchDog.shutdownReceived ? 0 : 1);
    };
    const connection = createConnection(
      (logger) =>
        createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output), logger),
      watchDog,
    );
    input.once('end', end);
    input.once('close', end);

    const tell = (error: unknown): void => {
      if (!ended) connection.console.error(`runbook: ${String(error)}`);
    };
    const judge = async (uri: string): Promise<void> => {
      await settled;
      const draft = drafts.get(uri);
      if (!draft) return;
      const { version } = draft.document;
      const found = draft.isRunbook ? await findProblems(draft, settings.vars, folder) : [];
      // Another text has come meanwhile: it will be judged.
      if (drafts.get(uri)?.document.version !== version) return;
      published.set(uri, found);
      await connection.sendDiagnostics({ uri, version, diagnostics: found.map(({ shown }) => shown) });
    };
    const judgeSoon = (uri: string): void => {
      clearTimeout(timers.get(uri));
      const timer = setTimeout(() => {
        timers.delete(uri);
        judge(uri).catch(tell);
      }, delayMs);
      timers.set(uri, timer);
    };
    const judgeAll = (): void => {
      for (const [uri, draft] of drafts) {
        draft.forget();
        judgeSoon(uri);
      }
    };
    const askForSettings = async (): Promise<void> => {
      if (!asksForSettings) return;
      const given: unknown = await connection.sendRequest('workspace/configuration', {
        items: [{ section: 'runbook' }],
      });
      const [own] = Array.isArray(given) ? given : [];
      if (own === null || own === undefined) return;
      settings = settingsFrom(own);
      judgeAll();
    };
    /** The draft of a file that is a runbook; null: there is nothing to say about it. */
    const runbook = async ({ textDocument }: { textDocument: { uri: string } }): Promise<Draft | null> => {
      const draft = drafts.get(textDocument.uri);
      if (!draft?.isRunbook) return null;
      await draft.prepare();
      return draft;
    };

    connection.onInitialize((params: InitializeParams) => {
      settings = settingsFrom(params.initializationOptions);
      folder = answers.folderOf(params);
      asksForSettings = params.capabilities.workspace?.configuration === true;
      return {
        serverInfo: { name: 'runbook', version },
        capabilities: {
          textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
          completionProvider: { triggerCharacters: ['.', '[', "'", '"', ' '] },
          hoverProvider: true,
          definitionProvider: true,
          referencesProvider: true,
          documentSymbolProvider: true,
          renameProvider: { prepareProvider: true },
          codeActionProvider: { codeActionKinds: ['quickfix'] },
        },
      };
    });
    connection.onInitialized(() => {
      settled = askForSettings().catch(tell);
    });
    connection.onDidChangeConfiguration(({ settings: given }) => {
      if (asksForSettings) return askForSettings();
      settings = settingsFrom((given as { runbook?: unknown } | null)?.runbook);
      judgeAll();
    });

    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
      drafts.set(uri, new Draft(TextDocument.create(uri, languageId, version, text), types));
      judgeSoon(uri);
    });
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      drafts.get(uri)?.update([...contentChanges], version);
      judgeSoon(uri);
    });
    // Another file that a runbook names may be what was saved.
    connection.onDidSaveTextDocument(judgeAll);
    connection.onDidChangeWatchedFiles(judgeAll);
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      clearTimeout(timers.get(uri));
      timers.delete(uri);
      drafts.delete(uri);
      published.delete(uri);
      return connection.sendDiagnostics({ uri, diagnostics: [] });
    });

    connection.onCompletion(async (params) => {
      const draft = await runbook(params);
      return draft && answers.completion(draft, params.position, draft.registry);
    });
    connection.onHover(async (params) => {
      const draft = await runbook(params);
      return (
        draft && answers.hovered(draft, params.position, draft.registry, { vars: settings.vars, folder })
      );
    });
    connection.onDefinition(async (params) => {
      const draft = await runbook(params);
      return draft && answers.definition(draft, params.position, pathToFileURL);
    });
    connection.onReferences(async (params) => {
      const draft = await runbook(params);
      return draft && answers.references(draft, params.position, params.context.includeDeclaration);
    });
    connection.onDocumentSymbol(async (params) => {
      const draft = await runbook(params);
      return draft && answers.symbols(draft);
    });
    connection.onPrepareRename(async (params) => {
      const draft = await runbook(params);
      return draft && answers.prepareRename(draft, params.position);
    });
    connection.onRenameRequest(async (params) => {
      const draft = await runbook(params);
      return draft && answers.renamed(draft, params.position, params.newName);
    });
    connection.onCodeAction((params) =>
      answers.fixes(
        params,
        published.get(params.textDocument.uri) ?? [],
        drafts.get(params.textDocument.uri),
      ),
    );
    connection.listen();
  });
