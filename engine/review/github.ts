/** Workflow commands of GitHub Actions: one annotation a remark. */
import { clean } from '../text.ts';
import { pathInRepository } from './paths.ts';
import type { Level, Remark } from './remark.ts';
import { countOf, type Shown, type ShownOptions, wholeText, worstFirst } from './view.ts';

const commands: Record<Level, string> = { error: 'error', warning: 'warning', note: 'notice' };

/** So many of a level are shown for a step of a job; the rest is in its log only. */
const shownOfALevel = 10;

export const github: Shown = (remarks, options) =>
  [...worstFirst(remarks).map((remark) => annotation(remark, options)), ...leftOut(remarks)]
    .map((line) => `${line}\n`)
    .join('');

const annotation = (remark: Remark, options: ShownOptions): string => {
  const { line, col, endCol } = remark.region;
  const properties = {
    file: pathInRepository(remark.file, options),
    line,
    endLine: line,
    col,
    endColumn: endCol,
    title: remark.step === null ? remark.code : `${remark.code} ${remark.step}`,
  };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${ofProperty(String(value))}`);
  return `::${commands[remark.level]} ${listed.join(',')}::${ofMessage(wholeText(remark, '\n'))}`;
};

const leftOut = (remarks: readonly Remark[]): readonly string[] =>
  Object.entries(countOf(remarks))
    .filter(([, n]) => n > shownOfALevel)
    .map(([level, n]) => `${n} ${level}s: GitHub shows the first ${shownOfALevel} of them as annotations`);

const ofMessage = (text: string): string =>
  clean(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const ofProperty = (text: string): string => ofMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
