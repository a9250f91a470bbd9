import { StepFailed } from '../../../engine/step.ts';
import { refusal, runScript } from '../../_work/script.ts';
import type { ExecOptions, Shell } from '../../_work/shell.ts';

export interface Installation {
  readonly path: string;
  /** Beside the path, see temporaryBeside. */
  readonly temporary: string;
  /** Octal. */
  readonly mode: string;
  /** null: whoever writes it. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  readonly sha256: string;
  readonly makeFolders: boolean;
  /** The content itself, a file at the place to copy it from, or the temporary, which holds it already. */
  readonly from: { readonly bytes: Uint8Array } | { readonly copy: string } | 'temporary';
  /** Said before the reason. `effect`: where folders may have been made; default: none. */
  readonly failure: { readonly what: string; readonly remedy: string; readonly effect?: 'some' };
}

// Everything happens to the temporary; the rename is the last thing that can fail, so a complaint means that
// the path is as it was. The hash catches a stream that was cut short on its way.
const script = `
p=$1 tmp=$2 mode=$3 owner=$4 folders=$5 src=$6 want=$RUNBOOK_SHA256
d=$(dirname -- "$p")
if [ "$folders" = 1 ]; then mkdir -p -- "$d" || exit 1; fi
[ -d "$d" ] || die "the folder $d does not exist" ${refusal.final}
if [ -L "$p" ]; then die 'it is a symbolic link' ${refusal.final}; fi
if [ -d "$p" ]; then die 'it is a directory' ${refusal.final}; fi
umask 077
trap 'rm -f -- "$tmp"' EXIT; trap 'exit 143' HUP INT TERM
if [ -n "$src" ]; then
  rm -f -- "$tmp" || exit 1
  set -C
  if [ "$src" = - ]; then cat >"$tmp"; else cat -- "$src" >"$tmp"; fi || exit 1
  set +C
fi
[ "$(sha "$tmp")" = "$want" ] || die 'what arrived is not what was sent'
if [ -n "$owner" ]; then
  set -- $(meta "$tmp")
  if [ "$2:$3" != "$owner" ]; then chown -- "$owner" "$tmp" || exit ${refusal.final}; fi
fi
chmod -- "$mode" "$tmp" || exit 1
flush "$tmp"
mv -f -- "$tmp" "$p" || exit 1
flush "$d"
`;

/**
 * Puts a file in its place atomically and durably, else throws StepFailed: the path is as it was, though folders may
 * have been made. Throws what `Shell.exec` throws: then it can't be known.
 */
export const installFile = async (
  shell: Shell,
  file: Installation,
  options: ExecOptions = {},
): Promise<void> => {
  const { path, temporary, mode, owner, sha256, makeFolders, from, failure } = file;
  const source = from === 'temporary' ? '' : 'copy' in from ? from.copy : '-';
  const args = [path, temporary, mode, owner ? `${owner.uid}:${owner.gid}` : '', makeFolders ? '1' : '0'];
  const { ended, complaint } = await runScript(shell, script, [...args, source], {
    ...options,
    exits: refusal,
    // Not on a command line: a short secret could be guessed from the hash of the file that holds it.
    env: { RUNBOOK_SHA256: sha256 },
    ...(typeof from === 'object' && 'bytes' in from && { stdin: from.bytes }),
  });
  if (ended === 'done') return;
  const { what, remedy, effect = 'none' } = failure;
  throw new StepFailed(`${what}: ${complaint}`, { effect, retryable: ended !== 'final', remedy });
};
