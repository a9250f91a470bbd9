/** What a place of a runbook with loops and groups sees while it is expanded. */
import type { ExpressionChecker } from '../../expr/check.ts';
import type { Scope as Values } from '../../expr/evaluate.ts';
import type { Path } from '../../expr/json-schema.ts';
import type { Json } from '../../plan.ts';
import type { Parts } from '../parts/part.ts';
import type { Problems } from '../problems.ts';
import type { Source } from '../source.ts';
import { ExpandedSource } from './expanded-source.ts';
import type { LeftOutSteps } from './left-out.ts';
import type { Scope } from './names.ts';

/** Shared by the whole expansion. */
export interface Expanding {
  readonly problems: Problems;
  /** Of the names before the expansion. */
  readonly checker: ExpressionChecker;
  /** What is known at load. */
  readonly values: Values;
  /** Vars that may still get any value, and those of them that the load cannot go on without. */
  readonly undecided: ReadonlySet<string>;
  /** Locals that have no value for that reason, each with the vars that it waits for. */
  readonly undecidedLocals: ReadonlyMap<string, readonly string[]>;
  readonly needed: Set<string>;
  readonly left: LeftOutSteps;
  readonly parts: Parts;
  /** How often parts were used so far. */
  readonly uses: { count: number };
  /** Of the parts, to be checked once every name is known. */
  readonly outputs: { readonly expr: string; readonly path: Path; readonly here: Here }[];
  /** Expressions whose errors are reported: nothing else is said of them. */
  readonly silent: Set<string>;
}

export interface Here {
  /** The file that it is written in. */
  readonly file: Source;
  /** The same, for this item of the loops around it. */
  readonly source: Source;
  /** Names that are replaced by a value: `each`, by root. */
  readonly constants: { readonly [root: string]: Json };
  /** Inputs of a part that only the run knows, each with the expression that stands for it. */
  readonly late: { readonly [name: string]: string };
  /** It is in a part, which sees nothing of the runbook. `line`: of the use, in the runbook itself. */
  readonly part: { readonly line: number } | null;
  readonly scope: Scope;
  /** Before the ids as written: `sections[s1]/`. */
  readonly prefix: string;
  /** Of the loops around it, the outermost first. */
  readonly items: readonly string[];
  /** How often it is written out: the product of the loops around it. */
  readonly times: number;
  /** Of the items of the loops around it, it starts first. */
  readonly first: boolean;
  /** The `when` that leaves it out, as written; null: it stays. */
  readonly leftOut: string | null;
  /** In a chain of parallel work. */
  readonly inLane: boolean;
}

export interface Item {
  /** '' for a target, whose own name tells the items apart. */
  readonly key: string;
  /** What `each` is. */
  readonly each: Json;
}

/** In one item of a loop. */
export const inItem = (here: Here, { key, each }: Item, loop: { items: number; first: boolean }): Here => {
  const items = key === '' ? here.items : [...here.items, key];
  return {
    ...here,
    source: new ExpandedSource({ source: here.file, path: [], item: items.join(', ') }),
    constants: { ...here.constants, each },
    items,
    times: here.times * loop.items,
    first: here.first && loop.first,
  };
};
