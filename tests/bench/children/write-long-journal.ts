/** `node write-long-journal.js PATH STEPS` */
import { createJournal } from '../../../engine/journal/journal.ts';
import { runBegins, stepEvents } from '../long-run.ts';

const [path = '', steps = '1'] = process.argv.slice(2);
const journal = createJournal(path);
journal.append(runBegins, 0);
for (let i = 0; i < Number(steps); i++) journal.append(stepEvents(i), i);
journal.close();
