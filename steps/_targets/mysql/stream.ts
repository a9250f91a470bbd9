import { isUtf8 } from 'node:buffer';
import type { Connection, TypeCastField } from 'mysql2';
import { SessionLost, type TextRow } from '../../_kits/sql/client.ts';
import { classify } from './classify.ts';

/** Rows that the driver may read ahead; it then stops reading from the server. */
const ahead = 500;

/**
 * Bytes that are no text, which an old column can hold, would become U+FFFD, and be the same as a text with that letter
 * in it: they are told in hex behind half a surrogate pair, which no database can hold.
 */
const asText = (field: TypeCastField): string | null => {
  const bytes = field.buffer();
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !isUtf8(bytes) ? `\ud800${bytes.toString('hex')}` : text;
};

/** Leaving early breaks the connection: the server would otherwise send all the rest first. */
export async function* streamRows(connection: Connection, sql: string): AsyncGenerator<TextRow> {
  const rows = connection
    .query({ sql, rowsAsArray: true, typeCast: asText })
    .stream({ highWaterMark: ahead });
  // A command without a callback never hears that the connection broke: only the connection does.
  const broke = (error?: unknown) => rows.destroy(new SessionLost('the connection broke', { cause: error }));
  connection.once('error', broke).once('end', broke);
  let usedUp = false;
  try {
    for await (const row of rows) yield row as TextRow;
    usedUp = true;
  } catch (error) {
    throw error instanceof SessionLost ? error : classify(error);
  } finally {
    connection.off('error', broke).off('end', broke);
    if (!usedUp) connection.destroy();
  }
}
