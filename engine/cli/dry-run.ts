/** `exec --dry-run`: findings as they come on stderr, the verdict on stdout. */
import { DiagnosticError } from '../diagnostic.ts';
import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { systemClock } from '../run/clock.ts';
import { type DryRunReport, type DryRunStep, dryRun, type Level } from '../run/dry-run.ts';
import { createMasking } from '../run/masking.ts';
import type { Finding } from '../step.ts';
import { jsonText } from '../text.ts';
import { type Paint, painter } from '../views/paint.ts';
import { clean } from '../words/format.ts';
import type { Tone } from '../words/sentence.ts';
import type { ExitCode } from './exit-codes.ts';
import { maskedDiagnostics } from './failure.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Input } from './spec.ts';

export interface Rehearsal {
  readonly plan: Plan;
  readonly registry: Registry;
  readonly runbookDir: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly policy: readonly Finding[];
  /** Steps of --skip. */
  readonly skips: readonly string[];
}

const tones: { [L in Level]: Tone } = {
  verified: 'good',
  simulated: 'plain',
  unchecked: 'warn',
  problem: 'bad',
};

export const rehearse = async (host: Host, input: Input, what: Rehearsal): Promise<ExitCode> => {
  const json = input.flag(options.json);
  const paint = painter(host.stderr);
  const masking = createMasking(what.secrets);
  const report = await dryRun({
    ...what,
    clock: systemClock,
    onStep: (step) => {
      if (json) host.stdout.write(`${jsonText({ type: 'dry-run-step', ...step })}\n`);
      else host.stderr.write(stepText(step, paint));
    },
  }).catch((error: unknown) => {
    if (error instanceof DiagnosticError) throw maskedDiagnostics(error, masking);
    throw new Error(masking.text(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  });
  if (!json) host.stderr.write(problemsText(report, paint));
  const passed = passes(report, input.flag(options.strict));
  const { totals } = report;
  host.stdout.write(
    json
      ? `${jsonText({ type: 'dry-run', passed, totals })}\n`
      : `dry run ${passed ? 'passed' : 'FAILED'}: ${totals.verified} verified, ${totals.simulated} simulated, ${totals.unchecked} unchecked, ${totals.problem} with problems${blame(totals, passed)}\n`,
  );
  return passed ? 0 : 1;
};

/** Without it a dry run with no problem would have failed for no reason. */
const blame = ({ problem, unchecked }: DryRunReport['totals'], passed: boolean): string =>
  passed || problem > 0 ? '' : `; --strict allows none of the ${unchecked} unchecked`;

const passes = ({ totals }: DryRunReport, strict: boolean): boolean =>
  totals.problem === 0 && (!strict || totals.unchecked === 0);

/** Longest text of a finding that stands for others. */
const gapColumns = 160;

const remedyText = (remedy: string | undefined): string =>
  remedy ? `\n             -> ${clean(remedy)}` : '';

const findingText = (f: Finding, paint: Paint): string =>
  `  ${paint(tones[f.level], f.level.padEnd(9))}  ${clean(f.what)}${remedyText(f.remedy)}\n`;

/** What an earlier step has to change first is expected: one line for all of it, with the first as an example. */
const gapsText = ([first, ...others]: readonly Finding[], paint: Paint): string => {
  if (first === undefined) return '';
  const example = clean(first.what).replaceAll('\n', ' ');
  const shown = example.length > gapColumns ? `${example.slice(0, gapColumns)}...` : example;
  const more = others.length === 0 ? '' : ` (and ${others.length} more: --json lists them)`;
  return `  ${paint(tones.unchecked, 'unchecked')}  until earlier steps have run: ${shown}${more}\n`;
};

const isGap = ({ level, passing }: Finding): boolean => level === 'unchecked' && passing === true;

const stepText = ({ step, level, findings }: DryRunStep, paint: Paint): string => {
  const told = findings.filter((f) => !isGap(f)).map((f) => findingText(f, paint));
  return `${paint(tones[level], step)}\n${told.join('')}${gapsText(findings.filter(isGap), paint)}`;
};

/** Once more where the eye ends up: they have scrolled away among all the rest. */
const problemsText = ({ steps }: DryRunReport, paint: Paint): string => {
  const lines = steps.flatMap(({ step, findings }) =>
    findings
      .filter(({ level }) => level === 'problem')
      .map(({ what, remedy }) => `  ${step}: ${clean(what)}${remedyText(remedy)}\n`),
  );
  return lines.length === 0 ? '' : `\n${paint('bad', `Problems: ${lines.length}`)}\n${lines.join('')}`;
};
