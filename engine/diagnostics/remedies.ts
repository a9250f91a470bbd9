/** Sentences that several remedies share. */

const SHOWN = 20;

export const list = (names: readonly string[]): string =>
  names.length <= SHOWN
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;

/** `Did you mean "x"?  Allowed: a, b` with whichever parts there are. */
export const choose = (
  near: string | null,
  label: string,
  allowed: readonly string[],
  none: string,
): string => {
  const known = allowed.length === 0 ? none : `${label}: ${list(allowed)}`;
  return near === null ? known : `Did you mean "${near}"?  ${known}`;
};
