import pg from 'pg';

export interface ReadQuery {
  /** One row, `rows`: the JSON array as text. */
  readonly sql: string;
  /** One row, `n`: how many there would be without `limit`. */
  readonly countSql: string;
  readonly values: string[];
}

/** A request that PostgREST may understand, but this stand-in does not. */
export class UnknownQueryError extends Error {}

const whole = (name: string, text: string | undefined): string => {
  if (text === undefined) return '';
  if (!/^\d+$/.test(text)) throw new UnknownQueryError(`${name}=${text} is not a whole number`);
  return ` ${name} ${text}`;
};

const columns = (text: string | undefined): string => {
  if (text === undefined || text === '' || text === '*') return '*';
  const names = text.split(',').map((name) => name.trim());
  const odd = names.find((name) => !/^\w+$/.test(name));
  if (odd !== undefined) throw new UnknownQueryError(`select=${odd}: this stand-in knows plain columns only`);
  return names.map(pg.escapeIdentifier).join(', ');
};

const order = (text: string | undefined): string => {
  if (text === undefined || text === '') return '';
  const parts = text.split(',').map((part) => {
    const [, name, direction] = /^(\w+)(?:\.(asc|desc))?$/.exec(part) ?? [];
    if (name === undefined)
      throw new UnknownQueryError(`order=${part}: this stand-in knows column.asc and .desc`);
    return `${pg.escapeIdentifier(name)} ${direction ?? 'asc'}`;
  });
  return ` ORDER BY ${parts.join(', ')}`;
};

/** `?select=a,b&order=a.desc&limit=1&offset=2&column=eq.value`; `apikey` is the gateway's. */
export const readQueryOf = (table: string, query: Readonly<Record<string, string[]>>): ReadQuery => {
  const { select, limit, offset, order: sort, apikey, ...filters } = query;
  const values: string[] = [];
  const conditions = Object.entries(filters).flatMap(([column, texts]) =>
    texts.map((text) => {
      if (!text.startsWith('eq.'))
        throw new UnknownQueryError(`${column}=${text}: this stand-in knows eq only`);
      values.push(text.slice(3));
      return `${pg.escapeIdentifier(column)} = $${values.length}`;
    }),
  );
  const from = `FROM public.${pg.escapeIdentifier(table)}${conditions.length ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
  const window = `${order(sort?.[0])}${whole('limit', limit?.[0])}${whole('offset', offset?.[0])}`;
  return {
    sql: `SELECT coalesce(json_agg(r), '[]')::text AS rows FROM (SELECT ${columns(select?.[0])} ${from}${window}) r`,
    countSql: `SELECT count(*)::int AS n ${from}`,
    values,
  };
};
