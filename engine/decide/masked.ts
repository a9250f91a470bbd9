/**
 * Text in which no secret of the run is left. What is journaled, shown or reported of the world outside is of this
 * type, so that other text does not compile there.
 */
declare const mark: unique symbol;

export type Masked = string & { readonly [mark]: true };

/**
 * The one place that says so. It checks nothing: tests/tidy.test.ts lists who may say it. They are the masker, the
 * schemas of the journal, in which nothing else ever stood, and what shortens or joins text that was masked before.
 */
export const asMasked = (text: string): Masked => text as Masked;

/** Cuts or cleans masked text; it must add nothing to it. */
export const reshape = (text: Masked, change: (text: string) => string): Masked => asMasked(change(text));

/** A text that the plan has: secrets stand in it by name only. */
export interface OfPlan {
  readonly planned: string;
}

export const ofPlan = (planned: string): OfPlan => ({ planned });

/** A sentence of the engine's own, of masked text, of what the plan has and of numbers. */
export const say = (strings: TemplateStringsArray, ...parts: readonly (Masked | OfPlan | number)[]): Masked =>
  asMasked(
    String.raw({ raw: strings }, ...parts.map((part) => (typeof part === 'object' ? part.planned : part))),
  );

export const joined = (parts: readonly Masked[], between: string): Masked => asMasked(parts.join(between));
