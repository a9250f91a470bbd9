/**
 * Why an ssh target cannot be used: what is wrong on this machine, on the way, at the host, or with the login; each
 * with what to do about it. Nothing else says so: what is blamed must be told apart in one place.
 */
import { TargetError } from '../../../engine/target.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

const at = ({ host, port }: Address): string => `${host}:${port}`;

const withCause = (cause: unknown) => (cause === undefined ? {} : { cause });

/** This machine: its files, its agent, what the target says. */
const local = (target: string, message: string, remedy: string, cause?: unknown): TargetError =>
  new TargetError(target, 'config', message, remedy, withCause(cause));

const network = (target: string, message: string, remedy: string, cause: unknown): TargetError =>
  new TargetError(target, 'unreachable', message, remedy, { cause });

/** The host was spoken to, and the fault is with what answers there: trying again helps only where `retry` says so. */
const host = (target: string, message: string, remedy: string, cause: unknown, retry: boolean): TargetError =>
  new TargetError(target, 'unreachable', message, remedy, { cause, retry });

const login = (target: string, message: string, remedy: string, cause: unknown): TargetError =>
  new TargetError(target, 'auth', message, remedy, { cause });

const byHand = ({ host, port, user }: Address): string => `ssh -p ${port} ${user}@${host}`;

