import { expect, test } from 'vitest';
import { partsOfStory } from '../../../engine/what-if/run-story.ts';

test.each([
  ['as-planned', 'as-planned', []],
  ['dump:fails', 'dump:fails', []],
  ['dump:fails/roll-back', 'dump:fails', ['roll-back']],
  ['dump:fails+ro[s1]:crash-after/retry/nobody', 'dump:fails+ro[s1]:crash-after', ['retry', 'nobody']],
  ['sections[s1]/look.undo.1:fails/roll-back', 'sections[s1]/look.undo.1:fails', ['roll-back']],
  ['sections[s1]/look', 'sections[s1]/look', []],
])('%s', (id, script, choices) => {
  expect(partsOfStory(id)).toEqual({ script, choices });
});
