/** Makes a run in argv[2] and tells on stdout what came of it, as an operator reads it. */
import { diagnosed, told } from '../diagnosed.ts';
import { newRun } from '../new-run.ts';

process.stdout.write(told(diagnosed(() => newRun(process.argv[2] ?? ''))));
