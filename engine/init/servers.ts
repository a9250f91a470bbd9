/** Names of what there is one of for each server: `app` and `app_host`, or `app-2` and `app_2_host`. */
import type { Server } from './answers.ts';

export interface NamedServer extends Server {
  readonly target: string;
  /** Behind the name of each var and fact: `_2`, or nothing where there is one server. */
  readonly suffix: string;
  /** Behind each step id: `-2`. */
  readonly dash: string;
}

export const named = (servers: readonly Server[]): readonly NamedServer[] =>
  servers.map((server, i) => {
    const number = servers.length > 1 ? String(i + 1) : '';
    return {
      ...server,
      target: number ? `app-${number}` : 'app',
      suffix: number && `_${number}`,
      dash: number && `-${number}`,
    };
  });

/** A place to act, with or without a server: the machine of the operator has no target. */
export interface Place {
  readonly target: string | null;
  readonly suffix: string;
  readonly dash: string;
}

export const placesOf = (servers: readonly Server[]): readonly Place[] =>
  servers.length > 0 ? named(servers) : [{ target: null, suffix: '', dash: '' }];
