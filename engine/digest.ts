/** Content addresses: the same JSON has the same digest, whatever the order of its members. */
import { hash } from 'node:crypto';
import type { Plan } from './plan.ts';

/** RFC 8785: members by UTF-16 code unit, no white space. A member that is undefined is left out, as in JSON. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
};

/** `sha256:<hex>` */
export const digestOf = (value: unknown): string => `sha256:${hash('sha256', canonicalJson(value), 'hex')}`;

/** Over everything but the digest itself. */
export const planDigest = ({ digest: _, ...rest }: Omit<Plan, 'digest'> & { digest?: string }): string =>
  digestOf(rest);
