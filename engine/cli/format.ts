/** `--format`, and flags that are numbers: as the commands that compute something share them. */
import { fail } from '../diagnostic.ts';
import { options } from './options.ts';
import type { Input, OptionSpec } from './spec.ts';

/** Throws RB651. */
export const formatOf = <V extends { readonly text: unknown; readonly json: unknown }>(
  input: Input,
  views: V,
): keyof V & string => {
  if (input.flag(options.json)) return 'json';
  const given = input.text(options.format) ?? 'text';
  return Object.hasOwn(views, given)
    ? (given as keyof V & string)
    : fail('RB651', { flag: '--format', given, allowed: Object.keys(views) });
};

/** Throws RB660. */
export const wholeNumber = (
  input: Input,
  flag: '--pairs' | '--seed' | '--runs',
  option: OptionSpec,
  otherwise: number,
): number => {
  const given = input.text(option);
  if (given === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(given) ? Number(given) : null;
  return number ?? fail('RB660', { flag, given });
};
