/**
 * What is known of the tables that are already compared, so that an engine that was killed does not begin anew.
 * It only serves the attempt that was cut off: one that came to an end, whichever, is never believed again,
 * since it is retried because something has changed.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ActContext, Ledger } from '../../engine/step.ts';
import { type CompareInput, type TableResult, tableResult } from './step.ts';

export interface Checkpoint {
  read(table: string): Promise<TableResult | null>;
  write(table: string, result: TableResult): Promise<void>;
  /** From here on nothing that was written is read. */
  conclude(): Promise<void>;
}

const none: Checkpoint = {
  read: async () => null,
  write: async () => undefined,
  conclude: async () => undefined,
};

async function* one<T>(value: T): AsyncGenerator<{ key: string; value: T }> {
  yield { key: 'it', value };
}

const firstOf = async <T>(ledger: Ledger<T>): Promise<T | null> => {
  if ((await ledger.frozen()) === null) return null;
  for await (const { value } of ledger.pending()) return value;
  return null;
};

/** A list is frozen as a whole or not at all: with one item it is a record that is written once. */
export const checkpointOf = async (ctx: ActContext, input: CompareInput): Promise<Checkpoint> => {
  // Little is lost of one table. A check, which is polled and rehearsed, looks at what is there now.
  if (input.tables.length === 1 || !ctx.act.includes('/do/')) return none;
  const concluded = (round: number) => ctx.ledger(`concluded-${round}`, z.literal(true));
  let round = 0;
  while ((await concluded(round).frozen()) !== null) round += 1;
  const asked = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 8);
  const record = (table: string) => {
    const position = input.tables.findIndex((t) => t.table === table);
    return ctx.ledger(`round-${round}-table-${position}-${asked}`, tableResult);
  };
  return {
    read: (table) => firstOf(record(table)),
    write: async (table, result) => void (await record(table).freeze(one(result))),
    conclude: async () => void (await concluded(round).freeze(one(true as const))),
  };
};
