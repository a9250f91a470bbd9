/** The upgrade to its end, back again, and through ten deaths of its engine, while a client writes. */
import { expect, test } from 'vitest';
import { killAndResume, type Moment, settled, started } from '../../e2e/killer.ts';
import { lost, observe, onShop, replicationEnded, sendClient, useUpgrade, useUpgradeLab } from './scene.ts';

const { lab, reset } = await useUpgradeLab();

const ids = (written: readonly { readonly id: string }[]): readonly number[] =>
  written.map(({ id }) => Number(id));

test('the dry run passes and changes nothing; then it succeeds, no order is lost, and its read-only time is what a client sees', async () => {
  await reset();
  const before = await observe(lab);
  const upgrade = useUpgrade(lab);
  const rehearsed = await upgrade.dryRun();
  expect(rehearsed.stdout, rehearsed.stderr).toMatch(/^dry run passed: .* 0 with problems\n$/);
  expect(rehearsed.code).toBe(0);
  expect(await observe(lab)).toEqual(before);

  const client = sendClient(lab);
  const ended = await upgrade.begin().ended;
  await client.until(({ server }) => server === 'new');
  const written = await client.leave();

  expect(ended.code, ended.stderr).toBe(0);
  expect(await lost(lab, 'new', written)).toEqual([]);
  expect(new Set(ids(written)).size).toBe(written.length);
  expect(ids(written)).toEqual(ids(written).toSorted((a, b) => a - b));
  const [firstOnNew, lastOnOld] = [
    written.find(({ server }) => server === 'new'),
    written.findLast(({ server }) => server === 'old'),
  ];
  const seenMs = (firstOnNew?.at ?? Number.NaN) - (lastOnOld?.at ?? Number.NaN);
  const [span] = (await upgrade.events()).filter(({ type }) => type === 'span-opened');
  const [closed] = (await upgrade.events()).filter(({ type }) => type === 'span-closed');
  expect(Math.abs(Number(closed?.until) - Number(span?.since) - seenMs)).toBeLessThan(1_000);
  expect(await observe(lab)).toMatchObject({
    old: { ...replicationEnded, login: false },
    new: { ...replicationEnded, login: true },
  });
}, 60_000);

test('a failure after the switch rolls back, and the old server has every order that was written on the new one', async () => {
  await reset();
  const before = await observe(lab);
  const upgrade = useUpgrade(lab);
  const client = sendClient(lab);
  const engine = upgrade.begin('--var', 'watch_count=1000');
  await Promise.race([client.until(({ server }) => server === 'new'), engine.ended]);
  await Promise.race([engine.saw('"type":"watch-measured"'), engine.ended]);
  // The new server turns the app away, as one with a wrong pg_hba.conf would.
  await onShop(
    lab,
    'new',
    'ALTER ROLE app NOLOGIN',
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'",
  );
  const ended = await engine.ended;
  const rolledBackAt = Date.now();
  await client.until(({ server, at }) => server === 'old' && at > rolledBackAt);
  const written = await client.leave();

  expect(ended.code, ended.stderr).toBe(5);
  expect(written.some(({ server }) => server === 'new')).toBe(true);
  expect(await lost(lab, 'old', written)).toEqual([]);
  expect(new Set(ids(written)).size).toBe(written.length);
  expect(await observe(lab)).toMatchObject({
    app: before.app,
    old: { ...replicationEnded, login: true, customers: 200 },
    new: { ...replicationEnded, orders: 0, customers: 0 },
  });
}, 60_000);

const moments: readonly Moment[] = [
  started('forward/subscription/do/0'),
  settled('copied'),
  started('freeze/do/0'),
  started('sequences/do/0'),
  started('compare/do/0'),
  started('forward-ends/do/0'),
  started('reverse/subscription/do/0'),
  started('app-file/do/0'),
  started('switch/do/0'),
  { name: 'during the watch', seen: '"type":"watch-measured"', thenMs: 0 },
  started('reverse-ends/do/0'),
];

test('killed at ten moments or more, it is resumed to its end, and no order is lost', async () => {
  await reset();
  const upgrade = useUpgrade(lab);
  const client = sendClient(lab);
  const { at, last } = await killAndResume(() => upgrade.begin(), upgrade.resume, moments);
  const way = `killed ${at.join(', ')}\n${last.stderr.slice(-3_000)}`;
  process.stdout.write(`${way}\n`);
  if (last.code === 0) await client.until(({ server }) => server === 'new');
  const written = await client.leave();

  expect(last.code, way).toBe(0);
  expect(at.length, way).toBeGreaterThanOrEqual(10);
  expect(await upgrade.status(), way).toMatchObject({ state: 'succeeded', engine: false });
  expect(await lost(lab, 'new', written), way).toEqual([]);
  expect(new Set(ids(written)).size).toBe(written.length);
  expect(await observe(lab)).toMatchObject({ old: replicationEnded, new: replicationEnded });
}, 240_000);
