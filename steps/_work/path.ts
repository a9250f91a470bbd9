import { createHash } from 'node:crypto';
import * as z from 'zod';

/** Absolute: a relative path would mean one thing here and another in the login folder of an ssh place. */
export const absolutePath = z
  .string()
  .regex(/^\/[^\n\0]*[^/\n\0]$/, 'An absolute path of a file, such as /var/lib/cutover/maintenance')
  .describe('Absolute path at the place the step runs on; `~` is not expanded');

export const octalMode = z
  .string()
  .regex(/^0?[0-7]{3}$/, "Permission bits in octal, as a string: '0644'")
  .describe("Permission bits in octal, as a string: '0644'");

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/**
 * The file is built here and renamed: same folder, so the rename is atomic. The leading dot keeps it out of
 * the globs of nginx, cron and run-parts; the name is the step's, so that a later attempt or the undo clears it.
 */
export const temporaryBeside = (path: string, step: { runId: string; stepId: string }): string => {
  const cut = path.lastIndexOf('/') + 1;
  return `${path.slice(0, cut)}.${path.slice(cut)}.runbook-${sha256(`${step.runId}/${step.stepId}`).slice(0, 12)}`;
};
