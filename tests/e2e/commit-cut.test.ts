/** The engine, or only its connection, dies while the server is at the COMMIT: it is not over, and not undone. */
import { describe, expect, test } from 'vitest';
import { useOwnMysqlServer } from '../support/own-mysql-server.ts';
import { type CliRun, useCliRun, vpsTarget } from './cli-run.ts';
import { useWay } from './forwarder.ts';
import { type SlowCommit, slowMariadb, slowPostgres } from './slow-commit.ts';

// A BACKUP STAGE blocks every commit of the server.
const lab = await useOwnMysqlServer();

const postgres = ['Postgres', slowPostgres] as const;
// MySQL has nothing like the BACKUP STAGE that holds a COMMIT.
const servers = lab.mysql.server === 'mariadb' ? [postgres, ['MariaDB', slowMariadb] as const] : [postgres];

const waiting = 'waiting for an earlier session of this act to end';

const probes = (night: CliRun): readonly unknown[] =>
  night
    .events()
    .filter(({ type }) => type === 'act-probed')
    .map(({ state }) => state);

const attempts = (night: CliRun): number =>
  night.events().filter(({ type, act }) => type === 'act-started' && act === 'mark/do/0').length;

/** Whatever came of it: one row, one attempt, and no other report on the way. */
const happenedOnce = async (night: CliRun, slow: SlowCommit): Promise<void> => {
  expect({ marks: await slow.marks(), attempts: attempts(night), probes: probes(night) }).toEqual({
    marks: 1,
    attempts: 1,
    probes: ['done'],
  });
};

describe.each(servers)('%s: a COMMIT in progress', (_, useSlow) => {
  test.each(['directly', 'via ssh'])('%s, engine killed: resume waits for it', async (how) => {
    const slow = await useSlow(lab);
    const night = useCliRun(
      lab,
      (vps) => slow.scene(how === 'directly' ? {} : { targets: { vps: vpsTarget(lab, vps) }, via: 'vps' }),
      slow.secrets,
    );
    const engine = night.begin();
    await slow.committing();
    engine.kill('SIGKILL');
    await engine.ended;
    const resumed = night.resume();
    await resumed.saw(waiting);
    await slow.release();
    expect((await resumed.ended).code).toBe(0);
    await happenedOnce(night, slow);
  });

  test('only the ssh session is cut: the engine waits for it, and rolls nothing back', async () => {
    const slow = await useSlow(lab);
    const way = await useWay(lab);
    await way.open();
    const night = useCliRun(
      lab,
      (vps) =>
        slow.scene({ targets: { vps: way.target(vps) }, via: 'vps', step: { on_failure: 'rollback' } }),
      slow.secrets,
    );
    const engine = night.begin();
    await slow.committing();
    way.cut();
    await engine.saw(waiting);
    await slow.release();
    const { code, stderr } = await engine.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain('ROLLED BACK');
    await happenedOnce(night, slow);
  });
});

test('a COMMIT that does not end: the run is held with the reason, and a rollback ends it first', async () => {
  const slow = await slowPostgres(lab);
  const night = useCliRun(lab, () => slow.scene({ step: { on_failure: 'rollback' } }), slow.secrets);
  const engine = night.begin();
  await slow.committing();
  engine.kill('SIGKILL');
  await engine.ended;
  const held = await night.cli('resume');
  expect(held).toMatchObject({ code: 3, stderr: expect.stringMatching(/session [\d.@]+ is in a COMMIT/) });
  expect(probes(night)).toEqual(['unknown']);
  expect((await night.cli('rollback', '--reason', 'not tonight')).code).toBe(5);
  await slow.release();
  expect(await slow.marks()).toBe(0);
}, 60_000);

test('rolled back at once: the undo comes after the COMMIT is over, not beside it', async () => {
  const slow = await slowPostgres(lab);
  const undo = { type: 'postgres.query', target: 'db', with: { sql: 'DELETE FROM marks', effects: 'write' } };
  const night = useCliRun(lab, () => slow.scene({ step: { rollback: { undo: [undo] } } }), slow.secrets);
  const engine = night.begin();
  await slow.committing();
  engine.kill('SIGKILL');
  await engine.ended;
  expect((await night.cli('rollback', '--reason', 'not tonight')).code).toBe(5);
  expect(night.events()).toContainEqual(
    expect.objectContaining({ type: 'step-settled', step: 'mark', state: 'undone' }),
  );
  await slow.release();
  expect(await slow.marks()).toBe(0);
}, 60_000);

test('a COMMIT that outlasts the timeout of its act after a cut connection is ended, then probed', async () => {
  const slow = await slowPostgres(lab);
  const way = await useWay(lab);
  await way.open();
  const night = useCliRun(
    lab,
    (vps) =>
      slow.scene({
        targets: { vps: way.target(vps) },
        via: 'vps',
        step: { on_failure: 'rollback', timeout: '5s' },
      }),
    slow.secrets,
  );
  const engine = night.begin();
  await slow.committing();
  way.cut();
  expect((await engine.ended).code).toBe(5);
  expect(probes(night)).toEqual(['not-done']);
  await slow.release();
  expect(await slow.marks()).toBe(0);
}, 60_000);
