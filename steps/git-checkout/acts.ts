import type { ActContext, Finding, Outcome, Probed, StepActs } from '../../engine/step.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { temporaryBeside } from '../_work/path.ts';
import { runScript } from '../_work/script.ts';
import { endGroups, leadArguments, notedGroups } from '../_work/work-group.ts';
import { type CheckoutState, isAsBefore, look, madeBy } from './look.ts';
import { gitRemedy } from './remedy.ts';
import { backScript, checkoutScript, cloneScript, rehearseScript, removeScript } from './scripts.ts';
import type { CheckoutBefore, GitCheckoutInput, GitCheckoutOutput } from './step.ts';

const refused = (short: string, remedy: string, living = false): Outcome<never> => ({
  done: false,
  effect: 'none',
  retryable: false,
  short,
  remedy,
  ...(living && { living }),
});

const notEnded = (path: string): Outcome<never> =>
  refused(`an earlier git at ${path} does not end`, 'End it by hand', true);

const outputOf = ({ path, commit }: GitCheckoutInput, before: CheckoutBefore): GitCheckoutOutput => ({
  path,
  commit,
  previous: before.existed ? before.commit : null,
  cloned: !before.existed,
});

const isDone = (
  ctx: ActContext,
  now: CheckoutState,
  input: GitCheckoutInput,
  before: CheckoutBefore,
): boolean =>
  now.kind === 'repo' &&
  now.commit === input.commit &&
  now.branch === null &&
  now.changes.length === 0 &&
  now.missing.length === 0 &&
  (before.existed || now.made === madeBy(ctx));

const few = (changes: readonly string[]): string =>
  `${changes.slice(0, 5).join(', ')}${changes.length > 5 ? ` and ${changes.length - 5} more` : ''}`;

const commitFinding = async (ctx: ActContext, input: GitCheckoutInput): Promise<Finding> => {
  const shell = await ctx.connect('shell');
  const { path, commit, repository } = input;
  const { code, lines, complaint } = await runScript(
    shell,
    rehearseScript,
    [path, commit, repository ?? ''],
    {
      signal: ctx.signal,
      killGraceMs: ctx.killGraceMs,
    },
  );
  if (code !== 0)
    return {
      level: 'problem',
      what: `git on ${shell.place} cannot get ${commit}: ${complaint}`,
      remedy: code === 4 ? `Install git on ${shell.place}` : gitRemedy(complaint, shell.place),
    };
  return {
    level: 'verified',
    what: lines[0] === 'here' ? `${commit} is already at ${path}` : `the repository has ${commit}`,
  };
};

const stateFindings = async (ctx: ActContext, input: GitCheckoutInput): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const { path, commit, repository } = input;
  const problem = (what: string, remedy: string): readonly Finding[] => [{ level: 'problem', what, remedy }];
  const now = await look(ctx, input);
  if (now.kind === 'other')
    return problem(`${path} on ${shell.place} is ${now.what}`, 'Mend `path`, or move it aside');
  if (now.kind === 'repo') {
    if (now.changes.length > 0)
      return problem(
        `${path} on ${shell.place} has tracked changes: ${few(now.changes)}`,
        'Commit or stash them before the night: the step refuses them',
      );
    const from = `${now.commit.slice(0, 12)}${now.branch ? ` (${now.branch.replace('refs/heads/', '')})` : ''}`;
    return [{ level: 'simulated', what: `would move ${path} from ${from} to ${commit.slice(0, 12)}` }];
  }
  if (repository === undefined)
    return problem(`${path} is not on ${shell.place}, and no repository is given`, 'Give `repository`');
  const room = await roomFor(shell, path, ctx.signal);
  return [
    ...roomFindings(room, shell.place, { bytes: 0, mayMakeFolders: false, takesMkdir: false }),
    { level: 'simulated', what: `would clone ${repository} to ${path}` },
  ];
};

const check = async (ctx: ActContext, input: GitCheckoutInput): Promise<readonly Finding[]> => {
  const findings = await stateFindings(ctx, input);
  if (findings.some(({ level }) => level === 'problem')) return findings;
  return [await commitFinding(ctx, input), ...findings];
};

