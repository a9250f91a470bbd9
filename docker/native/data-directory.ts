import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Fills a data directory once; one whose making was cut short is made anew. */
export const initialise = async (data: string, fill: () => Promise<unknown>): Promise<void> => {
  const proof = `${data}.initialised`;
  if (existsSync(proof)) return;
  rmSync(data, { recursive: true, force: true });
  await fill();
  writeFileSync(proof, '');
};
