/** Words that texts for people no longer use, and what they write instead: the glossary is in ARCHITECTURE.md. */
export interface Retired {
  readonly pattern: RegExp;
  readonly write: string;
}

/** In every text of the project. */
export const retired: readonly Retired[] = [
  { pattern: /\bmend(s|ed|ing)?\b/i, write: 'fix' },
  { pattern: /\b(take|takes|taken|took|taking) (\w+ )?back\b/i, write: 'roll back' },
  { pattern: /\b(go|goes|going|went|gone) back\b/i, write: 'roll back, return to' },
  { pattern: /\bway back\b/i, write: 'rollback, undo' },
  {
    pattern: /\b(behind|before|after|cross(es|ed|ing)?) the line\b/i,
    write: 'before/after the point of no return',
  },
  { pattern: /\bbehind the point of no return\b/i, write: 'after the point of no return' },
  { pattern: /\b(come|comes|came|coming) to rest\b/i, write: 'is paused' },
  { pattern: /\bwhoever\b/i, write: 'the person who, anyone who' },
  { pattern: /\b(is|are|was|were|be|been) told\b/i, write: 'is reported, is shown' },
  { pattern: /\b(to|can|could|cannot|can't) (not )?be had\b/i, write: 'was not found, is not available' },
  { pattern: /\bthinks? over\b/i, write: 'decides' },
  {
    pattern:
      /\b(condition|criterion|claim|check|it|that|which|nothing|what) (does not |did not |must |still |no longer )?holds?\b(?! (it|the|a|an|all|only|no|its)\b)/i,
    write: 'is true, passed',
  },
  { pattern: /\b(does|do|did) not hold (now|here|any more|yet)\b/i, write: 'is not true' },
  { pattern: /\b(goes|go|stays) on record\b/i, write: 'recorded' },
  { pattern: /\bmore needed\b/i, write: '0 of 1 approvals' },
  { pattern: /\b(is|be|are|still) at it\b/i, write: 'engine running' },
  { pattern: /\bhanded to the engine\b/i, write: 'sent to the running engine' },
  { pattern: /\bprobe says it has already happened\b/i, write: 'already done' },
  { pattern: /\bsafe moment\b/i, write: 'a rollback now would end 5m after the hard stop' },
  { pattern: /\bnobody is taken\b/i, write: 'no answer is not a yes' },
  { pattern: /\bbefore (their|your) eyes\b/i, write: 'on the screen' },
  { pattern: /\bno word for\b/i, write: 'is not a valid value for' },
  { pattern: /\byours to delete\b/i, write: 'delete it when you no longer need it' },
  { pattern: /\b(a foreign|foreign) name\b/i, write: 'an unknown name' },
  { pattern: /\bword between us\b/i, write: 'internal annotation for the loader' },
  { pattern: /\bnobody answered has not passed\b/i, write: 'unanswered items count as failed' },
  { pattern: /\bmeasurements?, where\b/i, write: '1 bad measurement (allowed: 0)' },
  { pattern: /\bdecide by (…|\d)/i, write: 'rollback possible until' },
  { pattern: /\bsupervised work goes on\b/i, write: 'running commands continue' },
  { pattern: /\b(leave it as it is|as you undid it)\b/i, write: 'skip this undo and continue the rollback' },
  { pattern: /\b(was|were|is|be) served\b/i, write: 'results per item' },
  { pattern: /\bstopped here\b/i, write: 'not started' },
  { pattern: /\bof (…|\d+) given\b/i, write: '0 of 1 approvals' },
  { pattern: /\bwork that could not be reached\b/i, write: 'the unreachable process has ended' },
  { pattern: /\bno stand-in\b/i, write: 'no placeholder value satisfies the schema' },
];

/** Words of one runbook, or of one time of day: never in a text of the engine or of a step type. */
export const ofOneRunbook: readonly Retired[] = [
  { pattern: /\b(one-)?nights?\b/i, write: 'the run, the cutover' },
  { pattern: /\bdoors?\b/i, write: 'T0; the site opens (flagship only)' },
];

export interface Violation {
  readonly text: string;
  readonly found: string;
  readonly write: string;
}

export const violationsIn = (texts: readonly string[], words: readonly Retired[]): readonly Violation[] =>
  texts.flatMap((text) =>
    words.flatMap(({ pattern, write }) => {
      const found = pattern.exec(text)?.[0];
      return found === undefined ? [] : [{ text, found, write }];
    }),
  );
