/** The document: what happened in a run, from the journal alone. */
import { checks } from './checks.ts';
import { failures } from './failures.ts';
import { gates } from './gates.ts';
import { headerMarkdown, headerOf, titleOf } from './header.ts';
import { holds } from './holds.ts';
import { lessons } from './lessons.ts';
import { type Block, md, text } from './markdown.ts';
import { numbers } from './numbers.ts';
import { outputs } from './outputs.ts';
import type { ReportedRun } from './reported-run.ts';
import { rollback } from './rollback.ts';
import type { Section } from './section.ts';
import { spans } from './spans.ts';
import { timeline } from './timeline.ts';

/** In the order of the document. */
const sections = {
  numbers,
  timeline,
  spans,
  gates,
  checks,
  holds,
  failures,
  rollback,
  outputs,
  lessons,
} as const satisfies { readonly [name: string]: Section };

export type SectionName = keyof typeof sections;

export const sectionNames = Object.keys(sections) as readonly SectionName[];

/** Plain JSON: instants in epoch ms, spans in ms. A section that was not asked for has no key. */
export const reportJson = (
  run: ReportedRun,
  wanted: ReadonlySet<SectionName>,
): { readonly [key: string]: unknown } => ({
  ...headerOf(run),
  ...Object.fromEntries(
    sectionNames.filter((name) => wanted.has(name)).map((name) => [name, sections[name].tell(run).facts]),
  ),
});

/**
 * @param level of its title: 1 for a document of its own, 2 for an entry in another
 * Ends with a newline. The same journal always makes the same text.
 */
export const reportMarkdown = (run: ReportedRun, wanted: ReadonlySet<SectionName>, level: 1 | 2): string => {
  const header = headerOf(run);
  const blocks: Block[] = [[`${'#'.repeat(level)} ${titleOf(header)}`], ...headerMarkdown(header)];
  for (const name of sectionNames) {
    if (!wanted.has(name)) continue;
    const told = sections[name].tell(run).blocks;
    blocks.push([`${'#'.repeat(level + 1)} ${md`${text(sections[name].title)}`}`]);
    blocks.push(...(told.length > 0 ? told : [['None.']]));
  }
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
};
