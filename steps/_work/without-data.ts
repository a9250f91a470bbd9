/**
 * What a MySQL or MariaDB server says, without the values of rows that it quotes: a message goes to the screen, to the
 * log and into the journal, which is kept. By the error's number, since the server does not escape what it quotes.
 */

/** Of a key, a column, a function: names of the schema, quoted or not, to the end of the message. */
const place = / for (?:column|function|key) [`'"\w.$]+(?: at row \d+)?\.?$/;
const placeOf = (message: string): string => place.exec(message)?.[0] ?? '';

const value = (message: string): string => {
  const kind = /^(?:Truncated incorrect|Incorrect) [\w/ ]+? value/.exec(message)?.[0] ?? 'Incorrect value';
  return `${kind}${placeOf(message)}`;
};

const withoutValue: { readonly [errno: number]: (message: string) => string } = {
  1062: (message) => `Duplicate entry${placeOf(message)}`,
  1292: value,
  1366: value,
  1367: value,
  1411: value,
  1525: value,
  1526: () => 'Table has no partition for a value',
  1557: () => 'A foreign key would lead to a duplicate entry',
  1586: (message) => `Duplicate entry${placeOf(message)}`,
  1690: (message) => /^[\w ]+ value is out of range/.exec(message)?.[0] ?? 'A value is out of range',
  1761: () => 'A foreign key would lead to a duplicate entry',
  1762: () => 'A foreign key would lead to a duplicate entry',
  1859: (message) => `Duplicate entry${placeOf(message)}`,
  1977: () => 'A value cannot be converted',
  3140: (message) => `Invalid JSON text${placeOf(message)}`,
  3141: (message) => `Invalid JSON text${placeOf(message)}`,
  3854: () => 'A string cannot be converted',
};

/** For errors of statements that the runbook holds: the rest of the message is about those. */
export const withoutValues = (errno: number | undefined, message: string): string =>
  (errno === undefined ? undefined : withoutValue[errno])?.(message) ?? message;

/** Messages that quote names of the schema, of the server or of an account, and no row. */
const namesOnly = new Set([
  3, 1005, 1007, 1008, 1021, 1030, 1040, 1044, 1045, 1046, 1049, 1050, 1051, 1054, 1059, 1060, 1061, 1067,
  1068, 1069, 1070, 1071, 1072, 1075, 1091, 1101, 1109, 1114, 1115, 1118, 1130, 1136, 1142, 1143, 1146, 1147,
  1153, 1193, 1205, 1206, 1213, 1215, 1216, 1217, 1227, 1231, 1235, 1238, 1263, 1264, 1265, 1267, 1273, 1283,
  1286, 1290, 1298, 1304, 1305, 1356, 1359, 1360, 1364, 1370, 1396, 1406, 1418, 1419, 1424, 1435, 1449, 1451,
  1452, 1470, 1524, 1556, 1568, 1570, 1701, 1708, 1728, 1731, 1792, 1793, 1834, 1836, 1837, 1840, 2002, 2003,
  2005, 2006, 2013, 2020, 2026, 2027, 2059, 3098, 3105, 3519, 3546, 3750, 3780, 3819, 4025, 4078,
]);

/** For errors of a dump's statements, which are made of rows: what is not known to be without data is left out. */
export const withoutRows = (errno: number, message: string): string => {
  if (errno === 1064) return 'You have an error in your SQL syntax (the statement is left out)';
  if (withoutValue[errno] !== undefined) return withoutValues(errno, message);
  return namesOnly.has(errno) ? message : 'the message is left out: it may quote a row';
};
