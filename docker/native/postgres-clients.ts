/**
 * pg_dump and its like, not older than the lab's Postgres: those of a stable Debian may be, and refuse it.
 * They come from Debian sid and run with their own loader and libraries, as MySQL 9 does.
 */
import { existsSync, globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianSid } from './debian-sid.ts';
import { type Debs, providePackages } from './debs.ts';
import { LabError } from './lab-error.ts';
import { moveUnlessThere } from './move-folder.ts';
import { openLabRoot } from './place.ts';

const programs = ['pg_dump', 'pg_restore', 'psql'];

const writeStarters = (debs: Debs, folder: string): void => {
  const [installed] = globSync(debs.bin('usr/lib/postgresql/*/bin'));
  if (installed === undefined)
    throw new LabError(`there is no pg_dump in ${debs.prefix}`, 'Remove that folder, and try again');
  const loader = `${debs.library('ld-linux-x86-64.so.2')} --library-path ${debs.env.LD_LIBRARY_PATH}`;
  for (const program of programs)
    writeFileSync(join(folder, program), `#!/bin/sh\nexec ${loader} ${join(installed, program)} "$@"\n`, {
      mode: 0o755,
    });
};

/** A folder for somebody's PATH; unpacked on first use. Throws LabError with the reason where there are none. */
export const providePostgresClients = async (): Promise<string> => {
  const root = openLabRoot();
  const debs = await providePackages(root, ['postgresql-client'], debianSid).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    const remedy = "Run it where apt reaches Debian's archive";
    throw new LabError(`a pg_dump that is new enough cannot be had here: ${said}`, remedy, { cause: error });
  });
  const folder = join(debs.prefix, 'on-path');
  if (existsSync(folder)) return folder;
  const work = mkdtempSync(join(debs.prefix, 'on-path-'));
  mkdirSync(join(work, 'bin'), { mode: 0o755 });
  writeStarters(debs, join(work, 'bin'));
  moveUnlessThere(join(work, 'bin'), folder);
  return folder;
};
