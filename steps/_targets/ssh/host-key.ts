/** The check of the server's key. ssh2 takes the answer synchronously: a Promise would count as a yes. */
import { TargetError } from '../../../engine/target.ts';
import {
  entriesFor,
  fingerprintOf,
  type KnownHost,
  keyTypeOf,
  knownHostName,
  parseKnownHosts,
  type Verdict,
  verifyHostKey,
} from './known-hosts.ts';

export interface HostKeyPolicy {
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** `SHA256:...`, or the text of a known_hosts file and its path for messages. */
  readonly trust: { readonly fingerprint: string } | { readonly text: string; readonly path: string };
}

export interface HostKeyCheck {
  /** For ssh2's `hostVerifier`. */
  verify(key: Buffer): boolean;
  /** Why the last key was refused. */
  refusal(): TargetError | null;
  /** Host key algorithms to offer first: those of the keys that are known. */
  readonly preferred: readonly string[];
}

export const hostKeyCheck = (policy: HostKeyPolicy): HostKeyCheck => {
  const { trust } = policy;
  const entries = 'text' in trust ? entriesFor(parseKnownHosts(trust.text), policy.host, policy.port) : [];
  let refused: TargetError | null = null;
  return {
    preferred: algorithmsOf(entries),
    refusal: () => refused,
    verify(key) {
      if ('fingerprint' in trust) {
        const ok = fingerprintOf(key) === trust.fingerprint.replace(/=+$/, '');
        refused = ok ? null : mismatch(policy, key, `pinned is ${trust.fingerprint}`);
        return ok;
      }
      const verdict = verifyHostKey(entries, key);
      refused = verdict.ok ? null : explain(policy, trust.path, key, verdict);
      return verdict.ok;
    },
  };
};

/** An RSA key signs by three algorithms, of which the SHA-1 one comes last. */
const algorithmsOf = (entries: readonly KnownHost[]): readonly string[] => [
  ...new Set(
    entries
      .filter(({ marker }) => marker === null)
      .flatMap(({ keyType }) =>
        keyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [keyType],
      ),
  ),
];

const explain = (
  policy: HostKeyPolicy,
  path: string,
  key: Buffer,
  verdict: Exclude<Verdict, { ok: true }>,
): TargetError => {
  const { target, host, port } = policy;
  const name = knownHostName(host, port);
  const offered = describe(key);
  const expected = verdict.expected.map((e) => `${e.keyType} ${e.fingerprint} (line ${e.line})`).join(', ');
  const error = (message: string, remedy: string) => new TargetError(target, 'host-key', message, remedy);
  switch (verdict.why) {
    case 'changed':
      return mismatch(policy, key, `${path} has ${expected}`);
    case 'revoked':
      return error(
        `the host key of ${name} is revoked in ${path} (${expected})`,
        'Do not connect. Ask the person who revoked it for the new key.',
      );
    case 'cert-authority':
      return error(
        `${path} knows ${name} by @cert-authority only (${expected}), which is not supported`,
        `Add the host's own key, ${offered}, once you have it from a source you trust, or pin it by \`fingerprint\`.`,
      );
    case 'unknown':
      return error(
        `${name} is not in ${path}; it offers ${offered}`,
        `Compare that with a source you trust, then add it: ssh-keyscan -p ${port} ${host} >> ${path}`,
      );
  }
};

const mismatch = ({ target, host, port }: HostKeyPolicy, key: Buffer, expectation: string): TargetError =>
  new TargetError(
    target,
    'host-key',
    `${knownHostName(host, port)} offers the host key ${describe(key)}, but ${expectation}`,
    'Someone may sit in between. Find out why the key changed before you trust the new one.',
  );

const describe = (key: Buffer): string => `${keyTypeOf(key)} ${fingerprintOf(key)}`;
