/**
 * The last word on `${{ }}`: whatever nothing has evaluated would be used as plain text. It is one rule for the whole
 * file, so that a new key is either evaluated or refused.
 */
import type { Path } from '../expr/json-schema.ts';
import { hasPlaceholder } from '../expr/placeholders.ts';
import type { Json } from '../plan.ts';
import type { Problems } from './problems.ts';
import type { Source } from './source.ts';

/** Paths of the texts whose expressions were evaluated, or will be in the run. */
export class Evaluated {
  readonly #paths = new Set<string>();

  add(path: Path): void {
    this.#paths.add(JSON.stringify(path));
  }

  has(path: Path): boolean {
    return this.#paths.has(JSON.stringify(path));
  }
}

type Around = { readonly source: Source; readonly problems: Problems };

const fieldOf = (path: Path): string =>
  path.findLast((key) => typeof key === 'string')?.toString() ?? 'this place';

export const reportUnevaluated = (text: string, path: Path, { source, problems }: Around): void => {
  const open = text.indexOf('${{');
  const position = source.within(path, { start: open, end: open + 3, open });
  const remedy = 'Write the value itself';
  problems.add('RB321', { where: `\`${fieldOf(path)}\``, remedy }, position);
};

/** Of a runbook in which everything else is right: what is wrong may be the reason that it was not evaluated. */
export const reportAllUnevaluated = (root: Json, evaluated: Evaluated, around: Around): void => {
  const walk = (value: Json, path: Path): void => {
    if (typeof value === 'string') {
      if (hasPlaceholder(value) && !evaluated.has(path)) reportUnevaluated(value, path, around);
    } else if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(root, []);
};
