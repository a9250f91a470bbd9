// A broker's export as trades. All rows or none: half an import is worse than a message.
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';

const decimal = /^-?\d{1,10}([.]\d{1,8})?$/;
const money = /^-?\d{1,16}([.]\d{1,2})?$/;
const instant = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}([.]\d{1,3})?)?Z?$/;

const isInstant = (value) => instant.test(value) && !Number.isNaN(toDate(value).getTime());
const toDate = (value) => new Date(`${value.replace(' ', 'T').replace(/Z$/, '')}Z`);

const columns = {
  symbol: { required: true, valid: (value) => value.length <= 32 },
  direction: { required: true, valid: (value) => ['LONG', 'SHORT'].includes(value) },
  openedAt: { required: true, valid: isInstant },
  closedAt: { required: false, valid: isInstant },
  entryPrice: { required: true, valid: (value) => decimal.test(value) },
  exitPrice: { required: false, valid: (value) => decimal.test(value) },
  quantity: { required: true, valid: (value) => decimal.test(value) },
  realizedPnlUsd: { required: false, valid: (value) => money.test(value) },
  fees: { required: false, valid: (value) => money.test(value) },
};
export const columnNames = Object.keys(columns);

const problemsOf = (row, line) =>
  Object.entries(columns)
    .filter(([name, { required, valid }]) => (row[name] ? !valid(row[name]) : required))
    .map(([name]) => `Ligne ${line}\u00a0: la colonne ${name} est absente ou invalide.`);

/** Of the owner's address and the row, so that importing a file twice adds nothing. Not of the owner's id: 2.0 gives new ones. */
const hashOf = (email, row) =>
  createHash('sha256')
    .update(JSON.stringify([email.toLowerCase(), ...columnNames.map((name) => row[name] || null)]))
    .digest('hex');

const toTrade = (row, email) => ({
  ...Object.fromEntries(columnNames.map((name) => [name, row[name] || null])),
  openedAt: toDate(row.openedAt),
  closedAt: row.closedAt ? toDate(row.closedAt) : null,
  importHash: hashOf(email, row),
});

/** `problems` is empty exactly when `trades` may be inserted. */
export const readTrades = (text, email) => {
  let rows;
  try {
    rows = parse(text, {
      bom: true,
      columns: true,
      delimiter: [',', ';'],
      skip_empty_lines: true,
      trim: true,
    });
  } catch {
    return { trades: [], problems: ['Ce fichier n’est pas un CSV lisible.'] };
  }
  if (rows.length === 0) return { trades: [], problems: ['Ce fichier ne contient aucun trade.'] };
  const problems = rows.flatMap((row, i) => problemsOf(row, i + 2));
  return { trades: problems.length > 0 ? [] : rows.map((row) => toTrade(row, email)), problems };
};
