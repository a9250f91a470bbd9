/** `page` and `per_page`, and the headers that tell how much there is. */
import type { Context } from 'hono';
import { invalid } from './auth-error.ts';
import type { Env } from './service.ts';

const defaultPerPage = 50;

export interface Paging {
  readonly page: number;
  readonly limit: number;
  readonly offset: number;
}

const whole = (text: string | undefined, fallback: number): number => {
  if (text === undefined || text === '') return fallback;
  if (!/^\d+$/.test(text)) throw invalid(`Bad Pagination Parameters: ${text} is not a whole number`);
  return Number(text);
};

export const pageOf = (c: Context<Env>): Paging => {
  const page = whole(c.req.query('page'), 1);
  const limit = whole(c.req.query('per_page'), defaultPerPage);
  return { page, limit, offset: Math.max(0, page - 1) * limit };
};

export const pageLinks = (c: Context<Env>, { page, limit }: Paging, total: number): void => {
  const last = Math.ceil(total / limit);
  const url = new URL(c.req.url);
  const link = (to: number, rel: string): string => {
    url.searchParams.set('page', String(to));
    url.searchParams.sort();
    return `<${url.pathname}${url.search}>; rel="${rel}"`;
  };
  c.header('Link', [...(last > page ? [link(page + 1, 'next')] : []), link(last, 'last')].join(', '));
  c.header('X-Total-Count', String(total));
};
