/** The agent at SSH_AUTH_SOCK: asked before the host is, so that the host is not blamed for it. */
import ssh2, { type BaseAgent, type IdentityCallback, type OpenSSHAgent, type ParsedKey } from 'ssh2';

export interface Agent {
  readonly agent: BaseAgent;
  readonly keys: number;
}

const answerMs = 5_000;

const identities = (agent: OpenSSHAgent): Promise<readonly ParsedKey[]> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it gave no answer in ${answerMs / 1000} s`)), answerMs);
    agent.getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve((keys ?? []) as ParsedKey[]);
    });
  });

/** `only`: of all its keys, this one is offered. Throws what the agent or its socket says. */
export const askAgent = async (socket: string, only?: ParsedKey): Promise<Agent> => {
  const agent = new ssh2.OpenSSHAgent(socket);
  const keys = await identities(agent);
  if (only === undefined) return { agent, keys: keys.length };
  const wanted = only.getPublicSSH();
  const found = keys.filter((key) => key.getPublicSSH().equals(wanted));
  return { agent: new OneKeyAgent(socket, found), keys: found.length };
};

/** A server counts each key that is offered, and ends the login after some. */
class OneKeyAgent extends ssh2.OpenSSHAgent {
  readonly #keys: readonly ParsedKey[];

  constructor(socket: string, keys: readonly ParsedKey[]) {
    super(socket);
    this.#keys = keys;
  }

  override getIdentities(cb: IdentityCallback<ParsedKey>): void {
    cb(null, [...this.#keys]);
  }
}
