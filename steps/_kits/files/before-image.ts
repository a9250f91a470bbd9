/**
 * What an act on a file found. The journal holds hashes and metadata only; the content is copied into the
 * run's own folder at the place (0600 in 0700), because it may hold secrets and may be large. The copy is
 * named by its hash, so taking it twice is harmless.
 */
import * as z from 'zod';
import { readByScript } from '../../_work/script.ts';
import type { Shell } from '../../_work/shell.ts';
import { type FileState, inspectFile } from './inspect.ts';

export const beforeImage = z.discriminatedUnion('existed', [
  z.strictObject({
    existed: z.literal(false),
    /** Folders that did not exist, deepest first. */
    missing: z.array(z.string()),
  }),
  z.strictObject({
    existed: z.literal(true),
    sha256: z.string(),
    bytes: z.int(),
    mode: z.string(),
    uid: z.int(),
    gid: z.int(),
    /** Where the copy of its content is, at the place. */
    copy: z.string(),
  }),
]);
export type BeforeImage = z.output<typeof beforeImage>;

const keepScript = `
umask 077
store=$(state "$3")/$2/before || exit 1
mkdir -p -- "$store" || exit 1
t=$(mktemp "$store/.copy.XXXXXX") || exit 1
trap 'rm -f -- "$t"' EXIT; trap 'exit 143' HUP INT TERM
cat -- "$1" >"$t" || exit 1
s=$(sha "$t"); [ "$s" = "$RUNBOOK_SHA256" ] || die 'it changed while it was copied'
flush "$t"
mv -f -- "$t" "$store/$s" || exit 1
flush "$store"
echo "$store/$s"
`;

/** Copies the content aside; answers where the copy is. */
export const keepCopy = async (
  shell: Shell,
  runId: string,
  path: string,
  sha256: string,
  signal?: AbortSignal,
): Promise<string> => {
  const [copy = ''] = await readByScript(
    shell,
    keepScript,
    [path, runId, shell.stateDir ?? ''],
    // As in installFile: the hash tells of what may be a secret.
    { env: { RUNBOOK_SHA256: sha256 }, ...(signal && { signal }) },
  );
  return copy;
};

/** Throws when the path holds something that is no regular file: then nothing may be done to it. */
export const takeBeforeImage = async (
  shell: Shell,
  runId: string,
  path: string,
  signal?: AbortSignal,
): Promise<BeforeImage> => {
  const now = await inspectFile(shell, path, signal);
  if (now.kind === 'other') throw new Error(`${path} on ${shell.place} is ${now.what}, not a regular file`);
  if (now.kind === 'absent') return { existed: false, missing: [...now.missing] };
  const { sha256, bytes, mode, uid, gid } = now;
  return {
    existed: true,
    sha256,
    bytes,
    mode,
    uid,
    gid,
    copy: await keepCopy(shell, runId, path, sha256, signal),
  };
};

export const isAsBefore = (now: FileState, before: BeforeImage): boolean =>
  before.existed
    ? now.kind === 'file' &&
      now.sha256 === before.sha256 &&
      now.mode === before.mode &&
      now.uid === before.uid &&
      now.gid === before.gid
    : now.kind === 'absent';
