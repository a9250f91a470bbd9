/** Whose mistake a wrong address is: the target's behind the place, not the place's. */
import { expect, it } from 'vitest';
import { registry } from '../../../../steps/index.ts';
import { useLab } from '../../../support/lab.ts';
import { labConfig, openSsh, targetContext } from './lab-ssh.ts';

const lab = await useLab();
const database = { user: 'app', database: 'trading_journal' };
/** tcpmux: nobody has it. */
const port = 1;

it('tells an address where nobody listens from an sshd that opens no channel', async () => {
  const { shell } = await openSsh(lab);
  await expect(shell.dial('127.0.0.1', port)).rejects.toMatchObject({
    name: 'DialFailed',
    message: 'nothing listens on 127.0.0.1:1 as seen from vps',
  });
  await expect(shell.dial('no-such-host.invalid', port)).rejects.toMatchObject({
    name: 'DialFailed',
    message: expect.stringContaining('vps gets no connection to no-such-host.invalid:1'),
  });
});

const behind = [
  { kind: 'mysql', config: database },
  { kind: 'postgres', config: database },
  { kind: 'ssh', config: labConfig(lab) },
];

it.each(behind)('blames a target $kind behind the place for its wrong port', async ({ kind, config }) => {
  const { shell: via } = await openSsh(lab);
  const behindIt = registry.targets.get(kind)!;
  const { open } = await behindIt.load();
  const opening = open(targetContext({ name: 'db', via }), behindIt.config.parse({ ...config, port }));
  await expect(opening).rejects.toMatchObject({
    name: 'TargetError',
    target: 'db',
    code: 'unreachable',
    message: 'nothing listens on 127.0.0.1:1 as seen from vps',
    remedy: 'Check host and port of target db',
  });
});
