/** A file is carried in pieces: the slower side sets the pace, and a copy that was cut off goes on. */
import { type ActContext, StepFailed } from '../../engine/step.ts';
import { readByScript, runScript } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';

/** Of the memory of this machine, twice; large enough that starting two commands a piece does not show. */
const pieceBytes = 8 * 1024 * 1024;

const sizeScript = `if [ -f "$1" ] && [ ! -L "$1" ]; then set -- $(meta "$1"); echo "$4"; else echo 0; fi`;

const readScript = `tail -c "+$(($2 + 1))" <"$1" | head -c "$3"`;

/** What is there already has to be as long as it is believed: another engine's piece is not appended to. */
const appendScript = `
p=$1 at=$2 folders=$3
d=$(dirname -- "$p")
if [ "$folders" = 1 ]; then mkdir -p -- "$d" || exit 1; fi
umask 077
if [ "$at" = 0 ]; then rm -f -- "$p" || exit 1; set -C; : >"$p" || exit 1; set +C; fi
[ -f "$p" ] && [ ! -L "$p" ] || die 'the part that was copied before is gone'
set -- $(meta "$p"); [ "$4" = "$at" ] || die "the part that was copied before has $4 bytes instead of $at"
cat >>"$p" || exit 1
`;

export interface Carried {
  readonly from: Shell;
  readonly path: string;
  readonly to: Shell;
  readonly temporary: string;
  readonly bytes: number;
  readonly makeFolders: boolean;
}

const read = async (ctx: ActContext, { from, path, bytes }: Carried, at: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  const { ended, complaint } = await runScript(
    from,
    readScript,
    [path, String(at), String(Math.min(pieceBytes, bytes - at))],
    {
      signal: ctx.signal,
      keepBytes: 4096,
      onStdout: (chunk) => void chunks.push(chunk),
    },
  );
  if (ended !== 'done')
    throw new StepFailed(`${path} on ${from.place} cannot be read: ${complaint}`, {
      effect: 'some',
      retryable: true,
    });
  return Buffer.concat(chunks);
};

const carryAll = async (ctx: ActContext, carried: Carried): Promise<void> => {
  const { from, path, to, temporary, bytes, makeFolders } = carried;
  const [size] = await readByScript(to, sizeScript, [temporary], { signal: ctx.signal });
  const there = Number(size);
  // A longer one is of an earlier file.
  let at = there <= bytes ? there : 0;
  do {
    ctx.progress({ done: at, total: bytes, unit: 'bytes' });
    const piece = bytes === 0 ? new Uint8Array() : await read(ctx, carried, at);
    if (piece.byteLength === 0 && at < bytes)
      throw new StepFailed(`${path} on ${from.place} became shorter while it was copied`, {
        effect: 'some',
        remedy: 'Copy a file that nobody writes to',
      });
    const { ended, complaint } = await runScript(
      to,
      appendScript,
      [temporary, String(at), makeFolders ? '1' : '0'],
      { signal: ctx.signal, killGraceMs: ctx.killGraceMs, stdin: piece },
    );
    if (ended !== 'done')
      throw new StepFailed(`could not copy to ${temporary} on ${to.place}: ${complaint}`, {
        effect: 'some',
        retryable: true,
        remedy: 'Fix the folder, its owner or the disk at the place, then retry',
      });
    at += piece.byteLength;
  } while (at < bytes);
  ctx.progress({ done: at, total: bytes, unit: 'bytes' });
};

/**
 * Fills the temporary up to `bytes`. Throws StepFailed; the next attempt goes on with what is there then. Also when it
 * is stopped: nothing of it runs on, or another error says so.
 */
export const carry = async (ctx: ActContext, carried: Carried): Promise<void> => {
  try {
    await carryAll(ctx, carried);
  } catch (error) {
    if (!ctx.signal.aborted || error !== ctx.signal.reason) throw error;
    throw new StepFailed('stopped half-way; the part that was copied is kept', {
      effect: 'some',
      retryable: true,
    });
  }
};
