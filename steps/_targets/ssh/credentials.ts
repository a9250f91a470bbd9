/** What this machine has to log in with, looked at before the host is spoken to. */
import type { Config } from 'node-ssh';
import type { BaseAgent, ParsedKey } from 'ssh2';
import type { TargetContext } from '../../../engine/target.ts';
import { askAgent } from './agent.ts';
import { causes } from './causes.ts';
import { readKeyFile } from './private-key.ts';
import type { SshConfig } from './target.ts';

export type Method = 'none' | 'password' | 'publickey' | 'agent' | 'keyboard-interactive';

export interface Credentials {
  readonly options: Config;
  /** In the order in which they are tried. */
  readonly methods: readonly Method[];
  /** In words, for whoever is refused: `the key ./id`, `the password`. */
  readonly offered: readonly string[];
  readonly agentKeys: number;
}

/** Throws TargetError where this machine has nothing to offer. */
export const credentials = async (ctx: TargetContext, config: SshConfig): Promise<Credentials> => {
  const passphrase = config.passphrase === undefined ? undefined : ctx.reveal(config.passphrase);
  const key =
    config.key_file === undefined
      ? undefined
      : await readKeyFile(
          ctx.name,
          { path: config.key_file, file: ctx.resolve(config.key_file) },
          passphrase,
        );
  const agent = await agentOf(ctx.name, config, key?.kind === 'public' ? key.key : undefined);
  const isPrivate = key?.kind === 'private';
  const hasPassword = config.password !== undefined;
  return {
    options: {
      ...(isPrivate && { privateKey: key.pem, ...(passphrase !== undefined && { passphrase }) }),
      ...(agent && { agent: agent.agent }),
      ...(config.password !== undefined && { password: ctx.reveal(config.password), tryKeyboard: true }),
    },
    // Keys first: a wrong password counts against the account.
    methods: [
      'none',
      ...(isPrivate ? (['publickey'] as const) : []),
      ...(agent ? (['agent'] as const) : []),
      ...(hasPassword ? (['password', 'keyboard-interactive'] as const) : []),
    ],
    offered: [
      ...(isPrivate ? [`the key ${config.key_file}`] : []),
      ...(agent ? [agentWords(config, key?.kind === 'public', agent.keys)] : []),
      ...(hasPassword ? ['the password'] : []),
    ],
    agentKeys: agent?.keys ?? 0,
  };
};

const agentWords = ({ key_file }: SshConfig, isOne: boolean, keys: number): string =>
  isOne ? `the key ${key_file} of the agent` : `${keys} ${keys === 1 ? 'key' : 'keys'} of the agent`;

const agentOf = async (
  target: string,
  { key_file, password, agent }: SshConfig,
  only: ParsedKey | undefined,
): Promise<{ agent: BaseAgent; keys: number } | null> => {
  const nothingElse = password === undefined && (key_file === undefined || only !== undefined);
  if (!agent && !nothingElse) return null;
  const socket = process.env.SSH_AUTH_SOCK;
  if (!socket) {
    if (only !== undefined) throw causes.publicKey(target, key_file ?? '');
    if (agent) throw causes.noAgent(target);
    throw causes.nothingToOffer(target);
  }
  try {
    const found = await askAgent(socket, only);
    if (found.keys > 0) return found;
    if (!nothingElse) return null;
    throw only === undefined ? causes.emptyAgent(target) : causes.publicKey(target, key_file ?? '');
  } catch (error) {
    // As for ssh: what else there is to log in with may do.
    if (!nothingElse) return null;
    throw error instanceof Error && error.name === 'TargetError'
      ? error
      : causes.deadAgent(target, socket, error);
  }
};
