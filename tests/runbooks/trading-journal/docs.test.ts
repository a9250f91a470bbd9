import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flagshipDir, flagshipDocs } from '../../../.build/flagship-docs.ts';

test('plan.svg and what-if.md are what the cutover gives now (npm run docs writes them)', async () => {
  for (const [name, text] of Object.entries(await flagshipDocs())) {
    // A difference is shown by its first line, not by the whole file.
    const [written, wanted] = [readFileSync(join(flagshipDir, name), 'utf8'), text].map((all) =>
      all.split('\n'),
    );
    const line = wanted?.findIndex((each, i) => each !== written?.[i]);
    expect({ name, line: written?.[line ?? -1], lines: written?.length }).toEqual({
      name,
      line: wanted?.[line ?? -1],
      lines: wanted?.length,
    });
  }
});
