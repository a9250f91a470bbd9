import type { SqlError } from '../_kits/sql/client.ts';

/** Classes of states whose messages quote what a row holds: a value that does not fit, a key that is there twice. */
const quoting = new Set(['22', '23']);

/** What a server's refusal says, without people's data. */
export const said = ({ message, code, sqlState }: SqlError): string =>
  quoting.has(sqlState.slice(0, 2))
    ? `the server refused a value (${code}); its message would quote the value`
    : `the server refused: ${message} (${code})`;
