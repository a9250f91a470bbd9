import { chownSync, lchownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './accounts.ts';

/** Makes a private folder of a server. */
export const makeFolderFor = (identity: Identity | undefined, path: string, mode = 0o700): string => {
  mkdirSync(path, { recursive: true, mode });
  if (identity) chownSync(path, identity.uid, identity.gid);
  return path;
};

export const writeFileFor = (
  identity: Identity | undefined,
  path: string,
  text: string,
  mode: number,
): void => {
  writeFileSync(path, text, { mode });
  if (identity) chownSync(path, identity.uid, identity.gid);
};

export const giveTo = (identity: Identity | undefined, path: string): void => {
  if (!identity) return;
  lchownSync(path, identity.uid, identity.gid);
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }))
    lchownSync(join(entry.parentPath, entry.name), identity.uid, identity.gid);
};
