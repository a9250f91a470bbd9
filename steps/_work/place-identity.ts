/**
 * Which place this is, and the marker of a run in its state folder. What is not found there proves something only
 * beside the marker: the folder may be another one, or have been cleaned.
 */
import type { FoundPlace, OpenTarget } from '../../engine/target.ts';
import { runScript } from './script.ts';
import type { Shell } from './shell.ts';
import { stateFailure } from './supervisor/over-exec.ts';
import { identity } from './supervisor/scripts.ts';

/** `runs STATE`: the folder that all runs keep their files in there, absolute. */
const runsFolder = `
runs=$(state "$1") || exit 1
case $runs in /*) ;; *) runs=$(pwd)/$runs ;; esac
`;

/** STATE RUN: host, boot, user, marker, folder; one a line. */
const identifyScript = `${identity}${runsFolder}
this_boot
marker=
{ read -r marker <"$runs/$2/marker"; } 2>/dev/null || marker=
uname -n && printf '%s\\n' "$_rb_booted" && { id -un 2>/dev/null || id -u; } && printf '%s\\n%s\\n' "$marker" "$runs"
`;

/** STATE RUN MARKER. A folder is durable once the one that it stands in is: all of them, up to the root. */
const markScript = `${runsFolder}
umask 077
mkdir -p -- "$runs/$2" || exit 1
t=$runs/$2/.marker.$$
printf '%s\\n' "$3" >"$t" && flush "$t" && mv -f -- "$t" "$runs/$2/marker" || exit 1
p=$runs/$2
set --
while [ "$p" ]; do
  if [ -r "$p" ]; then set -- "$@" "$p"; fi
  p=\${p%/*}
done
sync -- "$@" 2>/dev/null || sync
`;

/** `remedy`: where the state folder cannot be written. */
export const placeIdentity = (
  shell: Shell,
  remedy?: string,
): Required<Pick<OpenTarget, 'identify' | 'mark'>> => {
  const run = async (script: string, ...args: readonly string[]): Promise<readonly string[]> => {
    const { ended, lines, complaint } = await runScript(shell, script, [shell.stateDir ?? '', ...args]);
    if (ended !== 'done') throw stateFailure(shell.place, complaint, remedy);
    return lines;
  };
  return {
    async identify(runId): Promise<FoundPlace> {
      const [host = '', boot = '', user = '', marker = '', ...folder] = await run(identifyScript, runId);
      return { host, boot, user, stateDir: folder.join('\n'), marker: marker === '' ? null : marker };
    },
    async mark(runId, marker): Promise<void> {
      await run(markScript, runId, marker);
    },
  };
};
