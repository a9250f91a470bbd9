/** `runbook report [RUN]`. */
import { resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import { nearest } from '../diagnostics/near.ts';
import { whoHolds } from '../journal/lock.ts';
import type { Plan } from '../plan.ts';
import { insertEntry } from '../report/entry.ts';
import { reportJson, reportMarkdown, type SectionName, sectionNames } from '../report/report.ts';
import type { ReportedRun, Span } from '../report/reported-run.ts';
import { jsonText } from '../text.ts';
import { givenRunsDir } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { placeNotes } from './place-note.ts';
import { readRun } from './recorded-run.ts';
import { readDocument, replaceDocument } from './replace-file.ts';
import type { Handler, Input } from './spec.ts';

export const report: Handler = async (host, input) => {
  const wanted = wantedSections(input);
  const target = targetOf(host, input);
  const recorded = readRun(givenRunsDir(host, input), input.argument(0));
  const { run, events, state, plan } = recorded;
  for (const note of placeNotes(recorded)) host.stderr.write(`${note}\n`);
  const spans = input.list(options.span).map((given) => spanOf(plan, given));
  const reported: ReportedRun = { plan, events, state, live: whoHolds(run.path).live, spans };
  if (target?.how === 'into') {
    putInto(host, target.path, run.id, reportMarkdown(reported, wanted, 2));
    return 0;
  }
  const document = input.flag(options.json)
    ? `${jsonText(reportJson(reported, wanted))}\n`
    : reportMarkdown(reported, wanted, 1);
  if (target) replaceDocument(target.path, document);
  else host.stdout.write(document);
  return 0;
};

/** All but the lessons, unless given. Throws RB642. */
const wantedSections = (input: Input): ReadonlySet<SectionName> => {
  const named = input
    .list(options.section)
    .flatMap((given) => given.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map(sectionNamed);
  const chosen = named.length > 0 ? named : sectionNames.filter((name) => name !== 'lessons');
  return new Set([...chosen, ...(input.flag(options.lessons) ? (['lessons'] as const) : [])]);
};

const sectionNamed = (name: string): SectionName =>
  sectionNames.find((known) => known === name) ??
  fail('RB642', { name, near: nearest(name, sectionNames), sections: sectionNames });

type Target = { readonly how: 'into' | 'out'; readonly path: string };

const targetOf = (host: Host, input: Input): Target | null => {
  const [into, out] = [input.text(options.into), input.text(options.out)];
  if (into !== undefined && out !== undefined) return fail('RB606', { flags: ['--into', '--out'] });
  if (into !== undefined && input.flag(options.json)) return fail('RB606', { flags: ['--into', '--json'] });
  if (into !== undefined) return { how: 'into', path: resolve(host.cwd, into) };
  return out === undefined ? null : { how: 'out', path: resolve(host.cwd, out) };
};

/** `downtime=maintenance-on..maintenance-off`. Throws RB643, RB644. */
const spanOf = (plan: Plan, given: string): Span => {
  const [, label = '', from = '', to = ''] = /^\s*([^=]+?)\s*=\s*(\S+?)\.\.(\S+?)\s*$/.exec(given) ?? [];
  if (label === '') return fail('RB643', { given });
  for (const step of [from, to])
    if (!plan.steps[step]) return fail('RB644', { step, near: nearest(step, Object.keys(plan.steps)) });
  return { label, from, to };
};

/** Throws RB640 if an edit broke the markers, RB641 if the file cannot be read or replaced. */
const putInto = (host: Host, path: string, run: string, entry: string): void => {
  const file = readDocument(path);
  const tried = insertEntry(file, run, entry);
  const inserted = 'broken' in tried ? fail('RB640', { path, ...tried.broken }) : tried;
  const same = Buffer.from(file).equals(inserted.content);
  // An unchanged file keeps its modification time, for builds and backups.
  if (!same) replaceDocument(path, inserted.content);
  const did = same ? 'is up to date' : inserted.replaced ? 'replaced' : 'added';
  host.stderr.write(`${path}: entry of ${run} ${did}\n`);
};
