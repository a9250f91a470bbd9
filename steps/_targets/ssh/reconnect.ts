/** Connects again to a host that went away, and says so without drowning what an operator has to read meanwhile. */
import type { TargetContext } from '../../../engine/target.ts';

/** It is tried every few seconds, by everybody who waits for the host. */
export const sayAgainMs = 30_000;

export const reconnecting = <C>(
  { name, log }: Pick<TargetContext, 'name' | 'log'>,
  connect: () => Promise<C>,
  now: () => number = () => performance.now(),
): (() => Promise<C>) => {
  let lostAt: number | null = null;
  let saidAt = 0;
  const say = (at: number): void => {
    if (lostAt !== null && at - saidAt < sayAgainMs) return;
    log(
      lostAt === null
        ? `the connection to ${name} is lost: connecting again`
        : `${name} has not been reached for ${Math.round((at - lostAt) / 1_000)} s: still trying`,
    );
    lostAt ??= at;
    saidAt = at;
  };
  return async () => {
    say(now());
    const connection = await connect();
    log(`connected to ${name} again`);
    lostAt = null;
    return connection;
  };
};
