import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cloneDir } from '../../../docker/native/place.ts';

const { newId, uuidV5 } = await import(
  join(cloneDir, 'docker/trading-journal/new/scripts/migration/ids.mjs')
);

test('is uuid version 5: the example of RFC 9562', () => {
  expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

test('an old id becomes the same new one for ever, and another in another table', () => {
  expect(newId('users', 'cusr1')).toMatchInlineSnapshot(`"5164596a-75dd-5d64-bd72-2ceb65768a1a"`);
  expect(newId('users', 'cusr1')).not.toBe(newId('trades', 'cusr1'));
});
