/** Content addresses: the same JSON has the same digest, whatever the order of its members. */
import { hash } from 'node:crypto';
import type { Plan } from './plan.ts';

/**
 * RFC 8785: members by UTF-16 code unit, no white space. A member that is undefined is left out, as in JSON.
 * One text is built up: a plan of ten thousand steps would leave a list for each of its maps behind.
 */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text && ','}${canonicalJson(item ?? null)}`;
    return `[${text}]`;
  }
  const map = value as { readonly [key: string]: unknown };
  for (const key of Object.keys(map).sort()) {
    const member = map[key];
    if (member !== undefined) text += `${text && ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
};

/** `sha256:<hex>` */
export const digestOf = (value: unknown): string => `sha256:${hash('sha256', canonicalJson(value), 'hex')}`;

/** Over everything but the digest itself. */
export const planDigest = ({ digest: _, ...rest }: Omit<Plan, 'digest'> & { digest?: string }): string =>
  digestOf(rest);
