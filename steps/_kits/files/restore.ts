import { type ActContext, type Outcome, StepFailed } from '../../../engine/step.ts';
import { temporaryBeside } from '../../_work/path.ts';
import { runScript } from '../../_work/script.ts';
import { type BeforeImage, isAsBefore, keepCopy } from './before-image.ts';
import { inspectFile } from './inspect.ts';
import { installFile } from './install.ts';

// A folder that is no longer empty holds someone else's files: it stays.
const removeScript = `
p=$1 tmp=$2; shift 2
rm -f -- "$p" "$tmp" || exit 1
for d in "$@"; do if [ -d "$d" ]; then rmdir -- "$d" 2>/dev/null || echo "$d"; fi; done
if [ -d "$(dirname -- "$p")" ]; then flush "$(dirname -- "$p")"; fi
`;

/**
 * Brings the path back to its before-image: content, mode, owner, or absence. Whatever stands there that is
 * neither the image nor `ours` was put there by someone since: it is kept aside before it is replaced.
 */
export const restoreFile = async (
  ctx: ActContext,
  path: string,
  before: BeforeImage,
  ours: string | null,
): Promise<Outcome<null>> => {
  const shell = await ctx.connect('shell');
  const { signal, killGraceMs } = ctx;
  const now = await inspectFile(shell, path, signal);
  if (now.kind === 'other')
    throw new StepFailed(`${path} has become ${now.what}`, {
      effect: 'none',
      remedy: `Restore ${path} on ${shell.place} by hand`,
    });
  const temporary = temporaryBeside(path, ctx);
  const restored = isAsBefore(now, before);
  if (
    now.kind === 'file' &&
    !restored &&
    now.sha256 !== ours &&
    !(before.existed && now.sha256 === before.sha256)
  ) {
    const kept = await keepCopy(shell, ctx.runId, path, now.sha256, signal);
    ctx.log(`${path} was changed by someone since; that version is kept as ${kept}\n`);
  }
  if (!before.existed) {
    const { ended, lines, complaint } = await runScript(
      shell,
      removeScript,
      [path, temporary, ...before.missing],
      { signal, killGraceMs },
    );
    if (ended !== 'done')
      throw new StepFailed(`could not remove ${path}: ${complaint}`, {
        effect: 'none',
        remedy: `Remove ${path} on ${shell.place} by hand`,
      });
    for (const folder of lines) ctx.log(`${folder} is no longer empty and stays\n`);
    return { done: true, output: null };
  }
  if (restored) return { done: true, output: null };
  const { sha256, mode, uid, gid, copy } = before;
  const failure = {
    what: `could not restore ${path}`,
    remedy: `Its content before the run is ${copy} on ${shell.place}, mode ${mode}, owner ${uid}:${gid}`,
  };
  await installFile(
    shell,
    { path, temporary, mode, owner: { uid, gid }, sha256, makeFolders: false, from: { copy }, failure },
    { signal, killGraceMs },
  );
  return { done: true, output: null };
};
