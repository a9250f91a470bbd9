/** Where a secret could be seen while a run is on and after it: nowhere. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { useLab } from '../support/lab.ts';
import { useMysqlDatabase } from '../support/own-database.ts';
import { type CliRun, databaseTarget, useCliRun, vpsTarget } from './cli-run.ts';

const lab = await useLab();

const token = "tonight's t0ken & more=+/ß";
/** As a command line, a log or a URL may show it. */
const shapes = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64'),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('hex'),
];

/** Every command line on this machine, which the VPS shares, taken again and again until the test ends. */
const watchCommandLines = (): ReadonlySet<string> => {
  const seen = new Set<string>();
  const look = () => {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It has just gone.
      }
    }
  };
  const timer = setInterval(look, 5);
  onTestFinished(() => clearInterval(timer));
  return seen;
};

const talkative = (vps: string, database: string) => ({
  secrets: {
    db_password: { env: 'DB_PASSWORD' },
    token: { env: 'NIGHT_TOKEN' },
  },
  targets: { vps: vpsTarget(lab, vps), db: databaseTarget(lab, database) },
  steps: [
    {
      id: 'says-it',
      type: 'command',
      run_on: 'vps',
      with: {
        run: 'cat; echo; echo "token: $TOKEN"; printf %s "$TOKEN" | base64 >&2; sleep 0.3',
        env: { TOKEN: '${{ secrets.token }}' },
        stdin: '${{ secrets.token }}',
      },
      rollback: { undo: { none: 'it only talks' } },
    },
    {
      id: 'says-it-here',
      type: 'command',
      with: {
        run: 'echo "$TOKEN"; cat >&2; sleep 0.3',
        env: { TOKEN: '${{ secrets.token }}' },
        stdin: '${{ secrets.token }}',
      },
      rollback: { undo: { none: 'it only talks' } },
    },
    {
      id: 'writes-it',
      type: 'mysql.query',
      target: 'db',
      with: { sql: 'SELECT ? AS token', params: ['${{ secrets.token }}'] },
    },
    { id: 'dump', type: 'mysql.dump', run_on: 'vps', target: 'db', with: { path: join(vps, 'dump.sql') } },
    {
      id: 'asks-with-it',
      type: 'http.check',
      run_on: 'vps',
      with: { url: `${lab.web.url}/healthz`, headers: { authorization: '${{ secrets.token }}' } },
    },
    {
      id: 'fails-with-it',
      type: 'command',
      run_on: 'vps',
      with: { run: 'echo "no such user: $TOKEN" >&2; exit 9', env: { TOKEN: '${{ secrets.token }}' } },
      rollback: { undo: { none: 'it only talks' } },
    },
  ],
});

const filesUnder = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).map((e) => join(e.parentPath, e.name));

const useTalkativeNight = async (): Promise<CliRun> => {
  const { name, ask } = await useMysqlDatabase(lab);
  await ask('CREATE TABLE notes (id INT PRIMARY KEY)');
  return useCliRun(lab, (vps) => talkative(vps, name), {
    DB_PASSWORD: lab.mysql.adminPassword,
    NIGHT_TOKEN: token,
  });
};

test('no secret on a command line, in the journal, in a log, or in what is printed', async () => {
  const night = await useTalkativeNight();
  const lines = watchCommandLines();
  const { code, stdout, stderr } = await night.exec();
  expect(code, stderr).toBe(1);
  const status = await night.cli('status');
  const kept = filesUnder(join(night.cwd, '.runbook')).filter((path) => statSync(path).isFile());
  expect([...lines].some((line) => line.includes('mariadb-dump'))).toBe(true);
  expect(kept.some((path) => path.endsWith('says-it.log'))).toBe(true);
  const said = [stdout, stderr, status.stdout, ...lines, ...kept.map((path) => readFileSync(path, 'utf8'))];
  for (const shape of [token, lab.mysql.adminPassword].flatMap(shapes)) {
    expect(said.filter((text) => text.includes(shape))).toEqual([]);
  }
  expect(stderr).toContain('says-it | token: ***');
});

test('--json is NDJSON to its last line, without a secret', async () => {
  const night = await useTalkativeNight();
  const { stdout, stderr } = await night.exec('--json');
  expect(stderr).toBe('');
  expect(stdout.endsWith('\n')).toBe(true);
  const records = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type?: unknown });
  expect(records.every((record) => typeof record.type === 'string')).toBe(true);
  expect(records).toContainEqual(expect.objectContaining({ type: 'output', line: 'token: ***' }));
  expect(records.at(-1)).toMatchObject({ type: 'session-ended', reason: 'held' });
  for (const shape of shapes(token)) expect(stdout).not.toContain(shape);
});

test('what a run keeps is for its user alone', async () => {
  const night = await useTalkativeNight();
  await night.exec();
  const root = join(night.cwd, '.runbook', 'runs');
  const modes = [root, ...filesUnder(root)].map((path) => {
    const entry = statSync(path);
    return `${entry.isDirectory() ? 'folder' : 'file'} ${(entry.mode & 0o777).toString(8)}`;
  });
  expect(new Set(modes)).toEqual(new Set(['folder 700', 'file 600']));
});
