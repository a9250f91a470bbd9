/** The connection that all commands of a target share; made again when it was lost. */
import type { NodeSSH } from 'node-ssh';
import pRetry from 'p-retry';
import type { Channel, Client, ClientChannel } from 'ssh2';
import { TargetError } from '../../../engine/target.ts';
import { ConnectionLost, DialFailed } from '../../_work/shell.ts';

const reconnecting = { retries: 2, minTimeout: 200, factor: 3 };

export class Link {
  readonly #connect: () => Promise<NodeSSH>;
  readonly #target: string;
  #ssh: NodeSSH;
  #connecting: Promise<void> | null = null;
  #closed = false;

  /** `first` is up already: whoever opened the target has seen it. */
  constructor(target: string, first: NodeSSH, connect: () => Promise<NodeSSH>) {
    this.#target = target;
    this.#ssh = first;
    this.#connect = connect;
  }

  /** A session for one command. Nothing has run when it throws (TargetError). */
  session(command: string): Promise<ClientChannel> {
    return this.#open((client, done) => client.exec(command, done));
  }

  async tunnel(host: string, port: number): Promise<Channel> {
    try {
      return await this.#open((client, done) => client.forwardOut('127.0.0.1', 0, host, port, done));
    } catch (error) {
      const { cause } = error as TargetError;
      if (!hasNoConnection(cause)) throw error;
      const why = cause.message.replace('(SSH) Channel open failure: ', '');
      const what = /refused/i.test(why)
        ? `nothing listens on ${host}:${port} as seen from ${this.#target}`
        : `${this.#target} gets no connection to ${host}:${port}: ${why}`;
      throw new DialFailed(what, { cause });
    }
  }

  close(): void {
    this.#closed = true;
    this.#ssh.dispose();
  }

  /** A connection that died unnoticed shows when a channel is opened: nothing was run, so once more. */
  async #open<C>(ask: Ask<C>): Promise<C> {
    for (let again = true; ; again = false) {
      const client = await this.#client();
      try {
        return await channelOf(client, ask);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw this.#refused(error as Error);
        if (this.#ssh.connection === client) this.#ssh.dispose();
        if (!again) throw this.#unreachable(error);
      }
    }
  }

  async #client(): Promise<Client> {
    if (!this.#closed && !this.#ssh.isConnected()) {
      this.#connecting ??= this.#reconnect().finally(() => {
        this.#connecting = null;
      });
      await this.#connecting;
    }
    const { connection } = this.#ssh;
    if (this.#closed || !connection) throw this.#unreachable(new Error('the connection was closed'));
    return connection;
  }

  async #reconnect(): Promise<void> {
    this.#ssh = await pRetry(this.#connect, {
      ...reconnecting,
      shouldRetry: ({ error }) => error instanceof TargetError && error.retry && !this.#closed,
    });
    if (this.#closed) this.#ssh.dispose();
  }

  #refused(error: Error): TargetError {
    return new TargetError(
      this.#target,
      'unreachable',
      `it opened no channel: ${error.message}`,
      'See its sshd log; MaxSessions and AllowTcpForwarding limit channels.',
      { cause: error },
    );
  }

  #unreachable(cause: Error): TargetError {
    return new TargetError(this.#target, 'unreachable', cause.message, 'Check the network.', { cause });
  }
}

/** SSH_OPEN_CONNECT_FAILED (RFC 4254, 5.1). sshd also says it of a session past MaxSessions: for tunnels only. */
const connectFailed = 2;

const hasNoConnection = (cause: unknown): cause is Error =>
  cause instanceof Error && 'reason' in cause && cause.reason === connectFailed;

type Ask<C> = (client: Client, done: (error: Error | undefined, channel: C) => void) => void;

const channelOf = <C>(client: Client, ask: Ask<C>): Promise<C> =>
  new Promise((resolve, reject) => {
    const lost = () => reject(new ConnectionLost('the connection was lost'));
    client.once('close', lost);
    const done = (error: Error | undefined, channel: C) => {
      client.off('close', lost);
      if (error) reject(error);
      else resolve(channel);
    };
    try {
      ask(client, done);
    } catch (error) {
      client.off('close', lost);
      // `Not connected` is thrown, not called back.
      reject(new ConnectionLost((error as Error).message));
    }
  });
