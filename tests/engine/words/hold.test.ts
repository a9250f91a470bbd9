import { describe, expect, test } from 'vitest';
import type { HoldCause, HoldChoice } from '../../../engine/decide/events.ts';
import { causeOf, remedyOf, wordHeld } from '../../../engine/words/hold.ts';
import { masked } from '../../support/masked.ts';
import { actStep, checklistStep, plan } from '../../support/plan-builder.ts';

const given = plan([actStep('copy'), checklistStep('look', ['h0'])]);
const held = (cause: HoldCause, choices: readonly HoldChoice[] = [], step = 'copy') => ({
  cause,
  step,
  choices,
  remedy: null,
});

describe('what to do about a hold comes from its cause and the choices', () => {
  test.each<[HoldCause, readonly HoldChoice[], string | null]>([
    ['failed', [], null],
    ['line-crossed', [], null],
    ['unknown', [], 'Check the target. Then choose: retry (it did not happen), done (it did) or skip'],
    ['no-go', ['roll-back'], 'Ask again with retry, or roll back'],
    ['no-go', [], 'Ask again with retry'],
    ['gate-expired', ['roll-back'], 'Ask again with retry, or roll back'],
    ['window', [], 'Roll back now, or continue: a later rollback may end after the hard stop'],
    [
      'living',
      [],
      'End the process by hand, then choose ended. Or choose retry: the engine tries again to end it',
    ],
    ['watch', ['roll-back'], 'Roll back, continue the watch with retry, or end it with skip'],
    [
      'watch',
      [],
      'No rollback is possible: see the forward fix. Then continue the watch with retry, or end it with skip',
    ],
    ['unanswered', [], 'No answer is not a yes. A retry asks again'],
  ])('%s, choices %j', (cause, choices, text) => {
    expect(remedyOf(given, held(cause, choices))).toBe(text);
  });

  test('a checklist is checked again only where it failed', () => {
    expect(remedyOf(given, held('failed', [], 'look'))).toBe(
      'Fix the failed items. A retry checks only those again',
    );
  });

  test('what failed knows better', () => {
    expect(remedyOf(given, { ...held('unknown'), remedy: masked('Look at pm2 list') })).toBe(
      'Look at pm2 list',
    );
  });
});

test('the step is once in the line of a hold', () => {
  const message = masked('copy: the disk is full');
  expect(causeOf({ step: 'copy', message })).toBe('the disk is full');
  expect(wordHeld(given, { ...held('failed'), message })).toEqual({
    tone: 'bad',
    text: 'HELD at copy: the disk is full',
    more: [],
  });
});
