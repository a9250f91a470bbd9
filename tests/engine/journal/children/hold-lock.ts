/** Takes the lock of the run in argv[2], says so on stdout, and holds it until it is killed. */
import { acquireLock } from '../../../../engine/journal/lock.ts';

acquireLock(process.argv[2] ?? '', { pid: process.pid, host: 'laptop', user: 'operator', startedAt: 0 });
process.stdout.write('held\n');
setInterval(() => (globalThis as { gc?: () => void }).gc?.(), 10);
