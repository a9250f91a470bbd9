/** Changes of inputs whose danger is known by their key or by the value, whichever step has them. */
import type { Json } from '../plan.ts';
import type { Danger, Kind } from './change.ts';
import { doesNothing } from './does-nothing.ts';
import { isCommand, meaningOf, type ValueChange } from './values.ts';

/** Of a change of an input: how dangerous, as what, and why. */
export type Verdict = readonly [Kind, Danger, string];

export const lessStrict: Verdict = ['expectation', 'high', 'The check is satisfied by less than before'];
export const stricter: Verdict = ['expectation', 'low', 'The check demands more than before'];

/** Switches by which an author vouches for what the engine would otherwise see to. */
export const protection = ({ path, before, after }: ValueChange): Verdict | null => {
  const key = path.at(-1);
  if (key === 'trust_read')
    return after === true
      ? ['input', 'high', 'The author vouches that this only reads: the engine no longer judges it']
      : ['input', 'low', 'The engine judges again whether this only reads'];
  if (key === 'transaction' && (after === false || before === false))
    return after === false
      ? ['input', 'high', 'It is no longer one transaction: half of it may stay after a failure']
      : ['input', 'low', 'It is one transaction now, and a failure leaves nothing of it'];
  if (key === 'message' && path.length === 2) return ['text', 'none', 'Only what people read when it fails'];
  if (key === 'ca_file') return ['input', 'high', 'Another server may be accepted as this one'];
  if (key === 'optional' || key === 'missing_ok') return after === true ? lessStrict : stricter;
  return null;
};

/** A command or statement in whose place stands one that does nothing, and never fails. */
export const voided = ({ path, before, after }: ValueChange): Verdict | null => {
  if (after === undefined || !isCommand(path) || doesNothing(before) || !doesNothing(after)) return null;
  return path.includes('probe')
    ? ['command', 'high', 'It says that the step has happened, whatever has happened']
    : ['command', 'high', 'It does nothing any more, and always succeeds'];
};

/** Lists of which one has to come back. */
export const isChoice = (path: readonly (string | number)[]): boolean =>
  path.filter((part) => typeof part === 'string').at(-1) === 'status';

export const ofChoice = ({ before, after, item }: ValueChange): Verdict => {
  const choices = (value: Json | undefined) => new Set([value ?? []].flat().map((each) => meaningOf(each)));
  const [was, is] = [choices(before), choices(after)];
  if (item || was.size !== is.size || was.size > 1) {
    if ([...was].every((each) => is.has(each)))
      return ['expectation', 'high', 'One more answer is good enough'];
    if ([...is].every((each) => was.has(each))) return stricter;
  }
  return ['expectation', 'medium', 'Another answer is expected'];
};
