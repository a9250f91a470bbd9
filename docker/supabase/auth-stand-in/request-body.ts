import type { Context } from 'hono';
import { z } from 'zod';
import { AuthError } from './auth-error.ts';
import type { Env } from './service.ts';

const notJson = (prefix: string, why: string): AuthError =>
  new AuthError(400, 'bad_json', `${prefix}: ${why}`);

/** Unknown keys are ignored, a null is an absent key, and a body there must be. */
export const readBody = async <S extends z.ZodType>(
  c: Context<Env>,
  schema: S,
  prefix = 'Could not parse request body as JSON',
): Promise<z.output<S>> => {
  const parsed = schema.safeParse(withoutNulls(parseJson(await c.req.text(), prefix)));
  if (!parsed.success) throw notJson(prefix, z.prettifyError(parsed.error));
  return parsed.data;
};

/** Of a deletion, which may have none. */
export const readOptionalBody = async <S extends z.ZodType>(
  c: Context<Env>,
  schema: S,
): Promise<z.output<S>> => ((await c.req.text()) === '' ? schema.parse({}) : readBody(c, schema));

const parseJson = (text: string, prefix: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(prefix, cause instanceof Error ? cause.message : String(cause));
  }
};

const withoutNulls = (body: unknown): unknown => {
  if (body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
};
