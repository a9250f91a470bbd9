/** Steps that advance beside each other, forward and in a rollback. */
import type { Decision } from './decisions.ts';
import type { Move } from './move.ts';

/** What starts nothing: probes, following or ending what is open, and the end of a step whose acts are all done. */
export const following = (decisions: readonly Decision[]): readonly Decision[] =>
  decisions.filter(
    (d) => d.do === 'probe' || d.do === 'stop-act' || d.do === 'settle-step' || (d.do === 'act' && d.attach),
  );

/**
 * Once one of them stops the run, nothing new starts beside it, and what runs ends first. Several that stop it are
 * asked about one after the other: a choice for one leaves the others as they are.
 */
export const together = (moves: readonly Move[], isWorking: () => boolean): Move => {
  const urgent = moves.find((m) => m.kind === 'hold' && m.urgent);
  if (urgent) return urgent;
  const stop = firstStop(moves);
  const decisions = moves.flatMap((m) => (m.kind === 'go' ? m.decisions : []));
  if (!stop) return { kind: 'go', decisions };
  const left = following(decisions);
  return left.length > 0 || isWorking() ? { kind: 'go', decisions: left } : stop;
};

/**
 * What is not known is asked about before anything is undone by itself. A rollback comes before other questions: their
 * answers would change nothing.
 */
const firstStop = (moves: readonly Move[]): Move | undefined =>
  moves.find((m) => m.kind === 'hold' && (m.request.cause === 'unknown' || m.request.cause === 'living')) ??
  moves.find((m) => m.kind === 'roll-back') ??
  moves.find((m) => m.kind === 'hold');
