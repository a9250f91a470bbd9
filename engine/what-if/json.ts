/** What-if as data. */
import { answerMs, decideMs, lostMs, resumeMs, spread, unplannedMs } from './durations.ts';
import { faultText } from './table.ts';
import type { StoryAnswer, WhatIf } from './what-if.ts';

const storyRecord = ({ id, ending, broken, cut }: StoryAnswer) => ({ story: id, ...ending, broken, cut });

export const whatIfRecord = (found: WhatIf) => ({
  runbook: found.plan.name,
  digest: found.plan.digest,
  environment: found.plan.environment,
  hardStopMs: found.plan.timeline.hardStopMs,
  assumed: {
    spread,
    unplannedMs,
    withoutExpected: found.withoutExpected,
    answerMs,
    decideMs,
    resumeMs,
    lostMs,
  },
  asPlanned: storyRecord(found.asPlanned),
  faults: found.faults.map(({ fault, stories }) => ({
    fault: fault.id,
    step: fault.step,
    part: fault.part,
    kind: fault.kind,
    text: faultText(fault),
    stories: stories.map(storyRecord),
  })),
  pairs: found.pairs,
  stories: found.stories,
  cut: found.cut,
  proven: found.proven,
  broken: found.broken,
});
