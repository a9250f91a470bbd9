// The new id of an old one: uuid version 5 (RFC 9562), so that every run, and every table, comes to the same.
import { createHash } from 'node:crypto';

const bytesOf = (uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex');

export const uuidV5 = (namespace, name) => {
  const bytes = createHash('sha1').update(bytesOf(namespace)).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** Never change it: the ids that a run gave out would be others in the next. */
const root = 'c7b0f3c2-5d3e-4b0e-9a57-2f1c8d6e4a10';
const namespaces = new Map();

/** `entity` is the table's name: the same old id in two tables becomes two new ones. */
export const newId = (entity, oldId) => {
  if (!namespaces.has(entity)) namespaces.set(entity, uuidV5(root, entity));
  return uuidV5(namespaces.get(entity), oldId);
};
