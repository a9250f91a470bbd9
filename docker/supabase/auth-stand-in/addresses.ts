/** What Auth takes for an address, a phone number and an id: the grammar that decides who can be imported at all. */
import { z } from 'zod';
import { AuthError, invalid } from './auth-error.ts';
import { noInstance } from './users.ts';

/** Of a browser's `<input type="email">`: ASCII, and labels of DNS behind the @. */
const address = z.email({ pattern: z.regexes.html5Email });
const longest = 255;

/** Lowercased: two addresses that differ in case only are one user. */
export const normalEmail = (email: string): string => {
  if (email === '') throw invalid('An email address is required');
  if (Buffer.byteLength(email) > longest) throw invalid('An email address is too long');
  if (!address.safeParse(email).success) throw invalid('Unable to validate email address: invalid format');
  return email.toLowerCase();
};

/** E.164 without its +. */
export const normalPhone = (phone: string): string => {
  const digits = phone.replace(/^\+/, '').replaceAll(' ', '');
  if (!/^[1-9]\d{1,14}$/.test(digits)) throw invalid('Invalid phone number format (E.164 required)');
  return digits;
};

const forms = [
  /^([\da-f]{8})-([\da-f]{4})-([\da-f]{4})-([\da-f]{4})-([\da-f]{12})$/i,
  /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/i,
];

/** With or without dashes, in braces, or as `urn:uuid:`; null: none. Any version. */
export const parseUuid = (text: string): string | null => {
  const bare = /^\{(.*)\}$/.exec(text)?.[1] ?? /^urn:uuid:(.*)$/.exec(text)?.[1] ?? text;
  const parts = forms.map((form) => form.exec(bare)).find((found) => found !== null);
  return parts ? parts.slice(1).join('-').toLowerCase() : null;
};

export const givenId = (text: string): string => {
  const id = parseUuid(text);
  if (id === null) throw invalid('ID must conform to the uuid v4 format');
  if (id === noInstance) throw invalid('ID cannot be a nil uuid');
  return id;
};

export const userIdIn = (text: string): string => {
  const id = parseUuid(text);
  if (id === null) throw new AuthError(404, 'validation_failed', 'user_id must be an UUID');
  return id;
};
