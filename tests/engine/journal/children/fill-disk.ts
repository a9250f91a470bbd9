/**
 * Appends to a journal until the disk refuses, then tells on stdout what is there, and what is there once space
 * was made: argv is the journal's path and a file whose removal frees space, or nothing.
 */

import { readFileSync, rmSync } from 'node:fs';
import type { Event } from '../../../../engine/decide/events.ts';
import { DiagnosticError } from '../../../../engine/diagnostic.ts';
import { createJournal, openJournal } from '../../../../engine/journal/journal.ts';
import { masked } from '../../../support/masked.ts';
import { succeeded } from '../every-event.ts';

const [path = '', filler] = process.argv.slice(2);
const [created] = succeeded as [Event];
const settled: Event = {
  type: 'step-settled',
  step: 'dump',
  state: 'failed',
  reason: masked('x'.repeat(700)),
};

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'no error';
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ code }) => code).join();
    throw error;
  }
};

const journal = createJournal(path);
journal.append([created], 1);
let refused = 'no error';
for (let i = 0; i < 10_000 && refused === 'no error'; i++)
  refused = codeOf(() => journal.append([settled], 1));
const acknowledged = journal.events.length;
const again = codeOf(() => journal.append([settled], 1));
journal.close();
const endsInNewline = readFileSync(path).at(-1) === 0x0a;

if (filler !== undefined) rmSync(filler);
const { journal: resumed, tornBytes } = openJournal(path);
const kept = resumed.events.length;
const afterwards = codeOf(() => resumed.append([settled], 1));
resumed.close();
process.stdout.write(
  JSON.stringify({ refused, again, lost: acknowledged - kept, endsInNewline, tornBytes, afterwards }),
);
