/** Ids of loops and groups in the journal. */
import { expect, test } from 'vitest';
import { actKey, parseActKey } from '../../../engine/decide/keys.ts';
import { encodeLine, START } from '../../../engine/journal/codec.ts';

test.each(['ro[s1]', 'sections[s1]/read-only', 'a/b[db.example]/c', 'a/do/do'])('%s', (step) => {
  const act = actKey(step, 'do', 0);
  expect(parseActKey(act)).toEqual({ step, phase: 'do', index: 0 });
  // The engine reads back what it is about to write, and throws where that fails.
  expect(encodeLine({ type: 'line-crossed', act }, 1000, START).event).toMatchObject({ act });
});
