import { createHmac } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import {
  entriesFor,
  fingerprintOf,
  keyTypeOf,
  parseKnownHosts,
  verifyHostKey,
} from '../../../../steps/_targets/ssh/known-hosts.ts';

const keyLine = (type: 'ed25519' | 'ecdsa'): string =>
  ssh2.utils
    .generateKeyPairSync(type, type === 'ecdsa' ? { bits: 256 } : {})
    .public.split(' ')
    .slice(0, 2)
    .join(' ');
const blob = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');

const [known, other, ecdsa] = [keyLine('ed25519'), keyLine('ed25519'), keyLine('ecdsa')];

/** As `ssh-keygen -H` writes a name. */
const hashed = (name: string): string => {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

const verdict = (file: string, key = known, host = 'db.example.org', port = 22) =>
  verifyHostKey(entriesFor(parseKnownHosts(file), host, port), blob(key));

describe('known_hosts', () => {
  it.each([
    ['a plain name', `db.example.org ${known}`],
    ['one name of several', `db,db.example.org,10.0.0.1 ${known} a comment`],
    ['a pattern', `*.example.org ${known}`],
    ['a pattern with ?', `d?.example.org ${known}`],
    ['a hashed name', `${hashed('db.example.org')} ${known}`],
    ['another case', `DB.Example.org ${known}`],
    ['several keys of a host', `db.example.org ${ecdsa}\ndb.example.org ${known}`],
    ['comments, blank and broken lines around', `# x\n\nbroken\n\tdb.example.org ${known}\r\n`],
  ])('accepts %s', (_, file) => {
    expect(verdict(file)).toEqual({ ok: true });
  });

  it.each([
    ['an empty file', '', 'unknown'],
    ['another host', `web.example.org ${known}`, 'unknown'],
    ['another hashed host', `${hashed('web.example.org')} ${known}`, 'unknown'],
    ['a dot that is no wildcard', `dbxexample.org ${known}`, 'unknown'],
    ['a negated pattern', `*.example.org,!db.example.org ${known}`, 'unknown'],
    ['a changed key', `db.example.org ${other}`, 'changed'],
    ['a key of another type', `db.example.org ${ecdsa}`, 'changed'],
    ['a revoked key, even where it is listed', `db.example.org ${known}\n@revoked * ${known}`, 'revoked'],
    ['an authority alone', `@cert-authority *.example.org ${other}`, 'cert-authority'],
  ])('refuses %s', (_, file, why) => {
    expect(verdict(file)).toMatchObject({ ok: false, why });
  });

  it.each([
    ['*', true],
    ['db.*', true],
    ['*.example.*g', true],
    ['d?.example.org', true],
    ['**db**org**', true],
    ['db.example.org*', true],
    ['?b.example.or', false],
    ['db.example.org?', false],
    ['*.example.com', false],
    ['db+example+org', false],
  ])('the pattern %s', (pattern, ok) => {
    expect(verdict(`${pattern} ${known}`).ok).toBe(ok);
  });

  it('is not held up by a pattern of many stars', () => {
    const pattern = `${'*a'.repeat(40)}*b`;
    const startedAt = performance.now();
    expect(verdict(`${pattern} ${known}`, known, 'a'.repeat(200))).toMatchObject({ ok: false });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('keeps ports apart', () => {
    expect(verdict(`[db.example.org]:2222 ${known}`, known, 'db.example.org', 2222)).toEqual({ ok: true });
    expect(verdict(`${hashed('[db.example.org]:2222')} ${known}`, known, 'db.example.org', 2222)).toEqual({
      ok: true,
    });
    expect(verdict(`[db.example.org]:2222 ${known}`)).toMatchObject({ why: 'unknown' });
    expect(verdict(`db.example.org ${known}`, known, 'db.example.org', 2222)).toMatchObject({
      why: 'unknown',
    });
  });

  it('tells what it expected', () => {
    expect(verdict(`#\ndb.example.org ${other}`)).toMatchObject({
      expected: [{ keyType: 'ssh-ed25519', fingerprint: fingerprintOf(blob(other)), line: 2 }],
    });
  });

  it('prints fingerprints and types as OpenSSH does', () => {
    const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
    expect(fingerprintOf(blob(line))).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
    expect(keyTypeOf(blob(line))).toBe('ssh-ed25519');
  });
});
