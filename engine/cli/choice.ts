/** The choice for a held run that `resume` was given, as a command. */
import type { Command } from '../decide/decisions.ts';
import type { HoldChoice } from '../decide/events.ts';
import { fail } from '../diagnostic.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Input, OptionSpec } from './spec.ts';

const stepChoices: readonly (readonly [HoldChoice, OptionSpec])[] = [
  ['retry', options.retry],
  ['done', options.done],
];
const wholeChoices: readonly (readonly [HoldChoice, OptionSpec])[] = [
  ['continue', options.continue],
  ['ended', options.ended],
  ['roll-back', options.rollBack],
];

/**
 * null: none given. Throws RB606 where there are two, RB607 without a reason.
 * @param skip the step of `--skip` that the run is held at
 */
export const givenChoice = (host: Host, input: Input, skip: string | null): Command | null => {
  const given = [
    ...(skip === null ? [] : [{ choice: 'skip' as const, step: skip }]),
    ...stepChoices.flatMap(([choice, option]) => {
      const step = input.text(option);
      return step === undefined ? [] : [{ choice, step }];
    }),
    ...wholeChoices.flatMap(([choice, option]) => (input.flag(option) ? [{ choice, step: null }] : [])),
  ];
  const [only] = given;
  if (!only) return null;
  if (given.length > 1) return fail('RB606', { flags: given.map((g) => `--${g.choice}`) });
  const reason = input.text(options.reason)?.trim() ?? '';
  if (reason === '') return fail('RB607', { flag: `--${only.choice}` });
  return { command: 'resolve', ...only, user: host.user, reason, at: host.now() };
};
