/**
 * A masked value is not data: a path with `***` in it is another path. An expression that may read a masked value is
 * not evaluated. The decision uses the names in the expression, not its value.
 */
import { pointerKeys } from './pointer.ts';
import type { Chain } from './references.ts';

/** Of the output of a step; `step` null: of what a watch has just measured. */
export interface MaskedRead {
  readonly step: string | null;
  readonly pointer: string;
}

/** JSON pointers below an output. */
export interface MaskedOutputs {
  readonly steps: { readonly [id: string]: readonly string[] };
  readonly result: readonly string[];
}

/** Keys below the output that a chain names for sure; null: an item of a list, whichever. */
type Names = readonly (string | null)[];

/** One is a prefix of the other: the value that is read contains the masked one, or is inside it. */
const overlaps = (names: Names, pointer: string): boolean =>
  pointerKeys(pointer).every((key, i) => {
    const name = names[i];
    return name === undefined || (name === null ? /^\d+$/.test(key) : name === key);
  });

const outputsRead = (chain: Chain, masked: MaskedOutputs): readonly (readonly [string | null, Names])[] => {
  const names = chain.keys.map((key) => key.name);
  if (chain.root === 'result') return [[null, names]];
  if (chain.root !== 'steps') return [];
  const [id, member, ...below] = names;
  // Only the output is what a step gave; the engine itself knows the other members.
  if (id != null) return member == null || member === 'output' ? [[id, below]] : [];
  return Object.keys(masked.steps).map((step) => [step, []] as const);
};

export const maskedRead = (chains: readonly Chain[], masked: MaskedOutputs): MaskedRead | null => {
  for (const chain of chains) {
    for (const [step, names] of outputsRead(chain, masked)) {
      const pointers = step === null ? masked.result : (masked.steps[step] ?? []);
      const pointer = pointers.find((p) => overlaps(names, p));
      if (pointer !== undefined) return { step, pointer };
    }
  }
  return null;
};

/** `why` and `remedy` of the error; never the value. */
export const maskedWords = ({ step, pointer }: MaskedRead): { why: string; remedy: string } => {
  const output = step === null ? 'the measured output' : `the output of step "${step}"`;
  return {
    why: `masking changed ${pointer === '' ? '' : `${pointer} in `}${output}: a secret in it was replaced by ***`,
    remedy: `Let ${step === null ? 'the measurement' : `step "${step}"`} print it without the secret, give it as a var, or choose another value for the secret: a short or common value also masks ordinary text`,
  };
};
