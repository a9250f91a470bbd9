/** `runbook ledger [RUN] [STEP]`: the operator's own file on the operator's own terminal, so nothing is masked. */
import { fail } from '../diagnostic.ts';
import { FileLedger } from '../journal/ledger.ts';
import { ITEM_STATES, type ItemState } from '../journal/ledger-codec.ts';
import {
  type LedgerFile,
  type LedgerView,
  type ListedItem,
  ledgerFiles,
  readLedger,
} from '../journal/ledger-listing.ts';
import { acquireLock } from '../journal/lock.ts';
import { openRun, type RunDir } from '../journal/run-dir.ts';
import { jsonText } from '../text.ts';
import { clean, instant } from '../views/format.ts';
import { givenRunsDir } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Handler, Input } from './spec.ts';
import { columns } from './table.ts';

const outcomes = { sent: 'done', unsent: 'not-done' } as const;

export const ledger: Handler = async (host, input) => {
  const run = openRun(givenRunsDir(host, input), input.argument(0) ?? 'latest');
  const step = input.argument(1) ?? null;
  const files = filesOf(run, step);
  const key = input.text(options.settle);
  const as = input.text(options.settleAs);
  if (key !== undefined && step === null) return fail('RB608', { flag: '--settle', needs: 'the step' });
  if (key !== undefined && step !== null) settle(host, input, { run, files, step, key });
  else if (as !== undefined) fail('RB608', { flag: '--as', needs: '--settle' });
  else list(host, input, files, step);
  return 0;
};

const filesOf = (run: RunDir, step: string | null): readonly LedgerFile[] => {
  const all = ledgerFiles(run.ledgers);
  const wanted = all.filter((file) => step === null || file.step === step);
  if (wanted.length > 0) return wanted;
  return fail('RB650', { run: run.id, step, steps: [...new Set(all.map((file) => file.step))] });
};

const list = (host: Host, input: Input, files: readonly LedgerFile[], step: string | null): void => {
  const only = wantedState(input);
  const views = files.map((file) => ({ file, view: readLedger(file.path) }));
  const isWanted = ({ state }: ListedItem): boolean =>
    only === null ? step !== null && isOpen(state) : state === only;
  for (const { file, view } of views) {
    const found = view.items().filter(isWanted);
    if (input.flag(options.json)) host.stdout.write(`${jsonText(asJson(file, view, [...found]))}\n`);
    else host.stdout.write(asText(file, view, found));
  }
};

/** What somebody may have to look at. */
const isOpen = (state: ItemState): boolean =>
  state === 'failed' || state === 'unknown' || state === 'claimed';

const wantedState = (input: Input): ItemState | null => {
  const given = input.text(options.state);
  if (given === undefined) return null;
  const state = ITEM_STATES.find((known) => known === given);
  return state ?? fail('RB651', { flag: '--state', given, allowed: ITEM_STATES });
};

const asJson = ({ act, name }: LedgerFile, { frozen, counts }: LedgerView, items: readonly ListedItem[]) => ({
  act,
  ledger: name,
  count: frozen.count,
  sha256: frozen.sha256,
  frozenAt: frozen.at,
  counts,
  items,
});

const asText = (
  { act, name }: LedgerFile,
  { frozen, counts }: LedgerView,
  items: Iterable<ListedItem>,
): string => {
  const some = ITEM_STATES.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  const head = `${act} ${name}: ${frozen.count} items since ${instant(frozen.at)}: ${some.join(', ') || 'none'}\n`;
  const rows = Array.from(items, (item) => [
    clean(item.key),
    item.state,
    item.claimedAt === null ? '' : instant(item.claimedAt),
    clean(JSON.stringify(item.value)),
    // A mail server's words stand in the note.
    clean(item.by ? `${item.by.user}: ${item.by.reason}` : (item.note ?? '')),
  ]);
  return rows.length === 0 ? head : head + columns([['KEY', 'STATE', 'CLAIMED', 'ITEM', 'WHY'], ...rows]);
};

interface ByHand {
  readonly run: RunDir;
  readonly files: readonly LedgerFile[];
  readonly step: string;
  readonly key: string;
}

/** Under the run's lock: a live engine has its own idea of the item. */
const settle = (host: Host, input: Input, { run, files, step, key }: ByHand): void => {
  const given = input.text(options.settleAs) ?? '';
  const allowed = Object.keys(outcomes);
  if (!allowed.includes(given)) fail('RB651', { flag: '--as', given, allowed });
  const reason = input.text(options.reason)?.trim() ?? '';
  if (reason === '') fail('RB607', { flag: '--settle' });

  const { pid, hostname, user } = host;
  const lock = acquireLock(run.path, { pid, host: hostname, user, startedAt: host.now() });
  try {
    const to = outcomes[given as keyof typeof outcomes];
    const before = settleIn(files, key, to, { user, host: hostname, reason }, () => host.now());
    if (before === null) fail('RB652', { key, step, run: run.id });
    const told = input.flag(options.json)
      ? jsonText({ run: run.id, step, key, before, now: to })
      : `${key} was ${before} and is ${given} now; go on with: runbook resume ${run.id}`;
    host.stdout.write(`${told}\n`);
  } finally {
    lock.release();
  }
};

/** @returns what it was before; null: no ledger has it */
const settleIn = (
  files: readonly LedgerFile[],
  key: string,
  to: 'done' | 'not-done',
  by: { user: string; host: string; reason: string },
  now: () => number,
): ItemState | null => {
  for (const { path, act, name } of files) {
    const ledger = new FileLedger({ path, act, name, now });
    try {
      const before = ledger.lookUp(key);
      if (before === null) continue;
      if (before === 'planned' || before === to) return fail('RB653', { key, state: before });
      ledger.settle(key, to, { by });
      return before;
    } finally {
      ledger.close();
    }
  }
  return null;
};
