/** Whether this Node can run the engine; written so that an old one can read it and say so. */

const parts = (version: string): readonly number[] => (version.match(/\d+/g) ?? []).map(Number);

/** `needed` as in package.json: `>=22.13`. null: new enough. */
export const tooOld = (version: string, needed: string): string | null => {
  const [major = 0, minor = 0] = parts(version);
  const [neededMajor = 0, neededMinor = 0] = parts(needed);
  const isEnough = major > neededMajor || (major === neededMajor && minor >= neededMinor);
  return isEnough ? null : `runbook needs Node ${needed.replace('>=', '>= ')}; this is ${version}`;
};
