/** The tools of a server (mysqldump, mysql) that a place has. */
import { runScript } from '../../_work/script.ts';
import type { Shell } from '../../_work/shell.ts';
import type { Tool, Unfit } from './tool-fit.ts';
import { type MysqlVersion, serverVersion, toolVersion } from './versions.ts';

/** NAMES... -> a line each that is there: its name, a tab, what it says of its version. */
const findScript = `
for tool in "$@"; do
  command -v "$tool" >/dev/null 2>&1 || continue
  printf '%s\\t%s\\n' "$tool" "$("$tool" --version </dev/null 2>/dev/null | head -n 1)"
done
`;

/** Fails closed: a tool that does not say what it is cannot be known to fit. */
export const findTools = async (
  shell: Shell,
  names: readonly [string, string],
  signal: AbortSignal,
): Promise<readonly Tool[] | Unfit> => {
  const { ended, lines, complaint } = await runScript(shell, findScript, names, { signal });
  if (ended !== 'done')
    return { what: `the tools on ${shell.place} cannot be looked for: ${complaint}`, remedy: '' };
  const found = lines.map((line) => line.split('\t'));
  const tools = found.flatMap(([name = '', said = '']): Tool[] => {
    const version = toolVersion(said);
    return version === null ? [] : [{ name, version }];
  });
  if (tools.length > 0) return tools;
  const remedy = `Install ${names[0]} (or ${names[1]}) on ${shell.place}`;
  const mute = found[0]?.[0];
  return mute === undefined
    ? { what: `neither ${names.join(' nor ')} is there`, remedy }
    : { what: `${mute} does not say which version it is`, remedy };
};

/** Throws where the server says something that is no version. */
export const versionOf = async (client: { version(): Promise<string> }): Promise<MysqlVersion> => {
  const said = await client.version();
  const version = serverVersion(said);
  if (version === null) throw new Error(`the server's version is ${JSON.stringify(said)}, which is unknown`);
  return version;
};
