/** Which server this is and which tool, as far as their own words tell. Pure. */

export interface MysqlVersion {
  readonly family: 'MariaDB' | 'MySQL';
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** For people: `MySQL 8.0.33`. */
  readonly shown: string;
}

const versionFrom = (text: string, found: RegExpExecArray | null): MysqlVersion | null => {
  if (found === null) return null;
  const family = /mariadb/i.test(text) ? 'MariaDB' : 'MySQL';
  const numbers = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] as const;
  return { family, numbers, shown: `${family} ${found.slice(1, 4).filter(Boolean).join('.')}` };
};

/** What SELECT VERSION() answers, or the second line of a dump; MariaDB puts 5.5.5 in front for old replicas. */
export const serverVersion = (text: string): MysqlVersion | null =>
  versionFrom(text, /^(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim()));

/**
 * The answer to --version, or the first line of a dump: `Ver 8.0.33 for Linux`, `Ver 10.19 Distrib 10.11.6-MariaDB`,
 * `from 11.8.2-MariaDB, client 10.20`, `dump 10.20-11.8.2-MariaDB`. The first number of two is the protocol's.
 */
export const toolVersion = (text: string): MysqlVersion | null =>
  versionFrom(
    text,
    /(?:\bDistrib |\bfrom |\bdump [\d.]+-)(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ??
      /\bVer (\d+)\.(\d+)(?:\.(\d+))?/.exec(text),
  );

/** Whether `a` is an earlier release than `b`, looked at as far as `parts` numbers. */
export const isBefore = (
  { numbers: a }: Pick<MysqlVersion, 'numbers'>,
  b: readonly number[],
  parts = b.length,
): boolean => {
  for (let i = 0; i < parts; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
};
