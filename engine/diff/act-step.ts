/** A step that does something, before and after: its act, its checks, its undo. */

import type { PlanActStep, PlanUndo } from '../plan.ts';
import { span } from '../words/format.ts';
import { type Around, callText, compareCalls } from './call.ts';
import type { Danger } from './change.ts';
import { compareLists } from './checks.ts';
import type { Found } from './found.ts';

export const compareActSteps = (was: PlanActStep, is: PlanActStep, found: Found, around: Around): void => {
  compareCalls(was.act, is.act, { label: '' }, found, around);
  compareLists(
    was.preconditions,
    is.preconditions,
    {
      kind: 'precondition',
      name: 'precondition',
      dropped: ['high', 'The step starts although this is not true'],
      added: ['low', 'The step demands more before it starts'],
    },
    found,
    around,
  );
  compareLists(
    was.verify,
    is.verify,
    {
      kind: 'verify',
      name: 'verify',
      dropped: ['high', 'The step counts as done although this is not true'],
      added: ['low', 'The step demands more before it counts as done'],
    },
    found,
    around,
  );
  compareOnFailure(was.onFailure, is.onFailure, found);
  compareUndo(was.undo, is.undo, is.act.effects === 'write' || was.act.effects === 'write', found, around);
  compareSets(was, is, found);
};

export const compareOnFailure = (
  was: PlanActStep['onFailure'],
  is: PlanActStep['onFailure'],
  found: Found,
): void => {
  if (was === is) return;
  const said: Record<PlanActStep['onFailure'], readonly [Danger, string]> = {
    continue: ['high', 'The run goes on after a failure, and nobody is asked'],
    hold: [
      was === 'rollback' ? 'medium' : 'low',
      was === 'rollback'
        ? 'The run waits for a person after a failure, instead of rolling back at once'
        : 'A failure stops the run',
    ],
    rollback: [
      was === 'hold' ? 'medium' : 'low',
      'A failure rolls the run back at once, and nobody is asked',
    ],
  };
  const [danger, reason] = said[is];
  found.add('on-failure', danger, { what: 'on_failure', before: was, after: is, reason });
};

const modeText = ({ mode, why, acts }: PlanUndo): string => {
  switch (mode) {
    case 'none':
      return why ? `none, with the reason: ${why}` : 'none';
    case 'own':
      return acts.map(callText).join('; ');
    case 'auto':
      return 'automatic';
    case 'nothing':
      return 'nothing to undo';
  }
};

const compareUndo = (was: PlanUndo, is: PlanUndo, writes: boolean, found: Found, around: Around): void => {
  const add = (danger: Danger, reason: string) =>
    found.add('undo', danger, { what: 'undo', before: modeText(was), after: modeText(is), reason });
  if (was.mode !== is.mode) {
    if (is.mode === 'none') add(writes ? 'high' : 'low', 'A rollback no longer undoes this step');
    else if (is.mode === 'nothing') add('medium', 'The step counts as a read now, so that nothing is undone');
    else if (was.mode === 'none') add('low', 'A rollback undoes this step now');
    else if (was.mode === 'nothing') add('low', 'The step changes something now, which a rollback undoes');
    else add('medium', 'A rollback undoes this step in another way');
  } else if (was.mode === 'own')
    compareLists(
      was.acts,
      is.acts,
      {
        kind: 'undo',
        name: 'undo',
        dropped: ['high', 'A rollback no longer does this'],
        added: ['medium', 'A rollback does more than before'],
      },
      found,
      around,
    );
  else if (was.mode === 'none' && was.why !== is.why)
    found.add('text', 'none', {
      what: 'why there is no undo',
      before: was.why ?? '',
      after: is.why ?? '',
      reason: 'Only what people read',
    });
  if (is.mode === 'none' || is.mode === 'nothing') return;
  if (was.mode === 'none' || was.mode === 'nothing') return;
  compareLists(
    was.preconditions,
    is.preconditions,
    {
      kind: 'undo',
      name: 'precondition of the undo',
      dropped: ['high', 'The undo starts although this is not true'],
      added: ['low', 'The undo demands more before it starts, and holds without it'],
    },
    found,
    around,
  );
  compareLists(
    was.verify,
    is.verify,
    {
      kind: 'undo',
      name: 'verify of the undo',
      dropped: ['high', 'The step counts as undone although this is not true'],
      added: ['low', 'The undo demands more before it counts as done'],
    },
    found,
    around,
  );
  if (was.expectedMs !== is.expectedMs)
    found.add('time', 'low', {
      what: 'expected of the undo',
      ...(was.expectedMs !== null && { before: span(was.expectedMs) }),
      ...(is.expectedMs !== null && { after: span(is.expectedMs) }),
      reason: 'The engine plans another time for its undo',
    });
};

const compareSets = (was: PlanActStep, is: PlanActStep, found: Found): void => {
  const [before, after] = [was.sets ?? {}, is.sets ?? {}];
  for (const fact of new Set([...Object.keys(before), ...Object.keys(after)]))
    if (before[fact] !== after[fact])
      found.add('fact', 'medium', {
        what: `sets.${fact}`,
        before: before[fact],
        after: after[fact],
        reason: 'What-if assumes something else of this step',
      });
};
