/** Starts supervised work and is killed while it follows: `node engine-like.ts STATE_DIR JOB_JSON SCRIPT`. */
import { localShell } from '../../../../steps/_targets/local/local-shell.ts';
import { supervisorOf } from '../../../../steps/_work/supervisor/supervisor-of.ts';

const [stateDir = '', job = '', script = ''] = process.argv.slice(2);
const supervisor = supervisorOf(localShell('local', stateDir));
await supervisor.start(JSON.parse(job), { argv: ['sh', '-c', script], env: {}, stdin: 'from stdin\n' });
await supervisor.follow(JSON.parse(job), {
  onStdout: (chunk) => void process.stdout.write(chunk),
  onStderr: () => undefined,
});
