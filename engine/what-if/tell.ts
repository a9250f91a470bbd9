/** A story as people read it: what went as planned in one line, everything else one line each. */
import type { Recorded } from '../decide/events.ts';
import { parseActKey } from '../decide/keys.ts';
import { partText } from './faults.ts';
import { type Note, type Story, t0 } from './story.ts';

export interface Line {
  /** Offset from T0, ms. */
  readonly atMs: number;
  readonly text: string;
  readonly tone: 'plain' | 'fault' | 'broken';
}

const tones: { readonly [K in Note['kind']]: Line['tone'] } = {
  fault: 'fault',
  broken: 'broken',
  person: 'plain',
  engine: 'plain',
  fact: 'plain',
};

const noteText = ({ kind, text }: Note): string => {
  if (kind === 'fault') return `FAULT  ${text}`;
  if (kind === 'broken') return `BROKEN  ${text}`;
  return kind === 'fact' ? `facts: ${text}` : text;
};

/** `whole`: each step has a line of its own, one that went as planned too. */
export const tellStory = (story: Story, whole = false): readonly Line[] => {
  const lines: Line[] = [];
  const quiet: string[] = [];
  let quietAt = 0;
  const flush = () => {
    const [first] = quiet;
    if (first === undefined) return;
    const text =
      quiet.length === 1 ? `${first}: done` : `${quiet.length} steps done, ${first} to ${quiet.at(-1)}`;
    lines.push({ atMs: quietAt, text, tone: 'plain' });
    quiet.length = 0;
  };
  const push = (atMs: number, text: string, tone: Line['tone'] = 'plain') => {
    flush();
    lines.push({ atMs: atMs - t0, text, tone });
  };
  const notes = [...story.notes];
  const tellNotes = (upTo: number) => {
    while (notes[0] && notes[0].before <= upTo) {
      const note = notes.shift() as Note;
      push(note.at, noteText(note), tones[note.kind]);
    }
  };
  for (const [i, event] of story.events.entries()) {
    tellNotes(i);
    if (event.type === 'step-settled' && event.state === 'succeeded' && !whole) {
      quiet.push(event.step);
      quietAt = event.at - t0;
      continue;
    }
    const text = eventText(event);
    if (text !== null) push(event.at, text);
  }
  tellNotes(story.events.length);
  flush();
  push(story.now, endText(story));
  return lines;
};

const endText = ({ state }: Story): string => {
  if (state.settled)
    return state.settled.result === 'succeeded' ? 'the run has succeeded' : 'the rollback is over';
  return state.hold ? `the run stays held at ${state.hold.step ?? 'its end'}` : 'the run waits for an answer';
};

/** `freeze, undo 1`: the act of a step is the step itself. */
const partOf = (act: string): string => {
  const { step, phase, index } = parseActKey(act as `${string}/do/0`);
  return phase === 'do' ? step : `${step}, ${partText(`${phase} ${index + 1}`)}`;
};

/** null: it says nothing that a reader has to know. */
const eventText = (e: Recorded): string | null => {
  switch (e.type) {
    case 'act-finished':
      return e.result === 'failed' ? `${partOf(e.act)}: ${e.error.short}, effect ${e.effect}` : null;
    case 'act-probed':
      return `${partOf(e.act)}: the probe says ${e.state}`;
    case 'step-settled':
      return `${e.step}: ${e.because === 'condition' ? 'skipped (condition)' : settledWord[e.state]}${e.reason && e.state !== 'kept' ? ` (${e.reason})` : ''}`;
    case 'gate-answered':
      return `gate ${e.step}: ${e.verdict === 'go' ? 'go' : 'no-go'} by ${e.by ?? 'nobody'}`;
    case 'gate-settled':
      return `gate ${e.step}: ${{ go: 'go', no_go: 'no-go', expired: 'no answer in time' }[e.verdict]}`;
    case 'watch-tripped':
      return `${e.step}: trips`;
    case 'item-checked':
      return e.passed ? null : `${e.step}, item ${e.item}: failed`;
    case 'line-crossed':
      return 'the point of no return is crossed';
    case 'rollback-started':
      return `a rollback starts: ${e.owed.length} steps are owed`;
    case 'run-held':
      return `HELD (${e.cause}): ${e.message}. Choices: ${e.choices.join(', ')}`;
    default:
      return null;
  }
};

const settledWord = {
  succeeded: 'done',
  failed: 'failed, the run continues',
  skipped: 'skipped',
  undone: 'undone',
  kept: 'stays as it is: no undo',
} as const;
