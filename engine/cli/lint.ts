/** `runbook lint FILE...`: what an expert would ask about, with its place. */
import { fail } from '../diagnostic.ts';
import type { Level, Remark } from '../review/remark.ts';
import { repositoryRoot } from '../review/repository-root.ts';
import { type RemarkFormat, remarkFormats, shownAs } from '../review/shown-as.ts';
import { sourceLines } from '../review/source-lines.ts';
import { mayPaint } from '../views/paint.ts';
import { plural } from '../words/format.ts';
import { ruleOf } from './explained.ts';
import type { Host } from './host.ts';
import { lintOptions } from './lint-options.ts';
import { fixFile, type LintedFile, lintFile } from './linting.ts';
import { options } from './options.ts';
import type { Handler, Input } from './spec.ts';

const levels = ['note', 'warning', 'error'] as const satisfies readonly Level[];

const oneOf = <T extends string>(
  given: string | undefined,
  flag: string,
  allowed: readonly T[],
  usual: T,
): T => {
  if (given === undefined) return usual;
  return allowed.find((one) => one === given) ?? fail('RB651', { flag, given, allowed });
};

const formatOf = (input: Input): RemarkFormat =>
  input.flag(options.json)
    ? 'json'
    : oneOf(input.text(lintOptions.remarkFormat), '--format', remarkFormats, 'text');

export const lint: Handler = async (host, input) => {
  const format = formatOf(input);
  const failOn = oneOf(input.text(lintOptions.failOn), '--fail-on', levels, 'error');
  const files = [...new Set(input.rest(0))];
  const one = input.flag(lintOptions.fix) ? fixFile : lintFile;
  const linted: LintedFile[] = [];
  for (const file of files) linted.push(await one(file, host, input));
  // A remark about a policy is one, however many runbooks it applies to.
  const remarks = distinct(linted.flatMap((file) => file.remarks));
  host.stdout.write(await shown(remarks, format, host));
  if (format === 'text') host.stdout.write(`${closing(remarks, linted)}\n`);
  if (linted.some(({ valid }) => !valid)) return 2;
  return remarks.some(({ level }) => levels.indexOf(level) >= levels.indexOf(failOn)) ? 1 : 0;
};

const distinct = (remarks: readonly Remark[]): readonly Remark[] => [
  ...new Map(remarks.map((remark) => [JSON.stringify(remark), remark])).values(),
];

export const shown = async (remarks: readonly Remark[], format: RemarkFormat, host: Host): Promise<string> =>
  shownAs(format, remarks, {
    color: mayPaint(host.stdout),
    cwd: host.cwd,
    root: await repositoryRoot(host.cwd),
    lineOf: sourceLines(host.cwd),
    ruleOf,
    version: host.version,
  });

const closing = (remarks: readonly Remark[], files: readonly LintedFile[]): string => {
  const [first] = remarks;
  if (first === undefined) return `${plural(files.length, 'runbook')}, nothing to remark`;
  const fixable = files.filter(({ fixed }) => fixed !== null).length;
  const fix = fixable === 0 ? '' : `. Some can be fixed: add --fix`;
  return `Why it matters: runbook explain ${first.code}${fix}`;
};
