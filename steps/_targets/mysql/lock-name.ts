/** For GET_LOCK, which takes 64 characters; the whole server shares its names. */
export const lockName = (sha256: string): string => {
  if (!/^[0-9a-f]{40,}$/.test(sha256)) throw new Error('a lock is named by at least 40 hex digits');
  return `runbook:${sha256.slice(0, 40)}`;
};