const prepare = async (ctx: ActContext, input: GitCheckoutInput): Promise<CheckoutBefore> => {
  const now = await look(ctx, input);
  if (now.kind === 'absent') return { existed: false };
  if (now.kind === 'other') throw new Error(`${input.path} is ${now.what}`);
  if (now.changes.length > 0)
    throw new Error(`${input.path} has tracked changes, which a checkout could lose: ${few(now.changes)}`);
  return { existed: true, commit: now.commit, branch: now.branch };
};

const script = async (ctx: ActContext, text: string, args: readonly string[]) => {
  const shell = await ctx.connect('shell');
  const { signal, killGraceMs } = ctx;
  return runScript(shell, text, [...leadArguments(ctx, shell), ...args], {
    signal,
    killGraceMs,
    onStderr: (chunk) => ctx.log(chunk, 'stderr'),
  });
};

const run = async (
  ctx: ActContext,
  input: GitCheckoutInput,
  before: CheckoutBefore,
): Promise<Outcome<GitCheckoutOutput>> => {
  const { path, commit, repository } = input;
  if (!before.existed && repository === undefined)
    return refused(`${path} is not there, and no repository is given`, 'Give `repository`');
  if (!(await endGroups(ctx))) return notEnded(path);
  // An earlier attempt may have got through before it was ended.
  if (isDone(ctx, await look(ctx, input), input, before))
    return { done: true, output: outputOf(input, before) };
  const { code, complaint } = before.existed
    ? await script(ctx, checkoutScript, [path, commit, repository ?? ''])
    : await script(ctx, cloneScript, [
        path,
        temporaryBeside(path, ctx),
        commit,
        repository ?? '',
        madeBy(ctx),
      ]);
  if (code === 0) return { done: true, output: outputOf(input, before) };
  return {
    done: false,
    effect: code === 5 && before.existed ? 'some' : 'none',
    retryable: code !== 3 && code !== 4,
    short: `no checkout of ${commit.slice(0, 12)} at ${path}: ${complaint}`,
    remedy: code === 5 ? 'Retry: it is completed; or roll back' : gitRemedy(complaint, await placeOf(ctx)),
  };
};

const placeOf = async (ctx: ActContext): Promise<string> => (await ctx.connect('shell')).place;

const probe = async (
  ctx: ActContext,
  input: GitCheckoutInput,
  before: CheckoutBefore,
): Promise<Probed<GitCheckoutOutput>> => {
  if ((await notedGroups(ctx)) > 0)
    return { state: 'unknown', why: `a git was at work at ${input.path}; another attempt ends it` };
  const now = await look(ctx, input);
  if (isDone(ctx, now, input, before)) return { state: 'done', output: outputOf(input, before) };
  if (isAsBefore(now, before) && !now.unfinished) return { state: 'not-done' };
  // Not partial: another attempt completes it, and a killed engine must not turn the night back.
  return { state: 'unknown', why: `${input.path} is neither what it was before nor what was wanted` };
};

const undo = async (
  ctx: ActContext,
  input: GitCheckoutInput,
  before: CheckoutBefore,
): Promise<Outcome<null>> => {
  const { path, commit } = input;
  const shell = await ctx.connect('shell');
  if (!(await endGroups(ctx))) return notEnded(path);
  const { signal, killGraceMs } = ctx;
  const { code, complaint } = before.existed
    ? await script(ctx, backScript, [path, commit, before.commit, before.branch ?? ''])
    : await runScript(shell, removeScript, [path, temporaryBeside(path, ctx), madeBy(ctx)], {
        signal,
        killGraceMs,
      });
  if (code === 0) return { done: true, output: null };
  const was = before.existed ? `${before.commit} (${before.branch ?? 'detached'})` : 'absent';
  return {
    done: false,
    effect: code === 5 ? 'some' : 'none',
    retryable: code !== 3,
    short: `could not bring ${path} back: ${complaint}`,
    remedy: `Before the step it was ${was} on ${shell.place}`,
  };
};

export const acts: StepActs<GitCheckoutInput, GitCheckoutOutput, CheckoutBefore> = {
  check,
  prepare,
  run,
  probe,
  end: endGroups,
  undo,
};
