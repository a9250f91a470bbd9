import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import * as z from 'zod';
import { checkpointsOf } from '../../../engine/run/checkpoints.ts';
import { createMasking } from '../../../engine/run/masking.ts';
import { test } from '../journal/temp-dir.ts';

const rows = z.record(z.string(), z.int());
const masking = createMasking(new Map([['token', 'correct-horse-battery']]));

const inDir = (run: string) => {
  const dir = join(run, 'checkpoints');
  return { dir, of: (name = 'rows') => checkpointsOf(dir, 'copy/do/0', masking)(name, rows) };
};

describe('a checkpoint', () => {
  test('is found by a later attempt, as it was saved last', async ({ dir }) => {
    const { of } = inDir(dir);
    expect(await of().load()).toBeNull();
    await of().save({ trades: 1 });
    await of().save({ trades: 2 });
    expect(await of().load()).toEqual({ trades: 2 });
    expect(await of('others').load()).toBeNull();
  });

  test('is one private file, in a private folder', async ({ dir }) => {
    const { dir: folder, of } = inDir(dir);
    await of().save({ trades: 1 });
    expect(readdirSync(folder)).toEqual(['copy.do.0.rows.json']);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'copy.do.0.rows.json')).mode & 0o777).toBe(0o600);
  });

  test.for([
    ['cut short', '{"trades": 1'],
    ['empty', ''],
    ['of another schema', '["trades"]'],
  ])('that is %s is none', async ([, content], { dir }) => {
    const { dir: folder, of } = inDir(dir);
    mkdirSync(folder);
    writeFileSync(join(folder, 'copy.do.0.rows.json'), content ?? '');
    expect(await of().load()).toBeNull();
  });

  test('keeps no secret, and then keeps what was there before', async ({ dir }) => {
    const { of } = inDir(dir);
    await of().save({ trades: 1 });
    await of().save({ 'correct-horse-battery': 2 });
    expect(await of().load()).toEqual({ trades: 1 });
  });

  test('says where the disk fails', async ({ dir }) => {
    const { dir: folder, of } = inDir(dir);
    writeFileSync(folder, 'a file where the folder should be');
    await expect(of().save({ trades: 1 })).rejects.toMatchObject({ diagnostics: [{ code: 'RB414' }] });
  });

  test('has a name that is a file name everywhere', ({ dir }) => {
    expect(() => inDir(dir).of('../rows')).toThrow('cannot be named');
  });
});
