import { randomInt } from 'node:crypto';

// Without 0/o and 1/l/i: an id may be read aloud on the phone.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

export const randomSuffix = (): string =>
  Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** `20261122-2210-trading-journal-cutover-x7kd`: UTC to the minute, so that ids of two machines sort alike. */
export const runId = (now: number, name: string, suffix: string): string => {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const minute = `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
  return [minute, slug(name), suffix].filter((part) => part !== '').join('-');
};

const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
