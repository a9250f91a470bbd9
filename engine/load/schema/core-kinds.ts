/** The kinds of the core, as the step reference shows them. */
import type * as z from 'zod';
import { coreOutputs } from '../../expr/core-outputs.ts';
import { type CoreType, gate, wait } from './steps.ts';
import { checklist, watch } from './watch.ts';

export interface CoreKind {
  readonly type: CoreType;
  readonly summary: string;
  readonly input: z.ZodType;
  readonly output?: z.ZodType;
  /** Keys of the step beside `with`. */
  readonly beside: readonly string[];
  /** `step`: the whole entry of the file. */
  readonly examples: readonly {
    readonly title: string;
    readonly step: { readonly [key: string]: unknown };
  }[];
}

const keysBeside = (shape: object): readonly string[] =>
  Object.keys(shape).filter((key) => key !== 'type' && key !== 'with');

export const coreKinds: readonly CoreKind[] = [
  {
    type: 'gate',
    summary: 'A go/no-go decision: by criteria, by people, or both',
    input: gate.shape.with,
    beside: keysBeside(gate.shape),
    examples: [
      {
        title: 'one of two people says go; without an answer in five minutes the run is held',
        step: {
          id: 'go-no-go',
          at: 'T-1m',
          type: 'gate',
          with: {
            require: ['dump', 'smoke'],
            criteria: ["steps['compare'].output.mismatches == 0"],
            prompt: 'Go live?',
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
    beside: keysBeside(wait.shape),
    examples: [
      {
        title: 'let caches expire',
        step: { id: 'caches', type: 'wait', with: { for: '2m' } },
      },
      { title: 'nothing before T-10m', step: { id: 'quiet', at: 'T-10m', type: 'wait' } },
    ],
  },
  {
    type: 'watch',
    summary: 'Repeats a measurement and holds the run after too many bad ones',
    input: watch.shape.with,
    output: coreOutputs.watch,
    beside: keysBeside(watch.shape),
    examples: [
      {
        title: 'beside the steps that follow, until T+40m; the third bad measurement holds the run',
        step: {
          id: 'watch-health',
          at: 'T0',
          type: 'watch',
          background: { until: 'T+40m' },
          with: {
            measure: {
              type: 'http.check',
              with: { url: 'https://app.example.org/healthz', status: 200 },
              timeout: '20s',
            },
            interval: '30s',
            failure_limit: 2,
          },
          on_failure: 'hold',
        },
      },
      {
        title: 'twenty measurements before the next step; the page must stay fast',
        step: {
          id: 'page-stays-quick',
          type: 'watch',
          with: {
            measure: { type: 'http.check', with: { url: 'https://app.example.org/', status: 200 } },
            interval: '10s',
            count: 20,
            success_condition: 'result.duration_ms < 800',
            failure_limit: 1,
          },
        },
      },
    ],
  },
  {
    type: 'checklist',
    summary: 'Items that must all pass: checked by the engine, or answered by people',
    input: checklist.shape.with,
    output: coreOutputs.checklist,
    beside: keysBeside(checklist.shape),
    examples: [
      {
        title: 'one item is checked by the engine, one is answered by a person within ten minutes',
        step: {
          id: 'validation',
          at: 'T+2m',
          type: 'checklist',
          with: {
            items: [
              {
                id: 'login-page',
                say: 'The login page loads',
                check: { type: 'http.check', with: { url: 'https://app.example.org/login', status: 200 } },
              },
              { id: 'notes', say: 'Journal notes can be read' },
            ],
            approvers: ['lead'],
            timeout: '10m',
          },
        },
      },
    ],
  },
];
