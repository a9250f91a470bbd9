/**
 * Loops and groups written out, before the rest of the file is judged: what comes after sees plain steps only, each
 * of them with the place in the file where it is written.
 */
import type { Json, JsonObject } from '../../plan.ts';
import type { Source } from '../source.ts';
import { emitList } from './emit.ts';
import { ExpandedSource, type Origin } from './expanded-source.ts';
import type { Expanding, Here } from './here.ts';
import { expandInvariants } from './invariants.ts';
import { type Scope, scopeIn } from './names.ts';
import { placeList } from './place.ts';
import { expandTargets } from './targets.ts';

export interface Expanded {
  readonly root: JsonObject;
  readonly source: Source;
  /** What the names of steps mean at the top of the file. */
  readonly names: Scope;
  /** Expressions of which everything that is wrong is reported. */
  readonly silent: ReadonlySet<string>;
}

export const expand = (root: JsonObject, source: Source, pass: Expanding): Expanded => {
  const names = scopeIn(null);
  const here: Here = {
    file: source,
    source,
    constants: {},
    late: {},
    part: null,
    scope: names,
    prefix: '',
    items: [],
    times: 1,
    first: true,
    leftOut: null,
    inLane: false,
  };
  const list: readonly Json[] = Array.isArray(root.steps) ? root.steps : [];
  const placed = placeList(list, ['steps'], here, pass);
  const targets = expandTargets(root.targets, here, pass);
  const isPlain =
    !pass.left.decided &&
    [...names.members.values()].every(({ kind }) => kind === 'step') &&
    placed.length === list.length;
  if (isPlain && targets === null) return { root, source, names, silent: pass.silent };

  const steps = emitList(placed, here, ['steps'], pass);
  const children = new Map<string, Origin>([['steps', steps.origin]]);
  if (targets) children.set('targets', targets.origin);
  const invariants = expandInvariants(root.invariants, source, names);
  if (invariants) children.set('invariants', invariants.origin);
  return {
    root: {
      ...root,
      steps: steps.value,
      ...(targets && { targets: targets.value }),
      ...(invariants && { invariants: invariants.value }),
    },
    source: new ExpandedSource({ source, path: [], children }),
    names,
    silent: pass.silent,
  };
};