export const causes = {
  keyUnread: (target: string, path: string, cause: NodeJS.ErrnoException) =>
    cause.code === 'EACCES' || cause.code === 'EPERM'
      ? local(
          target,
          `the key ${path} cannot be read by this user`,
          'Run as the user that owns the key.',
          cause,
        )
      : local(
          target,
          `the key ${path} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`,
          'Correct `key_file`: relative to the runbook, or ~/ for your home.',
          cause,
        ),
  locked: (target: string, path: string) =>
    local(
      target,
      `the key ${path} has a passphrase, and none is given`,
      'Give its `passphrase`, as a secret; or ssh-add it and set `agent: true` instead of `key_file`.',
    ),
  wrongPassphrase: (target: string, path: string) =>
    local(target, `the key ${path} does not open with its passphrase`, 'Correct the secret of `passphrase`.'),
  onToken: (target: string, path: string) =>
    local(
      target,
      `the key ${path} is on a hardware token, which only an agent can use`,
      'ssh-add it, and name its .pub file in `key_file`.',
    ),
  publicKey: (target: string, path: string) =>
    local(
      target,
      `${path} is a public key, and no agent has its private half`,
      'Name the private key (mostly the same name without .pub), or ssh-add it.',
    ),
  noKey: (target: string, path: string, why: string) =>
    local(
      target,
      `${path} is no private key: ${why}`,
      'Name a private key in OpenSSH or PEM format; `ssh-keygen -p -f FILE` writes a copy of it as OpenSSH.',
    ),
  noAgent: (target: string) =>
    local(target, 'there is no SSH agent', 'Start one (eval "$(ssh-agent)"; ssh-add), or set SSH_AUTH_SOCK.'),
  deadAgent: (target: string, socket: string, cause: unknown) =>
    local(
      target,
      `the SSH agent at ${socket} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Start it anew (eval "$(ssh-agent)"; ssh-add), or set SSH_AUTH_SOCK to one that runs.',
      cause,
    ),
  emptyAgent: (target: string) =>
    local(target, 'the SSH agent has no keys', 'Add the key: ssh-add FILE. Or name it in `key_file`.'),
  nothingToOffer: (target: string) =>
    local(target, 'it has neither key, agent nor password', 'Set key_file, agent or password.'),

  unknownName: (target: string, name: string, alias: boolean, cause: unknown) =>
    network(
      target,
      `${name} cannot be reached: no address is known for this name`,
      alias
        ? `~/.ssh/config has ${name} and is not read: write its HostName, User, Port and ProxyJump as host, user, port and via.`
        : `Check the name, and this machine's name server: getent hosts ${name}`,
      cause,
    ),
  noRoute: (target: string, address: Address, cause: Error) =>
    network(
      target,
      `${at(address)} cannot be reached: this machine has no route to it (${cause.message})`,
      'Check the network or VPN of this machine.',
      cause,
    ),
  silent: (target: string, address: Address, limit: string, cause: unknown) =>
    network(
      target,
      `${at(address)} cannot be reached: no answer within ${limit}`,
      `Check the address, and firewalls on the way: nc -vz ${address.host} ${address.port}`,
      cause,
    ),
  lost: (target: string, address: Address, cause: Error) =>
    network(
      target,
      `${at(address)} cannot be reached: ${cause.message}`,
      `Check the network and that sshd runs: nc -vz ${address.host} ${address.port}`,
      cause,
    ),

  refused: (target: string, address: Address, cause: unknown) =>
    host(
      target,
      `${at(address)} cannot be reached: the host is up, but nothing listens on this port`,
      'Check `port`, and on the host that sshd runs.',
      cause,
      true,
    ),
  hungUp: (target: string, address: Address, cause: unknown) =>
    host(
      target,
      `${at(address)} closed the connection before any login`,
      'See the sshd log there: too many connections (MaxStartups), a ban (fail2ban), or another service on that port.',
      cause,
      true,
    ),
  notSsh: (target: string, address: Address, cause: unknown) =>
    host(target, `what answers at ${at(address)} is no SSH server`, 'Check `host` and `port`.', cause, false),
  noCommonAlgorithm: (target: string, address: Address, cause: Error) =>
    host(
      target,
      `${at(address)} and this engine share no algorithm: ${cause.message.replace('Handshake failed: ', '')}`,
      'Allow a current one in its sshd_config (KexAlgorithms, HostKeyAlgorithms, Ciphers, MACs).',
      cause,
      false,
    ),

  tooManyKeys: (target: string, address: Address, keys: number, cause: unknown) =>
    login(
      target,
      `${at(address)} ended the login of ${address.user} after too many attempts${keys > 1 ? `: the agent offers ${keys} keys` : ''}`,
      'Offer one key: its private file in `key_file`, or its .pub file there together with `agent: true`.',
      cause,
    ),
  refusedLogin: (target: string, address: Address, offered: readonly string[], cause: unknown) =>
    login(
      target,
      `${at(address)} did not let ${address.user} in with ${offered.join(', ')}`,
      offered.every((what) => what === 'the password')
        ? `Check \`user\` and the secret of \`password\`: ${byHand(address)}`
        : `Check \`user\`, and that its authorized_keys there has the key: ${byHand(address)}`,
      cause,
    ),
  otherMethod: (
    target: string,
    address: Address,
    offered: readonly string[],
    allowed: readonly string[],
    cause: unknown,
  ) =>
    login(
      target,
      `${at(address)} did not let ${address.user} in: it takes ${allowed.join(', ')}, not ${offered.join(', ')}`,
      'Give what it takes, or ask for a key of this user there.',
      cause,
    ),
  secondFactor: (target: string, address: Address, allowed: readonly string[], cause: unknown) =>
    login(
      target,
      `${at(address)} accepted the first factor of ${address.user} and wants another one: ${allowed.join(', ')}`,
      'Use an account for automation that needs one factor only.',
      cause,
    ),
  cutLogin: (target: string, address: Address, cause: Error) =>
    login(
      target,
      `${at(address)} closed the connection while ${address.user} logged in: ${cause.message}`,
      'See its sshd log: the account may be locked or expired, or logins from this address may be refused.',
      cause,
    ),
  agentFailed: (target: string, cause: Error) =>
    local(
      target,
      `the SSH agent did not sign: ${cause.message}`,
      'Unlock the agent (ssh-add -X) or confirm its question, then try again.',
      cause,
    ),
} as const;
