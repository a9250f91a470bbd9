import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acts as thrown } from '../../../steps/file-remove/acts.ts';
import { fileRemove } from '../../../steps/file-remove/step.ts';
import { actContext } from '../../support/act-context.ts';
import { withOutcomes } from '../../support/outcomes.ts';
import { usePlace } from '../../support/place.ts';

const acts = withOutcomes(thrown);

describe('file.remove', () => {
  test('removes, and the undo brings back every byte, however often it is asked', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'flag');
    await writeFile(path, Buffer.from([1, 0, 2]), { mode: 0o604 });
    const image = await place.image();
    const ctx = actContext({ clients: { shell: place.shell } });
    const input = fileRemove.input.parse({ path });
    const before = await acts.prepare!(ctx, input);
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    expect(await acts.run(ctx, input, before)).toEqual({ done: true, output: { path, removed: true } });
    expect(await place.image()).toEqual({});
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'done' });
    for (const _ of [1, 2]) {
      expect(await acts.undo!(ctx, input, before)).toEqual({ done: true, output: null });
      expect(await place.image()).toEqual(image);
    }
  });

  test('a missing file fails with nothing done, unless that is fine', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'flag');
    const ctx = actContext({ clients: { shell: place.shell } });
    const input = fileRemove.input.parse({ path });
    const before = await acts.prepare!(ctx, input);
    expect(await acts.run(ctx, input, before)).toMatchObject({
      done: false,
      effect: 'none',
      retryable: false,
    });
    expect(await acts.probe(ctx, input, before)).toEqual({ state: 'not-done' });
    const lenient = { ...input, missing_ok: true };
    expect(await acts.run(ctx, lenient, before)).toEqual({ done: true, output: { path, removed: false } });
    expect(await acts.undo!(ctx, lenient, before)).toEqual({ done: true, output: null });
  });

  test('someone who wrote the file anew meanwhile keeps a copy', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'flag');
    await writeFile(path, 'old');
    const ctx = actContext({ clients: { shell: place.shell } });
    const input = fileRemove.input.parse({ path });
    const before = await acts.prepare!(ctx, input);
    await acts.run(ctx, input, before);
    await writeFile(path, 'theirs');
    expect(await acts.probe(ctx, input, before)).toMatchObject({ state: 'unknown' });
    await acts.undo!(ctx, input, before);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(ctx.logged()).toContain('kept as');
  });

  test('a directory is refused, in the dry run too', async () => {
    const place = await usePlace();
    const path = join(place.dir, 'folder');
    await mkdir(path);
    const ctx = actContext({ clients: { shell: place.shell } });
    const input = fileRemove.input.parse({ path });
    expect(await acts.check(ctx, input)).toMatchObject([{ level: 'problem' }]);
    await expect(acts.prepare!(ctx, input)).rejects.toThrow('a directory');
  });
});
