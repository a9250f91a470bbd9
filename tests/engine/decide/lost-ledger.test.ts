/** A lost ledger: a person decides, whatever the failure policy is. */

import { describe, expect, test } from 'vitest';
import { CoreRun } from '../../support/core-run.ts';
import { masked } from '../../support/masked.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';

const retry = { limit: 5, intervalMs: 0, backoff: 1 };

describe.each(['read', 'write'] as const)('of a %s', (effects) => {
  test.each(['hold', 'rollback', 'continue'] as const)('with on_failure: %s', (onFailure) => {
    const act = planAct({ effects, onUnknown: 'rerun', retry });
    const run = new CoreRun(plan([actStep('a', { act, onFailure })]), { probe: () => 'unknown' });
    const lose = (attempt: number) => {
      const which = { act: 'a/do/0', attempt } as const;
      run.add(
        { type: 'act-started', ...which, input: {}, digest: '', before: null },
        {
          type: 'act-finished',
          ...which,
          result: 'failed',
          effect: 'unknown',
          error: { code: 'RB418', short: masked('it is missing') },
          retryable: false,
        },
      );
      run.go();
    };
    lose(1);
    expect(run.state.hold).toMatchObject({ cause: 'unknown', act: 'a/do/0' });
    run.say({ command: 'resolve', choice: 'retry', step: null, user: 'u', reason: 'r', at: run.now });
    // Nobody has proven that the first one is over.
    for (const d of run.decide()) if (d.do === 'stop-act') run.carryOut(d);
    expect(run.ids()).toEqual(['a/do/0#2']);
    lose(2);
    expect(run.state.hold).toMatchObject({ cause: 'unknown', act: 'a/do/0' });
    expect(run.state.rollback).toBeNull();
  });
});
