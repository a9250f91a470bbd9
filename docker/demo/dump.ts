import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Dump {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Its last line is the one that mysqldump writes when it has said all. */
  readonly complete: boolean;
}

/** Read from the VPS's disk, not from what the run said of it. */
export const readDump = (backups: string): Dump | null => {
  const name = existsSync(backups) ? readdirSync(backups).find((file) => file.endsWith('.sql')) : undefined;
  if (name === undefined) return null;
  const path = join(backups, name);
  const content = readFileSync(path);
  return {
    path,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    complete: /\n-- Dump completed[^\n]*\n$/.test(content.subarray(-200).toString('utf8')),
  };
};
