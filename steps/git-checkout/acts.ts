import {
  type ActContext,
  type Finding,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../engine/step.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { endAllWork, endLeftWork, keptBy } from '../_work/end-left-work.ts';
import { temporaryBeside } from '../_work/path.ts';
import { isStarted, probeWork, runWork, type WorkResult, type WorkScript } from '../_work/run-work.ts';
import { runScript } from '../_work/script.ts';
import { type CheckoutState, isAsBefore, look, madeBy } from './look.ts';
import { gitRemedy } from './remedy.ts';
import {
  backScript,
  checkoutScript,
  cloneScript,
  gitExits,
  rehearseScript,
  removeScript,
} from './scripts.ts';
import type { CheckoutBefore, GitCheckoutInput, GitCheckoutOutput } from './step.ts';

const notEnded = (path: string): StepFailed =>
  new StepFailed(`an earlier git at ${path} does not end`, {
    effect: 'none',
    remedy: 'End it by hand',
    living: true,
  });

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
      remedy: code === gitExits.noGit ? `Install git on ${shell.place}` : gitRemedy(complaint, shell.place),
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
    return problem(`${path} on ${shell.place} is ${now.what}`, 'Fix `path`, or move it aside');
  if (now.kind === 'repo') {
    if (now.changes.length > 0)
      return problem(
        `${path} on ${shell.place} has tracked changes: ${few(now.changes)}`,
        'Commit or stash them before the run: the step refuses them',
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
  if (now.kind === 'absent') return { existed: false, supervised: true };
  if (now.kind === 'other') throw new Error(`${input.path} is ${now.what}`);
  if (now.changes.length > 0)
    throw new Error(`${input.path} has tracked changes, which a checkout could lose: ${few(now.changes)}`);
  return { existed: true, commit: now.commit, branch: now.branch, supervised: true };
};

const scriptFor = async (
  ctx: ActContext,
  { path, commit, repository }: GitCheckoutInput,
  before: CheckoutBefore,
): Promise<WorkScript> => {
  if (before.existed) {
    const shell = await ctx.connect('shell');
    return { script: checkoutScript, args: [...keptBy(ctx, shell), path, commit, repository ?? ''] };
  }
  if (repository === undefined)
    throw new StepFailed(`${path} is not there, and no repository is given`, {
      effect: 'none',
      remedy: 'Give `repository`',
    });
  const args = [path, temporaryBeside(path, ctx), commit, repository, madeBy(ctx)];
  return { script: cloneScript, args };
};

const failed = async (
  ctx: ActContext,
  { path, commit }: GitCheckoutInput,
  before: CheckoutBefore,
  { code, complaint, byItself }: WorkResult,
): Promise<never> => {
  const { place } = await ctx.connect('shell');
  const halfDone = code === gitExits.halfDone;
  throw new StepFailed(`no checkout of ${commit.slice(0, 12)} at ${path}: ${complaint}`, {
    effect: halfDone && before.existed ? 'some' : 'none',
    retryable: code !== gitExits.final && code !== gitExits.noGit,
    remedy: halfDone ? 'Retry: it is completed; or roll back' : gitRemedy(complaint, place),
    ...(byItself && { byItself }),
  });
};

const run = async (
  ctx: ActContext,
  input: GitCheckoutInput,
  before: CheckoutBefore,
): Promise<Outcome<GitCheckoutOutput>> => {
  const started = await isStarted(ctx);
  if (!started) {
    if (!(await endLeftWork(ctx, { spare: 'own' }))) throw notEnded(input.path);
    // An earlier attempt may have got through before it was ended.
    if (isDone(ctx, await look(ctx, input), input, before))
      return { done: true, output: outputOf(input, before) };
  }
  const result = await runWork(ctx, started ? null : await scriptFor(ctx, input, before));
  return result.code === 0
    ? { done: true, output: outputOf(input, before) }
    : failed(ctx, input, before, result);
};

const probe = (
  ctx: ActContext,
  input: GitCheckoutInput,
  before: CheckoutBefore,
): Promise<Probed<GitCheckoutOutput>> =>
  probeWork(
    ctx,
    before,
    (result) => failed(ctx, input, before, result),
    async () => {
      const now = await look(ctx, input);
      if (isDone(ctx, now, input, before)) return { state: 'done', output: outputOf(input, before) };
      if (isAsBefore(now, before) && !now.unfinished) return { state: 'not-done' };
      // Not partial: another attempt completes it, and a killed engine must not trigger a rollback.
      return { state: 'unknown', why: `${input.path} is neither what it was before nor what was wanted` };
    },
  );

const undo = async (
  ctx: ActContext,
  { path, commit }: GitCheckoutInput,
  before: CheckoutBefore,
): Promise<Outcome<null>> => {
  const shell = await ctx.connect('shell');
  if (!(await endLeftWork(ctx))) throw notEnded(path);
  const script = before.existed
    ? { script: backScript, args: [...keptBy(ctx, shell), path, commit, before.commit, before.branch ?? ''] }
    : { script: removeScript, args: [path, temporaryBeside(path, ctx), madeBy(ctx)] };
  const { code, complaint } = await runWork(ctx, script);
  if (code === 0) return { done: true, output: null };
  const was = before.existed ? `${before.commit} (${before.branch ?? 'detached'})` : 'absent';
  throw new StepFailed(`could not bring ${path} back: ${complaint}`, {
    effect: code === gitExits.halfDone ? 'some' : 'none',
    retryable: code !== gitExits.final,
    remedy: `Before the step it was ${was} on ${shell.place}`,
  });
};

export const acts: StepActs<GitCheckoutInput, GitCheckoutOutput, CheckoutBefore> = {
  check,
  prepare,
  run,
  probe,
  end: (ctx) => endAllWork(ctx),
  undo,
};
