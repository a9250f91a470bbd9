/** What `runbook init` has to know, how an answer is written, and what it is without one. */
import { formatOffset, parseOffset } from '../load/duration.ts';

export interface Server {
  readonly user: string;
  readonly host: string;
  readonly port: number;
}

export const databases = ['mysql', 'postgres', 'none'] as const;
export const services = ['github', 'gitlab', 'none'] as const;

export interface Answers {
  readonly name: string;
  /** Empty: the machine of the operator. */
  readonly servers: readonly Server[];
  readonly database: (typeof databases)[number];
  readonly approvers: readonly string[];
  readonly opensMs: number;
  readonly hardStopMs: number;
  readonly ci: (typeof services)[number];
}

export type Parsed<T> = { readonly value: T } | { readonly why: string };

const nameRule = /^[a-z0-9][a-z0-9._-]*$/;

export const readName = (text: string): Parsed<string> =>
  nameRule.test(text) && text.length <= 80 && !/^runbook\.(policy|schema)$/.test(text)
    ? { value: text }
    : { why: 'small letters, digits, ".", "-" and "_" were expected, at most 80' };

/** The name of a folder, as a runbook may have it. */
export const nameFrom = (folder: string): string => {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return 'value' in readName(name) && name !== 'runbooks' ? name : 'cutover';
};

export const readServers = (texts: readonly string[]): Parsed<readonly Server[]> => {
  if (texts.length === 1 && texts[0] === 'none') return { value: [] };
  const servers: Server[] = [];
  for (const text of texts) {
    const match = /^([A-Za-z_][\w.-]*)@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?$/.exec(
      text,
    );
    const [, user = '', host = '', port = '22'] = match ?? [];
    if (!match || Number(port) < 1 || Number(port) > 65535)
      return { why: `user@host or user@host:port was expected, not "${text}"` };
    servers.push({ user, host, port: Number(port) });
  }
  return servers.length > 0 ? { value: servers } : { why: 'user@host was expected, or none' };
};

const readOneOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): Parsed<T> => {
    const found = known.find((word) => word === text);
    return found ? { value: found } : { why: `one of ${known.join(', ')} was expected` };
  };

export const readDatabase = readOneOf(databases);
export const readService = readOneOf(services);

const idRule = /^[a-z][a-z0-9_-]*$/;

export const approverId = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-$/g, '');

export const readApprovers = (names: readonly string[]): Parsed<readonly string[]> => {
  const all = names.map((name) => name.trim());
  const strange = all.find((name) => !idRule.test(approverId(name)) || /\p{Cc}/u.test(name));
  if (strange !== undefined)
    return { why: `a name with a letter from a to z was expected, not "${strange}"` };
  const ids = all.map(approverId);
  const twice = all.find((_, i) => ids.indexOf(ids[i] ?? '') !== i);
  if (twice !== undefined) return { why: `"${twice}" would have the same id as another approver` };
  return all.length > 0 ? { value: all } : { why: 'at least one name was expected' };
};

export interface Window {
  readonly opensMs: number;
  readonly hardStopMs: number;
}

/** With less, the runbook would not keep its hard stop even as planned. */
const shortestMs = 10 * 60_000;

export const readWindow = (text: string): Parsed<Window> => {
  const [from = '', to = '', ...more] = text.split('..');
  const [opens, stop] = [parseOffset(from), parseOffset(to)];
  if (!opens.ok || !stop.ok || more.length > 0) return { why: 'two times were expected, as T-30m..T+30m' };
  return opens.ms <= -shortestMs && stop.ms >= shortestMs
    ? { value: { opensMs: opens.ms, hardStopMs: stop.ms } }
    : { why: 'it must begin 10m before T0 or earlier, and end 10m after T0 or later' };
};

export const windowText = ({ opensMs, hardStopMs }: Window): string =>
  `${formatOffset(opensMs)}..${formatOffset(hardStopMs)}`;
