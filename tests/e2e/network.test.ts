/** The network between the operator and the VPS, lost in the middle of a run. */
import { expect, test } from 'vitest';
import { useLab } from '../support/lab.ts';
import { type CliRun, lasts, leaves, useCliRun } from './cli-run.ts';
import { useWay, type Way } from './forwarder.ts';

const lab = await useLab();

const nightBy = (way: Way): CliRun =>
  useCliRun(lab, (vps) => ({
    targets: { vps: way.target(vps) },
    steps: [leaves('first', vps), lasts('long', vps), leaves('last', vps)],
  }));

const all = ['did first', 'began long', 'did long', 'did last'];

test('cut while a command runs: the engine connects again and misses nothing', async () => {
  const way = await useWay(lab);
  await way.open();
  const night = nightBy(way);
  const engine = night.begin();
  await engine.saw('long | first line');
  way.cut();
  await engine.saw('the connection to vps is lost: connecting again');
  night.open('long');
  const { code, stderr } = await engine.ended;
  expect(code).toBe(0);
  expect(stderr.match(/long \| first line/g)).toHaveLength(1);
  expect(night.did()).toEqual(all);
});

test('away for a while: the command ends unseen, and is not run again', async () => {
  const way = await useWay(lab);
  await way.open();
  const night = nightBy(way);
  const engine = night.begin();
  await engine.saw('long | first line');
  await way.close();
  await engine.saw('connection lost, reconnecting');
  night.open('long');
  await expect.poll(night.did).toContain('did long');
  await way.open();
  expect((await engine.ended).code).toBe(0);
  expect(night.did()).toEqual(all);
});

test('away when a killed engine is resumed: nothing is done until somebody could look', async () => {
  const way = await useWay(lab);
  await way.open();
  const night = nightBy(way);
  const engine = night.begin();
  await engine.saw('long | first line');
  engine.kill('SIGKILL');
  await engine.ended;
  await way.close();
  const blind = await night.cli('resume');
  expect(blind).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot be reached') });
  await way.open();
  night.open('long');
  expect((await night.cli('resume')).code).toBe(0);
  expect(night.did()).toEqual(all);
});
