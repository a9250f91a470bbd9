/**
 * A ledger's lines: the items, one line that freezes them, then the outcome of each. Every
 * hash covers the hash before it, so that a line can neither be changed nor taken out unseen:
 *
 *   {"key":"ck1","value":{...},"hash":"<sha256>"}
 *   {"act":"mail/do/0","ledger":"recipients","count":620,"sha256":"<of the items>","at":1795392000000,"hash":...}
 *   {"n":311,"to":"claimed","at":1795392000000,"hash":"<sha256>"}
 */
import { hash as digest } from 'node:crypto';
import * as z from 'zod';
import type { Json } from '../plan.ts';

/** `not-done`: certainly not done, may be tried again. `failed`: refused for good. `unknown`: outcome not known. */
export const ITEM_STATES = ['planned', 'claimed', 'done', 'not-done', 'failed', 'unknown'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

const json: z.ZodType<Json> = z.json();

const item = z.strictObject({ key: z.string().min(1), value: json });

const frozen = z.strictObject({
  act: z.string(),
  ledger: z.string(),
  count: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.number(),
});

const entry = z.strictObject({
  /** Which item, from 0. */
  n: z.int().nonnegative(),
  to: z.enum(ITEM_STATES).exclude(['planned']),
  at: z.number(),
  /** One line, no secret in it. */
  note: z.string().optional(),
  /** The person who recorded it, if one did. */
  by: z.strictObject({ user: z.string(), host: z.string(), reason: z.string() }).optional(),
});

export type ItemRecord = z.output<typeof item>;
export type FrozenRecord = z.output<typeof frozen>;
export type EntryRecord = z.output<typeof entry>;
export type LedgerRecord = ItemRecord | FrozenRecord | EntryRecord;

export const LEDGER_START = '0'.repeat(64);

const TAIL = /^,"hash":"[0-9a-f]{64}"\}$/;
const TAIL_LENGTH = ',"hash":""}'.length + 64;

const chained = (before: string, content: string): string => digest('sha256', before + content, 'hex');

/** What one item adds to the list's own digest, which any run with the same items has. */
export const itemLine = (key: string, value: unknown): string => `${JSON.stringify([key, value])}\n`;

/** @returns the line with its newline, and the hash that the next one has to follow */
export const encodeRecord = (record: LedgerRecord, before: string): { line: string; hash: string } => {
  const content = JSON.stringify(record).slice(0, -1);
  const hash = chained(before, content);
  return { line: `${content},"hash":"${hash}"}\n`, hash };
};

/** @param bytes one line without its newline */
export const decodeRecord = (
  bytes: Buffer,
  before: string,
): { record: LedgerRecord; hash: string } | { bad: string } => {
  const text = bytes.toString('utf8');
  const tail = text.slice(-TAIL_LENGTH);
  if (!TAIL.test(tail)) return { bad: 'is not formatted as the engine writes it' };
  const content = text.slice(0, -TAIL_LENGTH);
  const hash = tail.slice(-66, -2);
  if (chained(before, content) !== hash) return { bad: 'does not match its hash and the previous lines' };
  const value: unknown = JSON.parse(`${content}}`);
  const schema = !isObject(value) ? item : 'n' in value ? entry : 'count' in value ? frozen : item;
  const checked = schema.safeParse(value);
  return checked.success ? { record: checked.data, hash } : { bad: 'has an unknown kind' };
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
