/** A lab of the bench's own: fresh data, gone afterwards. */
import { mkdirSync, rmSync } from 'node:fs';
import { down, type LabInfo, up } from '../../docker/native/lab.ts';
import { labDir, openLabRoot } from '../../docker/native/place.ts';
import { watchOver } from '../../docker/native/watchdog.ts';

export interface OwnLab {
  readonly info: LabInfo;
  /** Where labs share what they unpacked. */
  readonly root: string;
  close(): Promise<void>;
}

/** One for several, that ends with the last of them; `close` of each does nothing. */
export const shareOneLab = (trades: number): Pick<OwnLab, 'close'> & { openLab(): Promise<OwnLab> } => {
  let lab: Promise<OwnLab> | undefined;
  return {
    async openLab() {
      lab ??= openOwnLab(trades);
      return { ...(await lab), close: async () => undefined };
    },
    // One that did not start has said so to who asked for it.
    close: async () => (await lab?.catch(() => null))?.close(),
  };
};

/** @param trades so many are seeded; default: the lab's own size. Throws LabError. */
export const openOwnLab = async (trades?: number): Promise<OwnLab> => {
  const root = openLabRoot();
  const dir = labDir(`bench-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  const callOff = watchOver(dir, process.pid, 'remove');
  if (trades !== undefined) process.env.SEED_TRADES = String(trades);
  const info = await up(dir).finally(() => {
    if (trades !== undefined) delete process.env.SEED_TRADES;
  });
  return {
    info,
    root,
    async close() {
      await down(dir);
      callOff();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
