/** Which texts the author of a step may vouch for (`trust_read`) where the parser does not know them: by the words alone. */

/** Servers do not agree on what is a string and what is a comment; each of these holds for one of them, or by its settings. */
interface Reading {
  /** A backslash in a string escapes the next character. */
  readonly backslash: boolean;
  /** `#` begins a comment. */
  readonly hash: boolean;
  /** `--` begins a comment without a space after it as well. */
  readonly dashes: boolean;
}

const both = [false, true];
const outsideOf = ({ backslash, hash, dashes }: Reading): RegExp => {
  const inner = (quote: string) =>
    backslash ? `(?:[^${quote}\\\\]|\\\\[^]|${quote}${quote})*` : `[^${quote}]*`;
  const parts = [
    `'${inner("'")}'`,
    `"${inner('"')}"`,
    '`[^`]*`',
    '\\/\\*[^]*?\\*\\/',
    dashes ? '--[^\\n]*' : '--(?=\\s|$)[^\\n]*',
    ...(hash ? ['#[^\\n]*'] : []),
  ];
  return new RegExp(parts.join('|'), 'g');
};

const readings = both.flatMap((backslash) =>
  both.flatMap((hash) => both.map((dashes) => outsideOf({ backslash, hash, dashes }))),
);

/** Code without its strings, names in quotes and comments. null: a comment in a comment, which only some servers allow */
const codeOf = (sql: string, outside: RegExp): string | null => {
  let nested = false;
  const code = sql.replaceAll(outside, (part) => {
    if (part.startsWith('/*')) nested ||= part.includes('/*', 2);
    return /^['"`]/.test(part) ? ' ? ' : ' ';
  });
  return nested ? null : code;
};

/** To a server that takes `#` and `--` for no comment, a line that begins with it is a syntax error. */
const beginsAsRead =
  /^(?:[\s(]|(?:#|--).*\n)*(select|with|table|values|show|explain|describe|desc|analyze\s+(format\s*=\s*\S+\s+)?select|checksum|help)\b/i;

/** Words of a statement that writes or locks. `replace(` and `insert(` are functions. */
const acts =
  /\binto\b|\bfor\s+(no\s+key\s+|key\s+)?(update|share)\b|\block\s+in\s+share\s+mode\b|\b(delete|update|merge)\b|\b(insert|replace)\b(?!\s*\()/i;

/** What is left of a string or comment that was not closed, and a second statement. */
const torn = /['"`]|\/\*|\*\/|;\s*\S/;

/** Executable comments of MySQL and MariaDB, strings of Postgres in dollars, a line end that only some servers know. */
const unclear = /\/\*M?!|\$\w*\$|\r(?!\n)/;

/** It begins as a read does, and no server finds a word in it that writes or locks. */
export const isVouchable = (sql: string): boolean =>
  !unclear.test(sql) &&
  readings.every((outside) => {
    const code = codeOf(sql, outside);
    return code !== null && beginsAsRead.test(code) && !acts.test(code) && !torn.test(code);
  });
