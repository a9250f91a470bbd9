/** The kinds of the core as a reader of the step reference meets them, beside the step types. */
import type * as z from 'zod';
import { type CORE_TYPES, gate, wait } from './steps.ts';

export interface CoreKind {
  readonly type: (typeof CORE_TYPES)[number];
  readonly summary: string;
  readonly input: z.ZodType;
  /** `step`: the whole entry of the file. */
  readonly examples: readonly {
    readonly title: string;
    readonly step: { readonly [key: string]: unknown };
  }[];
}

export const coreKinds: readonly CoreKind[] = [
  {
    type: 'gate',
    summary: 'A go/no-go decision: by criteria, by people, or both',
    input: gate.shape.with,
    examples: [
      {
        title: 'one of two people opens the doors; without an answer in five minutes the run holds',
        step: {
          id: 'go-no-go',
          at: 'T-1m',
          type: 'gate',
          with: {
            require: ['dump', 'smoke'],
            criteria: ["steps['compare'].output.mismatches == 0"],
            prompt: 'Open the doors?',
            approvers: ['lead', 'deputy'],
            timeout: '5m',
          },
        },
      },
      {
        title: 'decided by its criterion alone',
        step: {
          id: 'dump-is-whole',
          type: 'gate',
          with: { criteria: ["steps['dump'].output.bytes > 50000"], on_no_go: 'hold' },
        },
      },
    ],
  },
  {
    type: 'wait',
    summary: 'Waits until its `at`, for a time after its start, or both',
    input: wait.shape.with.unwrap(),
    examples: [
      {
        title: 'let caches run out',
        step: { id: 'caches', type: 'wait', with: { for: '2m' } },
      },
      { title: 'nothing before T-10m', step: { id: 'quiet', at: 'T-10m', type: 'wait' } },
    ],
  },
];
