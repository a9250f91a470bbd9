/** Ending something and proving it dead: processes, sessions of a database server. */

export interface Living<T> {
  /** Those that still live. */
  living(): Promise<readonly T[]>;
  /** Ends them; called again for those that the next look finds. */
  end?(living: readonly T[]): Promise<void>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly limitMs: number;
  /** Between looks: the first pause, doubled up to the last. */
  readonly pauseMs: { readonly first: number; readonly most: number };
  /** Given up once it fires. */
  readonly signal?: AbortSignal;
}

/** Looks, ends what it finds, looks again, once at least. false: something still lives when time is up. */
export const endAndProve = async <T>(of: Living<T>): Promise<boolean> => {
  const until = of.now() + of.limitMs;
  let isOver = false;
  for (let pauseMs = of.pauseMs.first; ; pauseMs = Math.min(of.pauseMs.most, pauseMs * 2)) {
    const found = await of.living();
    if (found.length === 0) return true;
    if (isOver) return false;
    await of.end?.(found);
    const leftMs = Math.max(0, until - of.now());
    isOver = leftMs === 0 || of.signal?.aborted === true;
    await of.sleep(Math.min(pauseMs, leftMs));
  }
};
