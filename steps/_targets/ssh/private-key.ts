/** The file of `key_file`: a private key that ssh2 takes, or why it is none. */
import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import type { TargetError } from '../../../engine/target.ts';
import { causes } from './causes.ts';

export type KeyFile =
  | { readonly kind: 'private'; readonly pem: string }
  /** Of a pair whose private half may be in the agent. */
  | { readonly kind: 'public'; readonly key: ParsedKey };

/** `path` as it is written, `file` where it is. Throws TargetError. */
export const readKeyFile = async (
  target: string,
  { path, file }: { readonly path: string; readonly file: string },
  passphrase: string | undefined,
): Promise<KeyFile> => {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw causes.keyUnread(target, path, cause);
  });
  const pem = isPkcs8(text) ? fromPkcs8(target, path, text, passphrase) : text;
  const parsed = ssh2.utils.parseKey(pem, passphrase);
  if (parsed instanceof Error) throw whyNoKey(target, path, parsed, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined) throw causes.noKey(target, path, 'it is empty');
  return key.isPrivateKey() ? { kind: 'private', pem } : { kind: 'public', key };
};

const whyNoKey = (
  target: string,
  path: string,
  { message }: Error,
  passphrase: string | undefined,
): TargetError => {
  if (/no passphrase given/i.test(message)) return causes.locked(target, path);
  if (/passphrase|integrity|decrypt/i.test(message))
    return passphrase === undefined ? causes.locked(target, path) : causes.wrongPassphrase(target, path);
  if (/\bsk-/.test(message)) return causes.onToken(target, path);
  return causes.noKey(target, path, message);
};

/** OpenSSL's and many tools' format, which ssh does take. */
const isPkcs8 = (text: string): boolean => /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/m.test(text);

const fromPkcs8 = (target: string, path: string, text: string, passphrase: string | undefined): string => {
  if (/ENCRYPTED/.test(text) && passphrase === undefined) throw causes.locked(target, path);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    throw /ENCRYPTED/.test(text)
      ? causes.wrongPassphrase(target, path)
      : causes.noKey(target, path, (error as Error).message);
  }
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'ed25519':
      return openSshEd25519(key);
    default:
      throw causes.noKey(target, path, `ssh has no keys of type ${key.asymmetricKeyType}`);
  }
};

const field = (bytes: Uint8Array | string): Buffer => {
  const data = Buffer.from(bytes as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
};

/** PROTOCOL.key of OpenSSH: the one format in which ssh2 knows an Ed25519 key. It stays in memory. */
const openSshEd25519 = (key: KeyObject): string => {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const [seed, publicKey] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const type = field('ssh-ed25519');
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, type, field(publicKey), field(Buffer.concat([seed, publicKey])), field('')],
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[field('none'), field('none'), field(''), one],
    field(Buffer.concat([type, field(publicKey)])),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
};
