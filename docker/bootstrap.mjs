/**
 * `node docker/bootstrap.mjs COMMAND [ARGS]`: what lets `npm run demo` and `npm test` start from a bare clone.
 * Runs on any Node >= 20 with nothing installed: installs the locked packages if they are not there, then runs
 * COMMAND with them (and the Node 24 among them) first on PATH.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');

const packagesIn = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {});

/** By content, since a checkout sets every file's time anew; packages for other platforms are not expected. */
const isInstalled = () => {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  return (
    existsSync(join(bin, 'node')) &&
    Object.entries(packagesIn(join(root, 'package-lock.json'))).every(
      ([path, { version, optional, link }]) =>
        path === '' || optional || link || installed[path]?.version === version,
    )
  );
};

const run = (command, args, env = process.env) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    // A terminal sends these to the child as well: it decides, we wait for it.
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ? 1 : code));
  });

const install = () => {
  process.stderr.write('Installing the locked packages (npm ci), once...\n');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts=false'];
  // Files that the lab's own users may read, whatever the caller's umask.
  process.umask(0o022);
  return run('npm', args);
};

const [command, ...args] = process.argv.slice(2);
if (!command) {
  process.stderr.write('Usage: node docker/bootstrap.mjs COMMAND [ARGS]\n');
  process.exitCode = 2;
} else if (!isInstalled() && (await install()) !== 0) {
  process.stderr.write('npm ci failed: the packages could not be installed; see its output above\n');
  process.exitCode = 1;
} else
  process.exitCode = await run(command, args, {
    ...process.env,
    PATH: [bin, process.env.PATH].join(delimiter),
  });
