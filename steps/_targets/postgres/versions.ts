/** Which server this is and which tool, as far as their own words tell. Pure. */

export interface PostgresVersion {
  /** The release; all of one release take each other's dumps. */
  readonly major: number;
  /** For people: `Postgres 18.4`. */
  readonly shown: string;
}

/** What SHOW server_version answers, a tool to --version, or the head of a dump; null: none of it. */
export const versionIn = (text: string): PostgresVersion | null => {
  const [, major, rest] = /(?:^|\) |version:? )(\d+)([.\w]*)/.exec(text.trim()) ?? [];
  return major === undefined ? null : { major: Number(major), shown: `Postgres ${major}${rest}` };
};
