/** Which run this was: always part of a report. */
import type { AppliedPolicy } from '../decide/events.ts';
import { instant, plural, span } from '../words/format.ts';
import { lockSaid } from '../words/lock.ts';
import { type Block, code, joined, list, md, text } from './markdown.ts';
import { endOf, type ReportedRun, wordOf } from './reported-run.ts';

export const headerOf = (run: ReportedRun) => {
  const { plan, state, events } = run;
  const created = events.find((e) => e.type === 'run-created');
  return {
    run: state.runId,
    runbook: state.runbook,
    environment: state.environment,
    result: wordOf(run),
    settled: state.settled !== null,
    startedAt: state.createdAt,
    endedAt: endOf(run),
    skipWaits: state.clock?.skipWaits ?? false,
    user: state.user,
    engine: created?.engine ?? null,
    /** Of the plan in force: what was reviewed is what ran. */
    planDigest: plan.digest,
    sessions: events.flatMap((e) =>
      e.type === 'session-started' ? [{ n: e.session, user: e.user, host: e.host, at: e.at }] : [],
    ),
    /** In the order in which it happened; empty: it asked for no lock. */
    lock: events.flatMap((e) =>
      e.type === 'lock-taken' ||
      e.type === 'lock-refused' ||
      e.type === 'lock-lost' ||
      e.type === 'lock-given-back'
        ? [{ at: e.at, text: lockSaid(e) }]
        : [],
    ),
    /** Runs of the same runbook and environment that had not ended when it started. */
    beside: created?.beside ?? null,
    /** As of the sessions in which they changed. */
    policies: policiesOf(events),
    amendments: events.flatMap((e) =>
      e.type === 'plan-amended'
        ? [{ at: e.at, user: e.user, changes: e.changes, accepted: e.accepted, planDigest: e.planDigest }]
        : [],
    ),
  };
};

/** A session is told of where its policies, or what they gave, differ from the session before. */
const policiesOf = (events: ReportedRun['events']) => {
  const sessions = events.flatMap((e) =>
    e.type === 'session-started' && e.policies ? [{ session: e.session, policies: e.policies }] : [],
  );
  const same = (i: number): boolean =>
    JSON.stringify(sessions[i]?.policies) === JSON.stringify(sessions[i - 1]?.policies);
  return sessions.filter((_, i) => i === 0 || !same(i));
};

export type Header = ReturnType<typeof headerOf>;

export const titleOf = (h: Header) =>
  md`${text(instant(h.startedAt).slice(0, 10))} ${text(h.runbook)}${h.environment ? md` (${text(h.environment)})` : text('')}: ${text(h.result)}`;

const policyLine = ({ file, digest, rules }: AppliedPolicy, session: number | null) => {
  const counted = (['passed', 'skipped', 'unchecked'] as const).flatMap((verdict) => {
    const n = rules.filter((rule) => rule.verdict === verdict).length;
    return n === 0 ? [] : [text(`${n} ${verdict}`)];
  });
  const violated = rules.filter((rule) => rule.verdict === 'violated');
  const told = violated.map(({ name, level }) => md`violated (${text(level)}): ${text(name)}`);
  return md`Policy ${code(file)} (${code(digest)})${session === null ? text('') : md` from session ${session}`}: ${joined([...counted, ...told])}`;
};

export const headerMarkdown = (h: Header): readonly Block[] => {
  const people = [...new Set(h.sessions.map((s) => `${s.user}@${s.host}`))];
  const over = h.settled ? text('') : md` (not ended: until its last event)`;
  return [
    list([
      md`Run ${code(h.run)}`,
      md`From ${text(instant(h.startedAt))} to ${text(instant(h.endedAt))}, ${text(span(h.endedAt - h.startedAt))}${over}`,
      ...(h.skipWaits ? [md`A rehearsal: idle waits were skipped, so compare no planned times`] : []),
      md`Started by ${text(h.user)}; engine at ${joined(people.map(text))}${h.sessions.length > 1 ? text(`, ${plural(h.sessions.length, 'session')}`) : text('')}`,
      md`Plan ${code(h.planDigest)}${h.engine === null ? text('') : md`, runbook ${text(h.engine)}`}`,
      ...(h.beside === null
        ? []
        : [
            md`Started beside ${joined(h.beside.runs.map(code))}, which had not ended: ${text(h.beside.reason)}`,
          ]),
      ...h.lock.map((said) => md`${text(instant(said.at))}: ${text(said.text)}`),
      ...h.policies.flatMap(({ session, policies }) =>
        policies.map((policy) => policyLine(policy, h.policies.length > 1 ? session : null)),
      ),
      ...h.amendments.map(
        (a) =>
          md`Runbook changed during the run, accepted by ${text(a.user)} at ${text(instant(a.at))}: ${joined(a.changes.map(text), '; ')}`,
      ),
      ...h.amendments.flatMap((a) =>
        a.accepted.map((c) => md`Accepted for ${code(c.step)}: ${text(c.reason)}`),
      ),
    ]),
  ];
};
