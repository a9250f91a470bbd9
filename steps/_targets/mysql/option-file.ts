/** What a tool of the server (mysqldump, mysql) reads from a pipe, so that the password is on no disk and in no process list. */

import type { SqlAccess } from '../../_kits/sql/access.ts';

const quoted = (text: string): string => {
  if (/[\0]/.test(text)) throw new Error('a NUL byte cannot stand in an option file');
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${escaped.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
};

export const optionFile = (access: SqlAccess): string => {
  const { host, port, socket, user } = access.config;
  const address =
    socket === undefined
      ? [`host=${quoted(host)}`, `port=${port}`, 'protocol=tcp']
      : [`socket=${quoted(socket)}`];
  const ca = access.caFile === null ? [] : [`ssl-ca=${quoted(access.caFile)}`];
  const login = [`user=${quoted(user)}`, `password=${quoted(access.password())}`];
  return ['[client]', ...login, ...address, ...ca, ''].join('\n');
};
