import '../_targets/postgres/client.ts';
import { queryActs } from '../_targets/sql/query-acts.ts';

export const acts = queryActs((ctx) => ctx.connect('postgres'));
