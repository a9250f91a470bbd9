import '../_targets/mysql/client.ts';
import { queryActs } from '../_kits/sql/query-acts.ts';

export const acts = queryActs((ctx) => ctx.connect('mysql'));
