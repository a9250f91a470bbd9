/**
 * Work at a place that an engine which died may have left running: its process group is written to
 * `<work>.<attempt>.pid`, and `<work>` stands on its command line, which is how it is known again.
 */
import type { ActContext } from '../../engine/step.ts';
import { endNoted } from './noted-work.ts';
import { readByScript } from './script.ts';

/**
 * WORK -> the process groups that still write. A leader that is another's by now is none of ours; without a
 * leader the group may still be alive, and keeps its number as long as it is. Who left the group has the mark.
 */
const writersScript = `
work=$1
mine() { { tr '\\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || ps -o args= -p "$1"; } | grep -qF -- "$work"; }
for f in "$work".*.pid; do
  { read -r pid mark <"$f"; } 2>/dev/null || continue
  if kill -s 0 "$pid" 2>/dev/null && ! mine "$pid"; then [ -n "$mark" ] || continue; pid=0; fi
  echo "$pid $mark"
done
`;

/** WORK: removes what unfinished work left. */
const clearScript = 'rm -f -- "$1".*';

/**
 * Ends whoever still writes, also when the engine that began it was killed, and clears what was left.
 * False: somebody could not be proven dead.
 */
export const endLeftWriting = async (ctx: ActContext, work: string): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  for (const noted of await readByScript(shell, writersScript, [work]))
    if (!(await endNoted(shell, noted, ctx.killGraceMs))) return false;
  await readByScript(shell, clearScript, [work]);
  return true;
};
