import type { Finding } from '../../../engine/step.ts';
import type { OpenTarget, TargetContext } from '../../../engine/target.ts';
import { placeIdentity } from '../../_work/place-identity.ts';
import { placeLock } from '../../_work/place-lock.ts';
import type { Shell } from '../../_work/shell.ts';
import { supervisorOf } from '../../_work/supervisor/supervisor-of.ts';
import { connect } from './connect.ts';
import { Link } from './link.ts';
import { reconnecting } from './reconnect.ts';
import { sshShell } from './ssh-shell.ts';
import { type SshConfig, ssh } from './target.ts';

/** Connects once: the caller decides on trying again. Later losses are mended by the link. */
export const open = async (ctx: TargetContext, config: SshConfig): Promise<OpenTarget> => {
  const again = reconnecting(ctx, () => connect(ctx, config));
  const link = new Link(ctx.name, await connect(ctx, config), again);
  const env = Object.fromEntries(
    Object.entries(config.env).map(([name, value]) => [name, ctx.reveal(value)]),
  );
  const shell = sshShell(ctx.name, link, config.state_dir, { env, path: config.path });
  return {
    client: shell,
    check: () => check(shell, config),
    close: async () => link.close(),
    ...placeIdentity(shell),
    lock: (name) => placeLock(shell, name),
    forget: (runId) => supervisorOf(shell).forget(runId),
  };
};

/** What the supervisor and the file steps lean on. */
const tools = ['sh', 'kill', 'tail', 'head', 'wc', 'cat', 'mkdir'] as const;

const check = async (shell: Shell, config: SshConfig): Promise<readonly Finding[]> => {
  const script = 'uname -sr; for t in "$@"; do command -v "$t" >/dev/null 2>&1 || echo "$t"; done';
  const { stdout } = await shell.exec(['sh', '-c', script, 'runbook', ...tools]);
  const [system, ...missing] = Buffer.from(stdout).toString().trim().split('\n');
  const trusted = config.fingerprint === undefined ? 'known_hosts' : 'the pinned fingerprint';
  const reached: Finding = {
    level: 'verified',
    what: `${ssh.describe(config)} (${system}), its host key by ${trusted}`,
  };
  const lacking = missing.map(
    (tool): Finding => ({
      level: 'problem',
      what: `${tool} is missing on ${shell.place}`,
      remedy: `Install it there.`,
    }),
  );
  return [reached, ...lacking];
};
