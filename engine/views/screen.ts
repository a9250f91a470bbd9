/** Fits a list into a terminal that is too short for it. */

/**
 * Keeps the window of `lines` in which line `active` stands, with as much of what follows as of what came
 * before; what is cut off is counted, so that nobody takes a part for the whole. `rows` is at least 3.
 */
export const fitLines = (lines: readonly string[], rows: number, active: number): readonly string[] => {
  if (lines.length <= rows) return lines;
  const room = Math.max(1, rows - 2);
  const from = Math.max(0, Math.min(active - Math.floor(room / 2), lines.length - room));
  const above = from;
  const below = lines.length - from - room;
  return [
    ...(above > 0 ? [`  ... ${above} lines above`] : []),
    ...lines.slice(from, from + room),
    ...(below > 0 ? [`  ... ${below} lines below`] : []),
  ];
};
