/** Files that the runbook names: their content belongs to the plan. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { type DataOf, DiagnosticError, type Position } from '../diagnostic.ts';
import { homePath } from '../home-path.ts';
import type { Problems } from './problems.ts';
import { readRegularFile } from './read-source.ts';

export type ReadFile = (path: string) => Promise<Uint8Array>;

/** Bodies and scripts are small; a dump named by mistake should not fill the memory. */
const MAX_NAMED_BYTES = 64 * 1024 * 1024;

export const readNamedFile: ReadFile = (named) => readRegularFile(named, named, MAX_NAMED_BYTES);

export class NamedFiles {
  readonly #named = new Map<string, Position>();
  readonly #contents = new Map<string, Uint8Array>();
  readonly #byOwner = new WeakMap<object, readonly string[]>();

  /** `path` as written in the runbook. */
  add(path: string, position: Position): void {
    if (!this.#named.has(path)) this.#named.set(path, position);
  }

  /** It was read already, as a part of the runbook itself. */
  know(path: string, content: Uint8Array): void {
    this.#contents.set(path, content);
  }

  /** What belongs to the digest of `owner`. */
  assign(owner: object, paths: readonly string[]): void {
    this.#byOwner.set(owner, paths);
  }

  of(owner: object): readonly string[] {
    return this.#byOwner.get(owner) ?? [];
  }

  async readAll(folder: string, read: ReadFile, problems: Problems): Promise<void> {
    for (const [path, position] of this.#named) {
      try {
        this.#contents.set(path, await read(resolve(folder, homePath(path))));
      } catch (error) {
        problems.add('RB228', { path, fault: faultOf(error) }, position);
      }
    }
  }

  /** `sha256:<hex>` by path, for those that could be read. */
  digests(): { readonly [path: string]: string } {
    const entries = [...this.#contents].map(([path, bytes]): [string, string] => [
      path,
      `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    ]);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  text(path: string): string {
    return new TextDecoder().decode(this.#contents.get(path));
  }
}

export const faultOf = (error: unknown): DataOf<'RB228'>['fault'] => {
  const diagnostic = error instanceof DiagnosticError ? error.diagnostics[0] : undefined;
  if (diagnostic?.code === 'RB101') return { kind: 'missing' };
  if (diagnostic?.code === 'RB103') return { kind: 'too-long', limit: diagnostic.data.limit };
  const said = error instanceof Error ? error.message : String(error);
  return { kind: 'unreadable', reason: diagnostic?.code === 'RB102' ? diagnostic.data.why : said };
};
