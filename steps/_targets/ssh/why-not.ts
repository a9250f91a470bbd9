/** Tells apart why a connection did not come about. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TargetError } from '../../../engine/target.ts';
import { type Address, causes } from './causes.ts';
import type { Credentials, Method } from './credentials.ts';

/** What the server said in the login; ssh2's own error does not tell. */
export class Login {
  readonly #methods: readonly Method[];
  #next = 0;
  began = false;
  /** Methods that the server takes; null: it has not said. */
  allowed: readonly string[] | null = null;
  isPartial = false;

  constructor({ methods }: Pick<Credentials, 'methods'>) {
    this.#methods = methods;
  }

  /** For ssh2's `authHandler`: the next method, or false. */
  readonly handler = (left: readonly string[] | null, partial: boolean | null): Method | false => {
    this.began = true;
    if (left !== null) this.allowed = left;
    this.isPartial ||= partial === true;
    const method = this.#methods[this.#next];
    this.#next += 1;
    return method ?? false;
  };
}

export interface Attempt {
  readonly target: string;
  readonly address: Address;
  /** As the target has it. */
  readonly connectTimeout: string;
  readonly login: Pick<Login, 'began' | 'allowed' | 'isPartial'>;
  readonly credentials: Pick<Credentials, 'offered' | 'methods' | 'agentKeys'>;
}

type SshError = Error & { readonly level?: string; readonly code?: string | number };

/** MaxAuthTries of sshd by default. Its word for it can be lost: the next key that we offer meets a closed socket. */
const attemptsOfOpenSsh = 6;

export const whyNot = (attempt: Attempt, thrown: unknown): TargetError => {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SshError;
  return attempt.login.began ? ofLogin(attempt, error) : ofConnection(attempt, error);
};

const ofLogin = ({ target, address, login, credentials }: Attempt, error: SshError): TargetError => {
  const { offered, methods, agentKeys } = credentials;
  if (error.level === 'agent') return causes.agentFailed(target, error);
  if (/too many authentication failures/i.test(error.message))
    return causes.tooManyKeys(target, address, agentKeys, error);
  if (error.level !== 'client-authentication')
    return agentKeys >= attemptsOfOpenSsh
      ? causes.tooManyKeys(target, address, agentKeys, error)
      : causes.cutLogin(target, address, error);
  const allowed = login.allowed ?? [];
  if (login.isPartial) return causes.secondFactor(target, address, allowed, error);
  const own = new Set<string>(methods.map((method) => (method === 'agent' ? 'publickey' : method)));
  return allowed.length > 0 && !allowed.some((method) => own.has(method))
    ? causes.otherMethod(target, address, offered, allowed, error)
    : causes.refusedLogin(target, address, offered, error);
};

const ofConnection = (attempt: Attempt, error: SshError): TargetError => {
  const { target, address, connectTimeout } = attempt;
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return causes.unknownName(target, address.host, isAlias(address.host), error);
    case 'ECONNREFUSED':
      return causes.refused(target, address, error);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return causes.noRoute(target, address, error);
    case 'ETIMEDOUT':
      return causes.silent(target, address, connectTimeout, error);
    case 'ECONNRESET':
    case 'EPIPE':
      return causes.hungUp(target, address, error);
  }
  if (error.level === 'client-timeout') return causes.silent(target, address, connectTimeout, error);
  if (/^Connection lost before handshake|^No response from server/.test(error.message))
    return causes.hungUp(target, address, error);
  if (/^Invalid identification string|protocol version/i.test(error.message))
    return causes.notSsh(target, address, error);
  if (/no matching/.test(error.message)) return causes.noCommonAlgorithm(target, address, error);
  return causes.lost(target, address, error);
};

/** Whether OpenSSH would know the name from the user's own file. */
const isAlias = (name: string): boolean => {
  try {
    const text = readFileSync(join(homedir(), '.ssh', 'config'), 'utf8');
    return text.split('\n').some(
      (line) =>
        /^\s*host[\s=]/i.test(line) &&
        line
          .trim()
          .split(/[\s=]+/)
          .slice(1)
          .includes(name),
    );
  } catch {
    return false;
  }
};
