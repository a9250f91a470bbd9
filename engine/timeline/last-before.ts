/** The last that began before an instant, of a list in the order of the instants; undefined: none. */
export const lastBefore = <T extends { readonly fromMs: number }>(
  list: readonly T[],
  atMs: number,
): T | undefined => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as T).fromMs < atMs) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
};
