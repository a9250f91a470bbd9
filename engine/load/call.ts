/** A call of a step type as the file has it. */

import type * as z from 'zod';
import type { Path } from '../expr/json-schema.ts';
import type { retry } from './schema/document.ts';

export interface Call {
  readonly type: string;
  readonly run_on?: string | undefined;
  readonly target?: string | undefined;
  readonly with?: { readonly [key: string]: unknown } | undefined;
  readonly timeout?: number | undefined;
  readonly kill_grace?: number | undefined;
  readonly retry?: z.output<typeof retry> | undefined;
  readonly message?: string | undefined;
  readonly until?: string | undefined;
  readonly every?: number | undefined;
  readonly for?: number | undefined;
}

export type Role =
  | 'act'
  | 'precondition'
  | 'verify'
  | 'undo'
  | 'undo precondition'
  | 'undo verify'
  | 'would_lose'
  | 'measurement'
  | 'act of the trip'
  | 'item';

/** Position of a call, and the outputs that it may read. */
export interface CallSite {
  readonly path: Path;
  readonly role: Role;
  /** null: the line's own read. */
  readonly step: string | null;
  readonly entry: number;
}
