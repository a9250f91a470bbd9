import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveTo } from './ownership.ts';
import { screenshotFiles } from './seed/screenshots.ts';
import type { Sizes } from './seed/sizes.ts';
import { vpsPaths } from './vps.ts';
import type { World } from './world.ts';

/** The file of every seeded screenshot, as the app would have stored it. The folder is there already. */
export const writeUploads = (world: World, { trades }: Sizes): void => {
  const { uploads } = vpsPaths(world.dir);
  for (const { folder, name, bytes } of screenshotFiles(trades)) {
    mkdirSync(join(uploads, folder), { recursive: true, mode: 0o755 });
    writeFileSync(join(uploads, folder, name), bytes, { mode: 0o644 });
  }
  giveTo(world.accounts.login.identity, uploads);
};
