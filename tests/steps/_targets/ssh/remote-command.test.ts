import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { remoteBootstrap, remoteLine } from '../../../../steps/_targets/ssh/remote-command.ts';

/** As a server would: the account's shell gets the fixed text, and the line over stdin. */
const serve = (shell: string, line: string) => {
  const { stdout, stderr } = spawnSync(shell, ['-c', remoteBootstrap], { input: line, encoding: 'utf8' });
  return { stdout, stderr };
};

const whoLeads = 'echo "$$ $(cut -d" " -f5 /proc/$$/stat)"';

describe.each(['sh', 'bash'])('a server whose accounts have %s', (shell) => {
  it('that gives a command no group of its own: it gets one, led by the pid that is told', () => {
    const { stdout, stderr } = serve(shell, remoteLine('T', ['sh', '-c', whoLeads], {}));
    const [mark, leads] = stdout.split('\n');
    const [pid, group] = leads?.split(' ') ?? [];
    expect(mark).toBe('\x1eT');
    expect(group).toBe(pid);
    expect(stderr).toBe(`\x1eT pid ${pid}\n`);
  });

  it('tells what is missing, and runs nothing', () => {
    expect(serve(shell, remoteLine('T', ['no-such'], {})).stderr).toBe('\x1eT no-binary\n');
    expect(serve(shell, remoteLine('T', ['true'], { cwd: '/no/such' })).stderr).toBe('\x1eT no-folder\n');
  });

  it('runs nothing of a line that was cut', () => {
    expect(serve(shell, remoteLine('T', ['echo', 'ran'], {}).slice(0, -1)).stdout).toBe('');
  });
});
