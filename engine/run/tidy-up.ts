/** Supervised output and copies of replaced files are kept for as long as somebody may need them to roll back. */
import { type Masked, say } from '../decide/masked.ts';
import type { RunState } from '../decide/state.ts';
import type { Connections } from './connections.ts';
import { foreignText } from './failure.ts';
import type { Masking } from './masking.ts';

export const tidyUp = async (
  { settled, line, runId }: RunState,
  connections: Connections,
  masking: Masking,
  note: (text: Masked) => void,
): Promise<void> => {
  if (!settled || (settled.result === 'succeeded' && !line)) return;
  await connections.forget(runId).catch((error: unknown) => {
    note(
      say`Files of this run in the state folders of its places could not be removed: ${foreignText(error, masking)}`,
    );
  });
};
