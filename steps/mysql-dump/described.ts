import type { MysqlDumpOutput } from './step.ts';

/** The lines of the `describe` script: hash and size, the tool's header, then a table a line. */
export const described = (
  path: string,
  [first = '', header = '', ...tables]: readonly string[],
): MysqlDumpOutput => {
  const [sha256 = '', bytes] = first.split(' ');
  return { path, bytes: Number(bytes), sha256, tables, tool_version: header };
};
