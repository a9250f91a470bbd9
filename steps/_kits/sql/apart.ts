/** What is said of a statement that no transaction takes. */
import type { NotRead } from '../../../engine/target.ts';
import type { Apart } from './client.ts';

const elsewhere = "Run it in a `command` step, by the server's own client";

export const apartRefused = ({ what, alone }: Apart): NotRead => ({
  what: `${what} cannot run in a transaction, and a write runs in one`,
  remedy: alone ? 'Say `transaction: false` under `with`, and give it a `probe`' : elsewhere,
});

/** What begins or ends a transaction does nothing in a session of one statement. */
export const aloneRefused = ({ what }: Apart): NotRead => ({
  what: `${what} has no effect in a session of one statement`,
  remedy: elsewhere,
});
