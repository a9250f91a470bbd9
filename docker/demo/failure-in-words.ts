/** The message when a demo cannot continue; the stack goes to a file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../native/lab-error.ts';

/** @param dir the folder of the lab, which is kept */
export const inWords = (error: unknown, dir: string): readonly string[] => {
  if (error instanceof LabError) return [error.message, error.remedy];
  const file = join(dir, 'log', 'demo.log');
  const message = error instanceof Error ? error.message : String(error);
  try {
    writeFileSync(file, `${error instanceof Error ? error.stack : message}\n`);
  } catch {
    return [`The demo cannot continue: ${message}`, `Read the logs in ${dir}`];
  }
  return [`The demo cannot continue: ${message}`, `Read ${file} and the logs beside it`];
};
