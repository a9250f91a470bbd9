import '../_targets/postgres/client.ts';
import { queryActs } from '../_kits/sql/query-acts.ts';

export const acts = queryActs((ctx) => ctx.connect('postgres'));
