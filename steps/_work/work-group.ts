/**
 * Scripts that may outlive the engine. Each notes the process group that it leads in the run's own folder at
 * the place, so that whoever comes later can end it and prove it dead, and nobody else is ever signalled.
 */
import type { ActContext } from '../../engine/step.ts';
import { workVariable } from './living-work.ts';
import { endNoted } from './noted-work.ts';
import { sha256 } from './path.ts';
import { readByScript, refusal } from './script.ts';
import type { Shell } from './shell.ts';

/**
 * `lead STATE RUN TAG`, for the top of a script: notes the group and its mark in `$lead`, which the script's own
 * EXIT trap must remove; `$kept` is the run's folder at the place.
 */
export const leadGroup = `
lead() {
  kept=$(state "$1")/$2 || exit 1
  (umask 077; mkdir -p -- "$kept/groups") || exit 1
  kill -0 "-$$" 2>/dev/null || die 'it has no process group of its own and could not be ended' ${refusal.final}
  lead=$kept/groups/$3.$$
  echo "$$ \${${workVariable}-}" >"$lead" || exit 1
}
`;

/** The step's, in its run: on the command line of every script of it. */
const tagOf = (ctx: ActContext): string => sha256(`${ctx.runId}/${ctx.stepId}`).slice(0, 12);

/** What `lead` takes; a script passes them first. */
export const leadArguments = (ctx: ActContext, shell: Shell): readonly [string, string, string] => [
  shell.stateDir ?? '',
  ctx.runId,
  tagOf(ctx),
];

// A leader that is another's by now is none of ours; without a leader the group may still be alive, and keeps
// its number as long as it is. Who left the group has the mark.
const groupsScript = `
tag=$3
mine() { { tr '\\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || ps -o args= -p "$1"; } | grep -qF -- "$tag"; }
for f in "$(state "$1")/$2/groups/$tag".*; do
  { read -r pid mark <"$f"; } 2>/dev/null || continue
  if kill -s 0 "$pid" 2>/dev/null && ! mine "$pid"; then [ -n "$mark" ] || continue; pid=0; fi
  echo "$pid $mark"
done
`;

const clearScript = 'rm -f -- "$(state "$1")/$2/groups/$3".*';

/** How many scripts of this step are still noted: at work, or killed before they could clear their note. */
export const notedGroups = async (ctx: ActContext): Promise<number> => {
  const shell = await ctx.connect('shell');
  return (await readByScript(shell, groupsScript, leadArguments(ctx, shell))).length;
};

/** Ends whatever earlier attempts of this step left at work; false: somebody could not be proven dead. */
export const endGroups = async (ctx: ActContext): Promise<boolean> => {
  const shell = await ctx.connect('shell');
  const args = leadArguments(ctx, shell);
  for (const noted of await readByScript(shell, groupsScript, args))
    if (!(await endNoted(shell, noted, ctx.killGraceMs))) return false;
  await readByScript(shell, clearScript, args);
  return true;
};
