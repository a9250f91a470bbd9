/** The content of the files that both versions name under the same path. */
import type { Json, Plan, PlanAct, PlanStep } from '../plan.ts';
import type { Danger, Kind } from './change.ts';
import { dangerousWords } from './dangerous-words.ts';
import { Found } from './found.ts';

/** null: no text, or not known. */
export type TextOf = (path: string) => string | null;

export const noTexts: TextOf = () => null;

export const compareFiles = (
  was: Plan,
  is: Plan,
  texts: { before: TextOf; after: TextOf },
): readonly Found[] => {
  const changed = Object.keys(is.files).filter((path) => {
    const old = was.files[path];
    return old !== undefined && old !== is.files[path];
  });
  if (changed.length === 0) return [];
  const owners = ownersOf(is, new Set(changed));
  return changed.flatMap((path) => {
    const owner = owners.get(path);
    // The text of the forward fix is in the plan: it is compared with the point of no return.
    if (owner?.kind === 'forward-fix') return [];
    const found = new Found(owner?.step ?? null);
    const [before, after] = [texts.before(path), texts.after(path)];
    const dangerous = before !== null && after !== null ? dangerousWords(before, after) : null;
    const [kind, danger, reason] = owner
      ? owner.says
      : (['file', 'medium', 'A file that the runbook names'] as const);
    found.add(kind, dangerous === null ? danger : 'high', {
      what: path,
      ...(before !== null && after !== null ? { before, after } : {}),
      reason: dangerous ?? reason,
    });
    return [found];
  });
};

interface Owner {
  readonly kind: Kind;
  readonly step: string | null;
  readonly says: readonly [Kind, Danger, string];
}

const ownersOf = (plan: Plan, paths: ReadonlySet<string>): ReadonlyMap<string, Owner> => {
  const owners = new Map<string, Owner>();
  const visit = (value: Json, owner: Owner): void => {
    if (typeof value === 'string') {
      if (paths.has(value) && !owners.has(value)) owners.set(value, owner);
    } else if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) visit(inner, owner);
  };
  for (const { config } of Object.values(plan.targets))
    visit(config, {
      kind: 'target',
      step: null,
      says: ['target', 'high', 'A target trusts what this file says: another server may be accepted'],
    });
  for (const step of Object.values(plan.steps))
    for (const act of actsOf(step)) {
      const writes = act.effects === 'write';
      const reason = writes
        ? 'A step that changes something uses another content of this file'
        : 'A check uses another content of this file';
      visit(act.with, { kind: 'file', step: step.id, says: ['file', 'medium', reason] });
    }
  for (const entry of plan.entries)
    if (entry.kind === 'line')
      visit(entry.forwardFix.path, { kind: 'forward-fix', step: null, says: ['forward-fix', 'low', ''] });
  return owners;
};

const actsOf = (step: PlanStep): readonly PlanAct[] => {
  switch (step.kind) {
    case 'act':
      return [
        step.act,
        ...step.preconditions,
        ...step.verify,
        ...step.undo.preconditions,
        ...step.undo.acts,
        ...step.undo.verify,
      ];
    case 'watch':
      return [step.measure, ...step.onTrip];
    case 'checklist':
      return step.items.flatMap(({ check }) => check ?? []);
    default:
      return [];
  }
};
