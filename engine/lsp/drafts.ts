/** The open files: what is known of each text, made once and kept until the text changes. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Diagnostic, DiagnosticError } from '../diagnostic.ts';
import { type DraftParts, type Examined, examine, partsOf } from '../load/examine.ts';
import { type Outline, outlineOf } from '../load/outline.ts';
import { readText } from '../load/read-source.ts';
import type { VarsFile } from '../load/vars.ts';
import type { Registry } from '../registry.ts';
import { type Mentions, mentionsIn } from './mentions.ts';

/** `untitled:` and what else is not on this machine has no path. */
const pathOf = (uri: string): string | null => {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : null;
  } catch {
    return null;
  }
};

/** A file of another kind is none of our business: editors start a server for all that is YAML. */
const looksLikeRunbook = (text: string): boolean =>
  /^# yaml-language-server: \$schema=.*runbook\.schema\.json/m.test(text) ||
  (/^["']?version["']?[ \t]*:/m.test(text) && /^["']?steps["']?[ \t]*:/m.test(text));

const partTexts = (parts: DraftParts | null): readonly string[] =>
  parts === null ? [] : [...parts.parts].map(([path, part]) => path + (part?.source.text ?? ''));

export class Draft {
  readonly uri: string;
  readonly path: string | null;
  readonly #registry: Registry;
  #document: TextDocument;
  #outline: Outline | undefined;
  #mentions: Mentions | undefined;
  #examined:
    | { readonly key: string; readonly found: Examined; readonly more: readonly Diagnostic[] }
    | undefined;

  constructor(document: TextDocument, registry: Registry) {
    this.uri = document.uri;
    this.path = pathOf(document.uri);
    this.#document = document;
    this.#registry = registry;
  }

  get document(): TextDocument {
    return this.#document;
  }

  get text(): string {
    return this.#document.getText();
  }

  get isRunbook(): boolean {
    return looksLikeRunbook(this.text);
  }

  /** `changes`: as the protocol has them. */
  update(changes: Parameters<typeof TextDocument.update>[1], version: number): void {
    this.#document = TextDocument.update(this.#document, changes, version);
    this.forget();
  }

  /** What the file depends on has changed. */
  forget(): void {
    this.#outline = undefined;
    this.#mentions = undefined;
    this.#examined = undefined;
  }

  get outline(): Outline {
    this.#outline ??= outlineOf(this.text, this.#registry);
    return this.#outline;
  }

  get mentions(): Mentions {
    this.#mentions ??= mentionsIn(this.outline, this.#registry);
    return this.#mentions;
  }

  /** `varsFiles`: next to the runbook, or else below `folder`. `more`: why some of them cannot be read. */
  async examined(
    varsFiles: readonly string[],
    folder: string | null,
  ): Promise<{ readonly found: Examined; readonly more: readonly Diagnostic[] }> {
    const version = this.#document.version;
    const read = await Promise.all(varsFiles.map((file) => this.#readVars(file, folder)));
    const files = read.flatMap(({ vars }) => vars ?? []);
    const draft = { file: this.path ?? this.uri, text: this.text, path: this.path };
    const parts = await partsOf(draft);
    const key = JSON.stringify([version, files, partTexts(parts)]);
    if (this.#examined?.key === key) return this.#examined;
    const given = { registry: this.#registry, varsFiles: files, vars: {}, varsMayMiss: true };
    const found = examine(draft, given, parts);
    this.#examined = { key, found, more: read.flatMap(({ failed }) => failed ?? []) };
    return this.#examined;
  }

  async #readVars(
    file: string,
    folder: string | null,
  ): Promise<{ readonly vars?: VarsFile; readonly failed?: readonly Diagnostic[] }> {
    const folders = [this.path === null ? null : dirname(this.path), folder].filter((f) => f !== null);
    let failed: readonly Diagnostic[] = [];
    for (const at of folders.length > 0 ? folders : ['']) {
      try {
        return { vars: await readText(resolve(at, file)) };
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        failed = error.diagnostics;
      }
    }
    return { failed };
  }
}
