/** Second pass, inside of one step: its expressions, each rewritten for its place. */
import type { Path } from '../../expr/json-schema.ts';
import { hasPlaceholder } from '../../expr/placeholders.ts';
import type { Json, JsonObject } from '../../plan.ts';
import { isCore } from '../schema/steps.ts';
import type { Edit, Origin } from './expanded-source.ts';
import { reportFaults } from './faults.ts';
import type { Expanding, Here } from './here.ts';
import { idsOf, isWrong, resolve } from './names.ts';
import { rewriteExpression, rewriteText } from './rewrite.ts';

type Inner = { readonly value: Json; readonly origin: Origin | null };

/** Rewrites what is below one step, or another map of the file that is written out; paths are inside of it. */
export class Walker {
  readonly #type: Json | undefined;
  readonly #path: Path;
  readonly #here: Here;
  readonly #pass: Expanding;

  constructor(step: JsonObject, path: Path, here: Here, pass: Expanding) {
    this.#type = step.type;
    this.#path = path;
    this.#here = here;
    this.#pass = pass;
  }

  /** `origin` null: it is written where the value around it says. */
  rewrite(value: Json, path: Path): Inner {
    if (typeof value === 'string') return this.#text(value, path);
    if (typeof value !== 'object' || value === null) return { value, origin: null };
    if (Array.isArray(value) && this.#type === 'gate' && path.join('.') === 'with.require')
      return this.#required(value, path);
    const children = new Map<string | number, Origin>();
    const inner = (item: Json, key: string | number): Json => {
      const rewritten = this.rewrite(item, [...path, key]);
      if (rewritten.origin) children.set(key, rewritten.origin);
      return rewritten.value;
    };
    const copy = Array.isArray(value)
      ? value.map((item: Json, i) => inner(item, i))
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item, key)]));
    return { value: copy, origin: children.size === 0 ? null : this.#at(path, { children }) };
  }

  #at(path: Path, more: { edits?: readonly Edit[]; children?: Origin['children'] & {} }): Origin {
    return { source: this.#here.source, path: [...this.#path, ...path], ...more };
  }

  #text(text: string, path: Path): Inner {
    const isExpression = !hasPlaceholder(text) && isCondition(path, this.#type);
    if (!isExpression && !hasPlaceholder(text)) return { value: text, origin: null };
    const rewritten = isExpression ? rewriteExpression(text, this.#here) : rewriteText(text, this.#here);
    reportFaults(rewritten.faults, text, [...this.#path, ...path], this.#here, this.#pass);
    for (const expr of rewritten.silent) this.#pass.silent.add(expr);
    if (rewritten.edits.length === 0) return { value: text, origin: null };
    return { value: rewritten.text, origin: this.#at(path, { edits: rewritten.edits }) };
  }

  /** A step of a loop stands for those of all items. */
  #required(list: readonly Json[], path: Path): Inner {
    const children = new Map<string | number, Origin>();
    const ids: Json[] = [];
    for (const [i, item] of list.entries()) {
      const origin = this.#at([...path, i], {});
      for (const id of this.#requiredIds(item)) {
        children.set(ids.length, origin);
        ids.push(id);
      }
    }
    return { value: ids, origin: this.#at(path, { children }) };
  }

  #requiredIds(item: Json): readonly Json[] {
    if (typeof item !== 'string') return [item];
    const resolved = resolve(item, this.#here.scope);
    // A step of the runbook may have this id: a part does not see it.
    if (!resolved.ok) return [this.#here.part ? `${this.#here.prefix}${item}` : item];
    return isWrong(resolved.named) ? [] : idsOf(resolved.named);
  }
}

/** It is CEL as it stands, without `${{ }}`. */
const isCondition = (path: Path, type: Json | undefined): boolean => {
  const [first, ...below] = path;
  const ofCore = first === 'with' && isCore(type);
  const inside = ofCore ? below : path;
  const last = String(path.at(-1));
  if (inside.includes('with')) return false;
  if (ofCore && type === 'gate') return inside[0] === 'criteria';
  if (ofCore && ['success_condition', 'failure_condition', 'samples'].includes(last)) return true;
  if (last === 'until') return path.at(-2) !== 'background';
  return last === 'when' && path.length === 1;
};
