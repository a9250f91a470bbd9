/**
 * A file that a tool makes at a place: a dump, an archive. It is built beside its path and gets its name only when it
 * has been verified, never over another file; what was made is known to be the step's own, and the undo removes it.
 */
import { type ActContext, type Probed, type StepActs, StepFailed } from '../../engine/step.ts';
import { endAllWork, endLeftWork, keptBy } from './end-left-work.ts';
import { temporaryBeside } from './path.ts';
import {
  isStarted,
  probeWork,
  runWork,
  type WorkOptions,
  type WorkResult,
  type WorkScript,
} from './run-work.ts';
import { readByScript, runScript } from './script.ts';
import type { WorkBefore } from './work-before.ts';

/** How a script that makes a file ends. `final`: trying again cannot help. Any other: it may. */
export const makingExits = { final: 3, noTool: 4 } as const;

/**
 * `note_own STATE RUN TAG FILE` before the file is linked into place; `is_own STATE RUN TAG PATH` later. A rename and
 * a link keep what is written down: number, size and time. The number alone would be given to the next file.
 */
const ownFile = `
identity() { stat -c '%i %s %Y' -- "$1" 2>/dev/null || stat -f '%i %z %m' -- "$1"; }
note_own() {
  kept "$1" "$2"
  (umask 077; identity "$4" >"$kept/made.$3") && flush "$kept/made.$3"
}
is_own() {
  own=$(state "$1")/$2/made.$3
  [ -f "$own" ] && [ ! -L "$4" ] && [ "$(cat -- "$own")" = "$(identity "$4")" ]
}
`;

/**
 * `begin_file NOUN "$@"`, then `shift 6`, at the top of a script: STATE RUN TAG PATH TEMPORARY MODE. The file is made as
 * `$tmp`, what belongs to it as `$tmp.*`. `end_file` gives it its name: `ln` only where there is none.
 */
export const madeFile = `${ownFile}
begin_file() {
  state=$2 run=$3 tag=$4 p=$5 tmp=$6 mode=$7
  d=$(dirname -- "$p")
  [ -d "$d" ] || die "the folder $d does not exist" ${makingExits.final}
  if [ -e "$p" ] || [ -L "$p" ]; then die "it is already there, and $1 is never overwritten" ${makingExits.final}; fi
  umask 077
  # Whatever stands there is of an attempt that is dead.
  rm -f -- "$tmp" "$tmp".*
  trap 'rm -f -- "$tmp" "$tmp".*' EXIT; trap 'exit 143' HUP INT TERM PIPE
}
end_file() {
  chmod -- "$mode" "$tmp" || exit 1
  flush "$tmp"
  note_own "$state" "$run" "$tag" "$tmp" || exit 1
  ln -- "$tmp" "$p" || exit 1
  flush "$d"
}
`;

/** STATE RUN TAG PATH TEMPORARY -> own | there | absent, then unfinished | none. */
const lookScript = `${ownFile}
if is_own "$1" "$2" "$3" "$4"; then echo own
elif [ -e "$4" ] || [ -L "$4" ]; then echo there
else echo absent
fi
for f in "$5" "$5".*; do if [ -e "$f" ]; then echo unfinished; exit 0; fi; done
echo none
`;

/** STATE RUN TAG PATH TEMPORARY: removes what is the step's own, and says what is at the path then. */
const removeScript = `${ownFile}
rm -f -- "$5" "$5".* || exit 1
if is_own "$1" "$2" "$3" "$4"; then rm -f -- "$4" || exit 1; fi
if [ -e "$4" ] || [ -L "$4" ]; then echo "another's"; else echo absent; fi
`;

const clearScript = 'rm -f -- "$1" "$1".*';

export interface MadeBefore extends WorkBefore {
  readonly existed: boolean;
}

export interface Making<I, O> {
  /** With its article: `a dump`. */
  readonly noun: string;
  /** What makes it, with what it takes after `begin_file`; its answer goes to `described`. Throws StepFailed where it cannot be started. */
  script(ctx: ActContext, input: I): Promise<Pick<WorkScript, 'script' | 'args' | 'stdin'>>;
  options?(ctx: ActContext, input: I, temporary: string): Omit<WorkOptions, 'part'>;
  described(path: string, lines: readonly string[]): O;
  /** PATH -> as the script that made it answers; fails where it is no finished one. */
  readonly describeScript: string;
  /** Nothing was left behind. */
  failed(ctx: ActContext, input: I, result: WorkResult): Promise<StepFailed>;
}

