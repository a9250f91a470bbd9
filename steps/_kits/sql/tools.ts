/** The tools of a server (mysqldump, pg_restore) that a place has. */
import { runScript } from '../../_work/script.ts';
import type { Shell } from '../../_work/shell.ts';
import type { Unfit } from './access.ts';

export interface Tool<V> {
  readonly name: string;
  readonly version: V;
}

/** NAMES... -> a line each that is there: its name, a tab, what it says of its version. */
const findScript = `
for pattern in "$@"; do
  for tool in $pattern; do
    command -v "$tool" >/dev/null 2>&1 || continue
    printf '%s\\t%s\\n' "$tool" "$("$tool" --version </dev/null 2>/dev/null | head -n 1)"
  done
done
`;

/**
 * Fails closed: a tool that does not say what it is cannot be known to fit.
 * @param names on PATH, or patterns of paths without blanks
 * @param install the programs as a person knows them
 */
export const findTools = async <V>(
  shell: Shell,
  names: readonly [string, ...string[]],
  versionOf: (said: string) => V | null,
  { install, signal }: { install: string; signal: AbortSignal },
): Promise<readonly [Tool<V>, ...Tool<V>[]] | Unfit> => {
  const { ended, lines, complaint } = await runScript(shell, findScript, names, { signal });
  if (ended !== 'done')
    return { what: `the tools on ${shell.place} cannot be looked for: ${complaint}`, remedy: '' };
  const found = lines.map((line) => line.split('\t'));
  const [first, ...more] = found.flatMap(([name = '', said = '']): Tool<V>[] => {
    const version = versionOf(said);
    return version === null ? [] : [{ name, version }];
  });
  if (first !== undefined) return [first, ...more];
  const remedy = `Install ${install} on ${shell.place}`;
  const mute = found[0]?.[0];
  const onPath = names.filter((name) => !name.includes('/'));
  const none = onPath.length > 1 ? `neither ${onPath.join(' nor ')} is there` : `${onPath[0]} is not there`;
  return { what: mute === undefined ? none : `${mute} does not say which version it is`, remedy };
};
