/**
 * Text without a secret of the run. All outside text that is journaled, shown or reported has this type, so that other
 * text does not compile there.
 */
declare const mark: unique symbol;

export type Masked = string & { readonly [mark]: true };

/**
 * The only cast. It checks nothing: tests/tidy.test.ts lists its allowed callers. They are the masker, the schemas of
 * the journal, and functions that shorten or join masked text.
 */
export const asMasked = (text: string): Masked => text as Masked;

/** Cuts or cleans masked text; it must add nothing to it. */
export const reshape = (text: Masked, change: (text: string) => string): Masked => asMasked(change(text));

/** A text of the plan: it contains secrets by name only. */
export interface OfPlan {
  readonly planned: string;
}

export const ofPlan = (planned: string): OfPlan => ({ planned });

/** A sentence of the engine, made of masked text, texts of the plan and numbers. */
export const say = (strings: TemplateStringsArray, ...parts: readonly (Masked | OfPlan | number)[]): Masked =>
  asMasked(
    String.raw({ raw: strings }, ...parts.map((part) => (typeof part === 'object' ? part.planned : part))),
  );

export const joined = (parts: readonly Masked[], between: string): Masked => asMasked(parts.join(between));
