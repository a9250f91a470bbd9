/** Who is told of the run, before and after. */
import type { Plan, PlanNotify } from '../plan.ts';
import type { Around } from './call.ts';
import type { Found } from './found.ts';
import { meaningOf } from './values.ts';

const of = ({ on, steps }: PlanNotify): string => [...on, ...steps].join(', ');

const sameChannel = (a: PlanNotify, b: PlanNotify): boolean => meaningOf(a.channel) === meaningOf(b.channel);

export const compareNotify = (was: Plan, is: Plan, found: Found, { rename }: Around): void => {
  const left = [...(is.notify ?? [])];
  const take = (wanted: (each: PlanNotify) => boolean): PlanNotify | undefined => {
    const i = left.findIndex(wanted);
    return i === -1 ? undefined : left.splice(i, 1)[0];
  };
  for (const old of was.notify ?? []) {
    const now = take((each) => sameChannel(each, old)) ?? take(({ id }) => id === old.id);
    if (now) compareOne(old, now, found, rename);
    else
      found.add('told', 'high', {
        what: `notify "${old.where}" dropped`,
        before: of(old),
        reason: 'These people no longer hear of the run, nor that it waits for them',
      });
  }
  for (const now of left)
    found.add('told', 'low', {
      what: `notify "${now.where}" added`,
      after: of(now),
      reason: 'The run notifies more people',
    });
};

const compareOne = (was: PlanNotify, is: PlanNotify, found: Found, rename: Around['rename']): void => {
  const what = `notify "${is.where}"`;
  if (!sameChannel(was, is))
    found.add('told', 'medium', {
      what,
      before: was.where,
      after: is.where,
      reason: 'The messages go to another place',
    });
  const [before, after] = [
    [...was.on, ...was.steps.map(rename)],
    [...is.on, ...is.steps],
  ];
  const [gone, more] = [
    before.filter((name) => !after.includes(name)),
    after.filter((name) => !before.includes(name)),
  ];
  if (gone.length > 0)
    found.add('told', 'high', {
      what: `${what}: on`,
      before: before.join(', '),
      after: after.join(', '),
      reason: `No longer sent there: ${gone.join(', ')}`,
    });
  else if (more.length > 0)
    found.add('told', 'low', {
      what: `${what}: on`,
      before: before.join(', '),
      after: after.join(', '),
      reason: 'More is sent there',
    });
};
