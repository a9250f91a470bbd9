/**
 * One deferred per step: listr2 runs a task as a function, and a step's function is to wait until the
 * journal says that it is settled.
 */
export interface SlotEnd {
  readonly kind: 'done' | 'failed' | 'skipped' | 'unreached';
  readonly title: string;
}

export interface Slots {
  end(id: string, end: SlotEnd): void;
  /** Ends every slot that is still open, in the order of `ids`. */
  endRest(ids: readonly string[], endOf: (id: string) => SlotEnd): void;
  wait(id: string): Promise<SlotEnd>;
}

export const createSlots = (): Slots => {
  const slots = new Map<string, PromiseWithResolvers<SlotEnd>>();
  const ended = new Set<string>();
  const slot = (id: string): PromiseWithResolvers<SlotEnd> => {
    const found = slots.get(id) ?? Promise.withResolvers<SlotEnd>();
    slots.set(id, found);
    return found;
  };
  const end = (id: string, as: SlotEnd): void => {
    ended.add(id);
    slot(id).resolve(as);
  };
  return {
    end,
    endRest(ids, endOf) {
      for (const id of ids) if (!ended.has(id)) end(id, endOf(id));
    },
    wait: (id) => slot(id).promise,
  };
};
