/**
 * One event a line. The hash covers the very bytes before it, the previous hash among them, so that
 * `sed 's/,"hash":"[0-9a-f]*"}$//' | head -c -1 | sha256sum` of a line can check it without this engine:
 *
 *   {"v":1,"seq":7,"at":1795392000000,"type":"step-started",...,"prev":"<sha256>","hash":"<sha256>"}
 */
import { hash as digest } from 'node:crypto';
import type { Event, Recorded } from '../decide/events.ts';
import { recordedSchema } from './event-schemas.ts';

/** The newest format; every format up to it is read. */
export const FORMAT = 1;

/** What a line has to continue. */
export interface Head {
  /** Of the last event; 0: there is none. It is also its line number. */
  readonly seq: number;
  readonly at: number;
  /** Of the last line, in hex. */
  readonly hash: string;
}

export const START: Head = { seq: 0, at: 0, hash: '0'.repeat(64) };

export type Decoded =
  | { readonly event: Recorded; readonly head: Head }
  | { readonly bad: string /** Set where the line is of a later format. */; readonly format?: number };

const OPEN = '{"v":1,';
const LINK = /^,"prev":"[0-9a-f]{64}","hash":"[0-9a-f]{64}"\}$/;
const LINK_LENGTH = ',"prev":"","hash":""}'.length + 128;
const HASH_LENGTH = ',"hash":""}'.length + 64;

const sha256 = (bytes: string | Uint8Array): string => digest('sha256', bytes, 'hex');

/**
 * @returns the line with its newline, and the event as a reader will see it: what is folded now is what a
 *   resumed run folds. Throws where it would not be readable: an engine bug, stopped before it is on disk.
 */
export const encodeLine = (event: Event, at: number, after: Head) => {
  const seq = after.seq + 1;
  const body = JSON.stringify(Object.assign({ seq, at }, event, { seq, at }));
  const read = readBody(body);
  if ('bad' in read)
    throw new Error(`engine bug: a ${event.type} event that could not be read back: ${read.bad}`);
  const content = `${OPEN}${body.slice(1, -1)},"prev":"${after.hash}"`;
  const hash = sha256(content);
  return { line: `${content},"hash":"${hash}"}\n`, event: read.event, head: { seq, at, hash } };
};

/** @param bytes one line without its newline */
export const decodeLine = (bytes: Buffer, after: Head): Decoded => {
  const text = bytes.toString('utf8');
  const link = text.slice(-LINK_LENGTH);
  if (!text.startsWith(OPEN) || !LINK.test(link)) return misshapen(text);
  const hash = link.slice(-66, -2);
  if (sha256(bytes.subarray(0, -HASH_LENGTH)) !== hash) return { bad: 'does not match its own hash' };

  const read = readBody(`{${text.slice(OPEN.length, -LINK_LENGTH)}}`);
  if ('bad' in read) return read;
  const { seq, at } = read.event;
  if (seq !== after.seq + 1) return { bad: `has number ${seq} where ${after.seq + 1} was expected` };
  if (link.slice(9, 73) !== after.hash) return { bad: 'does not follow the previous line' };
  if (at < after.at) return { bad: 'has an earlier time than the previous line' };
  if ((seq === 1) !== (read.event.type === 'run-created')) {
    return { bad: seq === 1 ? 'is not the start of a run' : 'starts a run a second time' };
  }
  return { event: read.event, head: { seq, at, hash } };
};

/** The schema runs although the hash was right: the hash detects only careless edits. */
const readBody = (body: string): { event: Recorded } | { bad: string } => {
  const value = parse(body);
  if (value === undefined) return { bad: 'is not JSON' };
  const checked = recordedSchema.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    // zod would list all the types there are.
    if (issue?.code === 'invalid_union' && issue.path[0] === 'type') return { bad: 'has an unknown type' };
    return { bad: `is not a known event: ${['event', ...(issue?.path ?? [])].join('.')}: ${issue?.message}` };
  }
  // The parsed value, not zod's copy of it: half the garbage over 100,000 lines.
  return { event: value as Recorded };
};

const misshapen = (text: string): Decoded => {
  const value = parse(text);
  if (value === undefined) return { bad: 'is not JSON' };
  const format = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined;
  if (typeof format === 'number' && format > FORMAT) return { bad: `is in format ${format}`, format };
  return { bad: 'is not formatted as the engine writes it' };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