/** `own`: what is there is what this step made. */
export const lookAtFile = async (
  ctx: ActContext,
  path: string,
): Promise<{ there: boolean; own: boolean; unfinished: boolean }> => {
  const shell = await ctx.connect('shell');
  const args = [...keptBy(ctx, shell), path, temporaryBeside(path, ctx)] as const;
  const [state, beside] = await readByScript(shell, lookScript, args, { signal: ctx.signal });
  return { there: state !== 'absent', own: state === 'own', unfinished: beside === 'unfinished' };
};

const doesNotEnd = (noun: string): StepFailed =>
  new StepFailed(`an earlier attempt still makes ${noun} and does not end`, {
    effect: 'none',
    remedy: 'End it by hand',
    living: true,
  });

/** All acts of a step that makes a file, but its check. */
export const makesFile = <I extends { readonly path: string; readonly mode: string }, O>(
  making: Making<I, O>,
): Required<Pick<StepActs<I, O, MadeBefore>, 'prepare' | 'run' | 'probe' | 'end' | 'undo'>> => {
  const { noun } = making;

  const world = async (
    ctx: ActContext,
    path: string,
    before: MadeBefore,
    result: WorkResult | null,
  ): Promise<Probed<O>> => {
    const { own, unfinished } = await lookAtFile(ctx, path);
    if (own && !before.existed) {
      if (result !== null) return { state: 'done', output: making.described(path, result.lines) };
      const shell = await ctx.connect('shell');
      const found = await runScript(shell, making.describeScript, [path], { signal: ctx.signal });
      return found.code === 0
        ? { state: 'done', output: making.described(path, found.lines) }
        : { state: 'unknown', why: `${path} is there, but ${found.complaint}` };
    }
    // Not partial: it is no half of what was wanted, and a killed engine must not trigger a rollback.
    return unfinished
      ? { state: 'unknown', why: `${noun} was not finished beside ${path}; another attempt removes it` }
      : { state: 'not-done' };
  };

  const failed = async (ctx: ActContext, input: I, result: WorkResult): Promise<never> => {
    const failure = await making.failed(ctx, input, result);
    if (!result.byItself) throw failure;
    throw new StepFailed(failure.message, { ...failure.outcome, byItself: true });
  };

  const begin = async (ctx: ActContext, input: I, temporary: string): Promise<WorkScript> => {
    const { args, ...rest } = await making.script(ctx, input);
    const { path, mode } = input;
    const shell = await ctx.connect('shell');
    return { ...rest, args: [...keptBy(ctx, shell), path, temporary, mode, ...args] };
  };

  return {
    async prepare(ctx, { path }) {
      return { existed: (await lookAtFile(ctx, path)).there, supervised: true };
    },

    async run(ctx, input, before) {
      const { path } = input;
      const temporary = temporaryBeside(path, ctx);
      const started = await isStarted(ctx);
      if (!started) {
        if (before.existed)
          throw new StepFailed(`${path} is already there, and ${noun} is never overwritten`, {
            effect: 'none',
            remedy: 'Choose another path',
          });
        if (!(await endLeftWork(ctx, { spare: 'own', beside: temporary }))) throw doesNotEnd(noun);
        // An earlier attempt may have got through before it was ended.
        const earlier = ctx.attempt > 1 ? await world(ctx, path, before, null) : null;
        if (earlier?.state === 'done') return { done: true, output: earlier.output };
      }
      const result = await runWork(
        ctx,
        started ? null : await begin(ctx, input, temporary),
        making.options?.(ctx, input, temporary),
      );
      return result.code === 0
        ? { done: true, output: making.described(path, result.lines) }
        : failed(ctx, input, result);
    },

    probe: (ctx, input, before) =>
      probeWork(
        ctx,
        before,
        (result) => failed(ctx, input, result),
        (result) => world(ctx, input.path, before, result),
      ),

    async end(ctx, { path }) {
      const temporary = temporaryBeside(path, ctx);
      if (!(await endAllWork(ctx, temporary))) return false;
      await readByScript(await ctx.connect('shell'), clearScript, [temporary]);
      return true;
    },

    async undo(ctx, { path }, before) {
      const temporary = temporaryBeside(path, ctx);
      if (!(await endLeftWork(ctx, { beside: temporary }))) throw doesNotEnd(noun);
      if (before.existed) return { done: true, output: null };
      const shell = await ctx.connect('shell');
      const args = [...keptBy(ctx, shell), path, temporary];
      const { code, lines, complaint } = await runScript(shell, removeScript, args, { signal: ctx.signal });
      if (code !== 0)
        throw new StepFailed(`could not remove ${path}: ${complaint}`, {
          effect: 'none',
          remedy: `Remove it on ${shell.place} by hand`,
        });
      if (lines[0] !== 'absent') ctx.log(`${path} stays: it is not what this step made\n`);
      return { done: true, output: null };
    },
  };
};
