/** The language server in this process, driven by the messages of an editor. */
import { PassThrough } from 'node:stream';
import { serve } from '../../../engine/lsp/server.ts';
import type { Registry } from '../../../engine/registry.ts';
import { registry as realRegistry } from '../../../steps/index.ts';
import { cursorIn, type LspClient, lspClient } from '../../support/lsp-client.ts';

export interface Editor extends LspClient {
  /** Opens the text without its `|`, and is asked there. */
  at(marked: string, uri?: string): { uri: string; position: { line: number; character: number } };
  request<T>(method: string, params: object): Promise<T>;
  /** The exit code of the server. */
  readonly ended: Promise<0 | 1>;
  /** The editor is gone without a word. */
  hangUp(): void;
}

let opened = 0;

export const startEditor = (
  settings: { readonly [section: string]: unknown } = {},
  registry: Registry = realRegistry,
): Editor => {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const ended = serve({ input: toServer, output: toClient }, { registry, version: '0.0.0', delayMs: 0 });
  const client = lspClient({ input: toClient, output: toServer }, settings);
  return {
    ...client,
    ended,
    hangUp: () => void toServer.end(),
    request: (method, params) => client.connection.sendRequest(method, params),
    at(marked, uri = `untitled:${opened++}.yaml`) {
      const { text, position } = cursorIn(marked);
      client.open(uri, text);
      return { uri, position };
    },
  };
};

export const head = 'version: 1\nname: small\n';

/** One runbook with every kind of name. `more`: further lines of the last step. */
export const small = (steps: string): string => `${head}
vars:
  domain: { type: string, required: true, description: The address of the site }
  limit: { type: int, default: 5 }
secrets:
  db_password: { env: DB_PASSWORD }
targets:
  web: { type: ssh, host: web.example, user: deploy, fingerprint: "SHA256:0123456789012345678901234567890123456789012" }
  legacy: { type: mysql, via: web, user: app, password: "\${{ secrets.db_password }}", database: app }
  fresh: { type: postgres, host: 127.0.0.1, user: app, database: app }
approvers:
  lead: { name: Cutover lead }
  deputy: { name: Deputy }
steps:
  - id: count-users
    name: Count the users
    at: T-5m
    type: mysql.query
    target: legacy
    with: { sql: SELECT COUNT(*) FROM users }
  - id: page
    type: http.check
    with: { url: "https://\${{ vars.domain }}/", status: 200 }
${steps}`;
