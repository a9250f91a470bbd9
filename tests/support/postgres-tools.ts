/** pg_dump, pg_restore and psql of the lab's release, at a place of the test. */
import { providePostgresClients } from '../../docker/native/postgres-clients.ts';
import { sessionEnv } from '../../docker/native/vps.ts';
import type { Shell } from '../../steps/_work/shell.ts';
import type { LabInfo } from './lab.ts';
import { withEnv } from './place.ts';

/** With the folders of `first` before theirs. The first test that asks waits for a download of 10 MB. */
export const withPostgresTools = async (
  lab: LabInfo,
  shell: Shell,
  ...first: readonly string[]
): Promise<Shell> => {
  const own = shell.place === 'local' ? process.env.PATH : sessionEnv(lab.dir).PATH;
  return withEnv(shell, { PATH: [...first, await providePostgresClients(), own].join(':') });
};
