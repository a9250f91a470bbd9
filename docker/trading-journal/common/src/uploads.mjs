// Screenshots on the VPS's disk. public/uploads is a link to a folder that all releases share; nginx serves it.
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join('public', 'uploads');

/** By content: a name or a type that the client sent proves nothing. */
const kinds = [
  { extension: 'png', is: (bytes) => bytes.subarray(0, 8).toString('hex') === '89504e470d0a1a0a' },
  { extension: 'jpg', is: (bytes) => bytes.subarray(0, 3).toString('hex') === 'ffd8ff' },
  {
    extension: 'webp',
    is: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
  },
];

/** null: not an image that we take. */
export const saveImage = async (tradeId, file) => {
  const bytes = Buffer.from(await file.arrayBuffer());
  const kind = kinds.find(({ is }) => is(bytes));
  if (!kind) return null;
  const name = `${randomUUID()}.${kind.extension}`;
  await mkdir(join(root, tradeId), { recursive: true });
  await writeFile(join(root, tradeId, name), bytes);
  return { path: `/uploads/${tradeId}/${name}`, bytes: bytes.length };
};

/** `tradeId` comes from the database, never from a path that a client wrote. */
export const removeUploads = (tradeId) => rm(join(root, tradeId), { recursive: true, force: true });
