import type { SetUp } from '../fixture.ts';
import { useDump } from './dumped.ts';

export const setUp: SetUp = async (lab, place) => {
  const { ctx, scratch, path, dump, tablesOf } = await useDump(lab, place);
  const sha256 = await dump();
  return {
    with: { path, database: scratch, sha256 },
    ctx,
    image: async () => ({ files: await place.image(), tables: await tablesOf(scratch) }),
  };
};
