/** Ending what a script has noted of itself: `PGID MARK`, where the mark may be missing; PGID 0: the group is another's by now. */
import { endGroup, groupOver } from './process-group.ts';
import type { Shell } from './shell.ts';
import { groupSignal } from './supervisor/scripts.ts';

/** false: somebody could not be proven dead. */
export const endNoted = (shell: Shell, noted: string, killGraceMs: number): Promise<boolean> => {
  const [pgid = '', mark = ''] = noted.split(' ');
  const ask = async (name: string, _trusted: string, known: string): Promise<string> => {
    const argv = ['sh', '-c', groupSignal, 'runbook', pgid, mark, name, known] as const;
    const { stdout } = await shell.exec([...argv]);
    return new TextDecoder().decode(stdout).trim();
  };
  return endGroup(groupOver(ask, '1'), killGraceMs);
};
