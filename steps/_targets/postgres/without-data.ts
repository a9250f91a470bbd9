/**
 * What a Postgres server says of a value that does not fit (class 22), without the value: a message goes to the
 * screen, to the log and into the journal. The rows of a broken constraint stand in the error's detail, which nobody shows.
 */
export const withoutValues = (sqlState: string, message: string): string =>
  sqlState.startsWith('22') ? message.replace(/".*"/s, '"…"') : message;
