/** The lock of the runbook: its place has to be one where acts can execute. */
import { nearest } from '../diagnostics/near.ts';
import type { JsonObject, PlanLock } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { formatDuration } from './duration.ts';
import { isPlace, LOCAL, placesOf } from './places.ts';
import { readSection } from './sections.ts';

const DEFAULT_TTL_MS = 15 * 60_000;
/** Its engine gives three signs of life in this time, over a network. */
const SHORTEST_TTL_MS = 30_000;

/** null: there is none, or what is wrong is reported. */
export const compileLock = (root: JsonObject, ctx: LoadContext): PlanLock | null => {
  const lock = readSection('lock', root, ctx);
  if (!lock) return null;
  const { problems, source, targets } = ctx;
  const at = (key: string) => source.value(['lock', key]);
  const runOn = lock.run_on ?? ctx.defaults.run_on ?? LOCAL;
  if (lock.run_on !== undefined && !isPlace(runOn, ctx)) {
    const known = placesOf(ctx);
    const service = targets.get(runOn)?.type;
    if (service !== undefined) problems.add('RB221', { target: runOn, type: service }, at('run_on'));
    else
      problems.add('RB212', { kind: 'place', name: runOn, near: nearest(runOn, known), known }, at('run_on'));
  }
  const ttlMs = lock.ttl ?? DEFAULT_TTL_MS;
  if (ttlMs < SHORTEST_TTL_MS)
    problems.add('RB296', { ttl: formatDuration(ttlMs), least: formatDuration(SHORTEST_TTL_MS) }, at('ttl'));
  return { name: lock.name, runOn, ttlMs };
};
