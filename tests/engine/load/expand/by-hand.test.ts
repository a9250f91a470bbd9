/** What a loop means: the same plan as writing each item out by hand, but for the ids. */
import { expect, test } from 'vitest';
import type { Json } from '../../../../engine/plan.ts';
import { fc } from '../../../support/property.ts';
import { loadText } from './loaded.ts';

interface Step {
  readonly kind: 'step';
  readonly usesItem: boolean;
  readonly readsBefore: boolean;
}
interface Group {
  readonly kind: 'group';
  readonly steps: readonly (Step | Loop)[];
}
interface Loop {
  readonly kind: 'loop';
  readonly of: Step | Group;
  readonly items: number;
  readonly mode: 'serial' | 'parallel';
  readonly batch: number | null;
}
interface Parallel {
  readonly kind: 'parallel';
  readonly branches: readonly (Step | Group | Loop)[];
}
type Node = Step | Group | Loop | Parallel;
type Entry = { readonly [key: string]: Json };

const step = fc.record({
  kind: fc.constant('step' as const),
  usesItem: fc.boolean(),
  readsBefore: fc.boolean(),
});
const loopOf = <T extends Step | Group>(
  of: fc.Arbitrary<T>,
  modes: readonly Loop['mode'][],
): fc.Arbitrary<Loop> =>
  fc.record({
    kind: fc.constant('loop' as const),
    of,
    items: fc.integer({ min: 1, max: 4 }),
    mode: fc.constantFrom(...modes),
    batch: fc.option(fc.integer({ min: 1, max: 3 })),
  });
const group: fc.Arbitrary<Group> = fc.record({
  kind: fc.constant('group' as const),
  steps: fc.array(fc.oneof(step, loopOf(step, ['serial'])), { minLength: 1, maxLength: 3 }),
});
const both = ['serial', 'parallel'] as const;
const parallel: fc.Arbitrary<Parallel> = fc.record({
  kind: fc.constant('parallel' as const),
  branches: fc.array(fc.oneof(step, group, loopOf(step, ['parallel']), loopOf(group, ['parallel'])), {
    minLength: 1,
    maxLength: 3,
  }),
});
const nodes: fc.Arbitrary<readonly Node[]> = fc.array(
  fc.oneof(step, group, loopOf(step, both), loopOf(group, both), parallel),
  { minLength: 1, maxLength: 4 },
);

const keysOf = ({ items }: Loop): readonly string[] => Array.from({ length: items }, (_, i) => `k${i}`);

const act = (id: string, words: readonly string[]): Entry => ({
  id,
  type: 'shell',
  with: { run: ['echo', ...words], reads: true },
});

/** As the language has it. `before`: the step just before it that is there once. */
const written = (node: Node, id: string, inLoop: boolean, before: string | null): Entry => {
  switch (node.kind) {
    case 'step': {
      const read = node.readsBefore && before !== null ? [`\${{ steps["${before}"].output.code }}`] : [];
      return act(id, [...(node.usesItem && inLoop ? ['on ${{ each.name }}'] : []), ...read]);
    }
    case 'group':
      return { id, group: listOf(node.steps, (one, at, last) => written(one, at, inLoop, last)) };
    case 'loop':
      return {
        ...written(node.of, id, true, before),
        for_each: keysOf(node).map((name) => ({ name })),
        key: '${{ each.name }}',
        ...(node.mode === 'parallel' && {
          mode: 'parallel',
          ...(node.batch !== null && { batch: node.batch }),
        }),
      };
    case 'parallel':
      return {
        parallel: node.branches.map((branch, i) => {
          const { batch: _, ...own } = written(branch, `${id}-${i}`, false, before);
          return own;
        }),
      };
  }
};

/** Each child with its id, and the step before it. */
const listOf = <T extends Node>(
  list: readonly T[],
  of: (node: T, id: string, before: string | null) => Entry,
): readonly Entry[] => {
  let before: string | null = null;
  return list.map((node, i) => {
    const entry = of(node, `n${i}`, before);
    before = node.kind === 'step' ? `n${i}` : null;
    return entry;
  });
};

/** The same without loops. `item` null: there is no loop around it. */
const byHand = (node: Node, id: string, item: string | null, before: string | null): readonly Entry[] => {
  switch (node.kind) {
    case 'step': {
      const read = node.readsBefore && before !== null ? [`\${{ steps["${before}"].output.code }}`] : [];
      return [act(id, [...(node.usesItem && item !== null ? [`on ${item}`] : []), ...read])];
    }
    case 'group': {
      let last: string | null = null;
      const steps = node.steps.flatMap((one, i) => {
        const entries = byHand(one, `n${i}`, item, last);
        last = one.kind === 'step' ? `n${i}` : null;
        return entries;
      });
      return [{ id, group: steps }];
    }
    case 'loop': {
      const items = keysOf(node).map((key) => byHand(node.of, `${id}-${key}`, key, before));
      if (node.mode === 'serial') return items.flat();
      const size = node.batch ?? items.length;
      return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => ({
        parallel: items.slice(i * size, (i + 1) * size).flat(),
      }));
    }
    case 'parallel':
      return [
        {
          parallel: node.branches.flatMap((branch, i) => {
            const plain = branch.kind === 'loop' ? { ...branch, mode: 'serial' as const } : branch;
            return byHand(plain, `${id}-${i}`, null, before);
          }),
        },
      ];
  }
};

/** A step after all of them, which reads the whole of it. */
const rest = (require: readonly string[]): Entry => ({ id: 'go', type: 'gate', with: { require } });

const namesOf = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap((entry) =>
    Array.isArray(entry.parallel) ? namesOf(entry.parallel as readonly Entry[]) : [String(entry.id)],
  );

const planOf = async (steps: readonly Entry[]): Promise<string> => {
  const { plan } = await loadText(JSON.stringify({ version: 1, name: 'a', steps }));
  const { digest: _, ...own } = plan;
  return JSON.stringify(own, (key, value) => (key === 'line' || key === 'digest' ? undefined : value), 1);
};

test('a loop is the same plan as its items written out', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(nodes, async (all) => {
      const looped = listOf(all, (node, id, before) => written(node, id, false, before));
      let before: string | null = null;
      const hand = all.flatMap((node, i) => {
        const entries = byHand(node, `n${i}`, null, before);
        before = node.kind === 'step' ? `n${i}` : null;
        return entries;
      });
      const withItems = await planOf([...looped, rest(namesOf(looped))]);
      const plain = await planOf([...hand, rest(namesOf(hand))]);
      expect(withItems.replaceAll(/\[(k\d)\]/g, '-$1')).toBe(plain);
    }),
    { numRuns: 60 },
  );
});
