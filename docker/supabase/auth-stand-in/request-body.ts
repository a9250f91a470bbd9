import type { Context } from 'hono';
import { z } from 'zod';
import { AuthError } from './auth-error.ts';
import type { Env } from './service.ts';

/** An absent body is an empty object, unknown keys are ignored. */
export const readBody = async <S extends z.ZodType>(c: Context<Env>, schema: S): Promise<z.output<S>> => {
  const text = await c.req.text();
  const parsed = schema.safeParse(text === '' ? {} : parseJson(text));
  if (!parsed.success)
    throw new AuthError(
      400,
      'bad_json',
      `Could not parse request body as JSON: ${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AuthError(400, 'bad_json', `Could not parse request body as JSON: ${String(cause)}`);
  }
};
