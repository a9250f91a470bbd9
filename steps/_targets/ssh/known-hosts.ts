/** OpenSSH's known_hosts: who a host must prove to be. sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | null;
  /** Patterns, or one `|1|salt|hash`. */
  readonly hosts: readonly string[];
  readonly keyType: string;
  /** As the server sends it. */
  readonly key: Buffer;
  /** 1-based. */
  readonly line: number;
}

export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why: 'unknown' | 'changed' | 'revoked' | 'cert-authority';
      /** What the file holds for this host. */
      readonly expected: readonly { keyType: string; fingerprint: string; line: number }[];
    };

/** Lines that are no entries are skipped, as OpenSSH does: they can only make a host unknown. */
export const parseKnownHosts = (text: string): readonly KnownHost[] =>
  text.split(/\r?\n/).flatMap((raw, index) => {
    const fields = raw.trim().split(/[ \t]+/);
    const marked = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    const marker = marked === undefined ? null : marked.slice(1);
    const [hosts, keyType, key] = fields;
    if (!hosts || hosts.startsWith('#') || !keyType || !key) return [];
    if (marker !== null && marker !== 'revoked' && marker !== 'cert-authority') return [];
    return [{ marker, hosts: hosts.split(','), keyType, key: Buffer.from(key, 'base64'), line: index + 1 }];
  });

/** `host`, or `[host]:port` off port 22. Strict: a key known for port 22 says nothing about another port. */
export const knownHostName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

export const entriesFor = (known: readonly KnownHost[], host: string, port: number): readonly KnownHost[] => {
  const name = knownHostName(host, port);
  return known.filter((entry) => covers(entry, name));
};

export const verifyHostKey = (entries: readonly KnownHost[], key: Buffer): Verdict => {
  const same = (entry: KnownHost) => entry.key.equals(key);
  const refuse = (why: Exclude<Verdict, { ok: true }>['why'], of: readonly KnownHost[]): Verdict => ({
    ok: false,
    why,
    expected: of.map(({ keyType, key: k, line }) => ({ keyType, fingerprint: fingerprintOf(k), line })),
  });
  const revoked = entries.filter((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked.length > 0) return refuse('revoked', revoked);
  const plain = entries.filter((entry) => entry.marker === null);
  if (plain.some(same)) return { ok: true };
  if (plain.length > 0) return refuse('changed', plain);
  const authorities = entries.filter((entry) => entry.marker === 'cert-authority');
  return authorities.length > 0 ? refuse('cert-authority', authorities) : refuse('unknown', []);
};

/** `SHA256:...` as `ssh-keygen -l` prints it. */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The type that a key names itself: its first SSH string. */
export const keyTypeOf = (key: Buffer): string => {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.subarray(4, 4 + length).toString('latin1');
};

const covers = ({ hosts }: KnownHost, name: string): boolean => {
  if (hosts.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), name))) return false;
  return hosts.some((pattern) => !pattern.startsWith('!') && matches(pattern, name));
};

const matches = (pattern: string, name: string): boolean => {
  if (pattern.startsWith('|1|')) return matchesHash(pattern, name);
  return matchesWildcards(pattern.toLowerCase(), name);
};

/** Without going back beyond the last `*`: as a RegExp, a line with many of them could hold up the engine for hours. */
const matchesWildcards = (pattern: string, name: string): boolean => {
  let at = 0;
  let star = -1;
  let retryFrom = 0;
  for (let i = 0; i < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      retryFrom = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++retryFrom;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
};

const matchesHash = (pattern: string, name: string): boolean => {
  const [, , salt = '', hash = ''] = pattern.split('|');
  const expected = Buffer.from(hash, 'base64');
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === found.length && timingSafeEqual(expected, found);
};
