/**
 * One deferred per step: listr2 runs a task as a function, and this function waits until the step is settled.
 */
export interface SlotEnd {
  /** `unreached`: it never started. `stopped`: it started, but neither ended nor failed. */
  readonly kind: 'done' | 'failed' | 'skipped' | 'unreached' | 'stopped';
  readonly title: string;
}

export interface Slots {
  end(id: string, end: SlotEnd): void;
  /** The next one has its turn, while this one is still open. */
  goOn(id: string): void;
  /** Ends every slot that is still open, in the order of `ids`. */
  endRest(ids: readonly string[], endOf: (id: string) => SlotEnd): void;
  wait(id: string): Promise<SlotEnd>;
  /** Resolves when it is the next one's turn. */
  passed(id: string): Promise<unknown>;
}

interface Slot {
  readonly ended: PromiseWithResolvers<SlotEnd>;
  readonly passed: PromiseWithResolvers<void>;
}

export const createSlots = (): Slots => {
  const slots = new Map<string, Slot>();
  const ended = new Set<string>();
  const slot = (id: string): Slot => {
    const found = slots.get(id) ?? { ended: Promise.withResolvers(), passed: Promise.withResolvers() };
    slots.set(id, found);
    return found;
  };
  const end = (id: string, as: SlotEnd): void => {
    ended.add(id);
    slot(id).ended.resolve(as);
    slot(id).passed.resolve();
  };
  return {
    end,
    goOn: (id) => slot(id).passed.resolve(),
    endRest(ids, endOf) {
      for (const id of ids) if (!ended.has(id)) end(id, endOf(id));
    },
    wait: (id) => slot(id).ended.promise,
    passed: (id) => slot(id).passed.promise,
  };
};
