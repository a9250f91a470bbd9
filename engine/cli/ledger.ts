/** `runbook ledger [RUN] [STEP]`: the list is not masked, since file and terminal belong to the operator. */
import { dirname } from 'node:path';
import type { ActKey } from '../decide/events.ts';
import type { RunState } from '../decide/state.ts';
import { type Diagnostic, DiagnosticError, fail } from '../diagnostic.ts';
import { FileLedger } from '../journal/ledger.ts';
import { ITEM_STATES, type ItemState } from '../journal/ledger-codec.ts';
import {
  type LedgerFile,
  type LedgerView,
  type ListedItem,
  ledgerFiles,
  readLedger,
} from '../journal/ledger-listing.ts';
import { lostLedgers } from '../journal/ledger-lost.ts';
import { replay } from '../journal/replay.ts';
import { openRun, type RunDir } from '../journal/run-dir.ts';
import { type Heads, headName, seeRecord } from '../journal/run-record.ts';
import { readPlan } from '../journal/saved-plan.ts';
import { readJournal } from '../journal/scan.ts';
import { createMasking } from '../run/masking.ts';
import { jsonText } from '../text.ts';
import { clean, instant } from '../words/format.ts';
import { givenRunsDir } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { secretsOf } from './secrets-of.ts';
import type { Handler, Input } from './spec.ts';
import { columns } from './table.ts';
import { takeRun } from './take-run.ts';

const outcomes = { sent: 'done', unsent: 'not-done' } as const;

export const ledger: Handler = async (host, input) => {
  const run = openRun(givenRunsDir(host, input), input.argument(0) ?? 'latest');
  const step = input.argument(1) ?? null;
  const { ledgers, lost, planDigest } = known(run, step);
  const files = filesOf(run, step, lost);
  const key = input.text(options.settle);
  const as = input.text(options.settleAs);
  if (key !== undefined && step === null) return fail('RB608', { flag: '--settle', needs: 'the step' });
  if (key !== undefined && step !== null)
    await settle(host, input, { run, files, step, key, ledgers, lost, planDigest });
  else if (as !== undefined) fail('RB608', { flag: '--as', needs: '--settle' });
  else list(host, input, files, step);
  // The items were shown, but they are not the recorded list.
  if (lost.length > 0) throw new DiagnosticError(lost);
  return 0;
};

interface Known {
  readonly ledgers: RunState['ledgers'];
  readonly planDigest: string;
  /** Of what was asked for: missing, or another one. */
  readonly lost: readonly Diagnostic[];
}

const known = (run: RunDir, step: string | null): Known => {
  const record = seeRecord(run.path);
  const { events } = readJournal(run.journal, record.head(headName(run.journal)));
  const { ledgers, planDigest } = replay(run.journal, events);
  return { ledgers, planDigest, lost: lostLedgers(run.ledgers, ledgers, record, step) };
};

const filesOf = (run: RunDir, step: string | null, lost: readonly Diagnostic[]): readonly LedgerFile[] => {
  const all = ledgerFiles(run.ledgers);
  const wanted = all.filter((file) => step === null || file.step === step);
  if (wanted.length > 0 || lost.length > 0) return wanted.filter(({ path }) => !isLost(path, lost));
  return fail('RB650', { run: run.id, step, steps: [...new Set(all.map((file) => file.step))] });
};

const isLost = (path: string, lost: readonly Diagnostic[]): boolean =>
  lost.some(({ data }) => 'path' in data && data.path === path);

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

/** Items that may need a person. */
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
    // The note quotes a mail server.
    clean(item.by ? `${item.by.user}: ${item.by.reason}` : (item.note ?? '')),
  ]);
  return rows.length === 0 ? head : head + columns([['KEY', 'STATE', 'CLAIMED', 'ITEM', 'WHY'], ...rows]);
};

interface ByHand {
  readonly run: RunDir;
  readonly files: readonly LedgerFile[];
  readonly step: string;
  readonly key: string;
  readonly ledgers: RunState['ledgers'];
  readonly lost: readonly Diagnostic[];
  readonly planDigest: string;
}

/** Stored with secrets masked, as far as they can be resolved here without a prompt. */
const masked = async (host: Host, { run, planDigest }: ByHand, reason: string): Promise<string> => {
  const plan = readPlan(run.path, planDigest);
  const runbookDir = dirname(run.about.runbookPath);
  const values = new Map<string, string>();
  for (const [name, source] of Object.entries(plan.secrets)) {
    if ('command' in source) continue;
    const found = await secretsOf(host, { ...plan, secrets: { [name]: source } }, runbookDir).catch(
      (error: unknown) => {
        if (!(error instanceof DiagnosticError)) throw error;
        return new Map<string, string>();
      },
    );
    for (const [key, value] of found) values.set(key, value);
  }
  return createMasking(values).text(reason);
};

/** Under the run's lock: a running engine has its own state of the item. */
const settle = async (host: Host, input: Input, what: ByHand): Promise<void> => {
  const { run, files, step, key, ledgers, lost } = what;
  const given = input.text(options.settleAs) ?? '';
  const allowed = Object.keys(outcomes);
  if (!allowed.includes(given)) fail('RB651', { flag: '--as', given, allowed });
  const typed = input.text(options.reason)?.trim() ?? '';
  if (typed === '') fail('RB607', { flag: '--settle' });

  if (lost.length > 0) throw new DiagnosticError(lost);
  const { hostname, user } = host;
  const reason = await masked(host, what, typed);
  const { lock } = takeRun(host, run, null);
  try {
    const to = outcomes[given as keyof typeof outcomes];
    const by = { user, host: hostname, reason };
    const before = settleIn(files, key, { to, by }, ledgers, lock.record, () => host.now());
    if (before === null) fail('RB652', { key, step, run: run.id });
    const told = input.flag(options.json)
      ? jsonText({ run: run.id, step, key, before, now: to })
      : `${key} was ${before} and is now ${given}; to continue: runbook resume ${run.id}`;
    host.stdout.write(`${told}\n`);
  } finally {
    lock.release();
  }
};

/** @returns what it was before; null: no ledger has it */
const settleIn = (
  files: readonly LedgerFile[],
  key: string,
  { to, by }: { to: 'done' | 'not-done'; by: { user: string; host: string; reason: string } },
  ledgers: RunState['ledgers'],
  heads: Heads,
  now: () => number,
): ItemState | null => {
  for (const { path, act, name } of files) {
    // The next session records a list that is not in the journal yet.
    const kept = { known: () => ledgers[act as ActKey]?.[name] ?? null, froze: () => {}, heads };
    const ledger = new FileLedger({ path, act, name, now, kept });
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
