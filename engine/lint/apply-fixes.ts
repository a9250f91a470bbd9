import type { Fix } from './rule.ts';

/** The text with the edits made; comments and layout stay. Of two that overlap, the first is made. */
export const applyFixes = (text: string, fixes: readonly Fix[]): string => {
  let at = 0;
  let fixed = '';
  for (const { start, end, text: by } of fixes.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    fixed += text.slice(at, start) + by;
    at = end;
  }
  return fixed + text.slice(at);
};
