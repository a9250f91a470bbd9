/**
 * The dry run: every read is real, from the place where the act would read; nothing is changed. What cannot be read is
 * reported as unchecked, never as passed.
 */

import type { ActKey } from '../decide/events.ts';
import { actKey } from '../decide/keys.ts';
import type { Masked } from '../decide/masked.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
import type { Json, PlanAct, PlanActStep, PlanChecklist, PlanLock, PlanStep, PlanWatch } from '../plan.ts';
import type { Finding, Outcome } from '../step.ts';
import { type AsOf, judged } from './as-of.ts';
import { localPlace } from './connections.ts';
import { lockFinding } from './dry-run-lock.ts';
import { conditionFinding, gateFinding, untilFinding, watchFinding } from './expected-findings.ts';
import { foreignText, outcomeOf, thrownFailure } from './failure.ts';
import { Reader, type ReaderOptions } from './reader.ts';
import { untilAborted } from './time-limit.ts';
import { told } from './told.ts';
import { type Judgement, judgeUntil } from './until-true.ts';
import { weakSecrets } from './weak-secrets.ts';

const targetCheckMs = 60_000;

export type Level = Finding['level'];

/** As it may be shown. */
export type MaskedFinding = Omit<Finding, 'what' | 'remedy' | 'answered'> & {
  readonly what: Masked;
  readonly remedy?: Masked;
};

export interface DryRunStep {
  /** A step's id, `target:<name>`, `policy`, `secrets` or `lock`. */
  readonly step: string;
  readonly level: Level;
  readonly findings: readonly MaskedFinding[];
}

export interface DryRunReport {
  readonly steps: readonly DryRunStep[];
  readonly totals: Readonly<Record<Level, number>>;
}

export interface DryRunOptions extends ReaderOptions {
  /** Of the team's policies; shown first. */
  readonly policy?: readonly Finding[];
  /** Steps that the run is told to skip. */
  readonly skips?: readonly string[];
  readonly onStep: (step: DryRunStep) => void;
}

const worst: readonly Level[] = ['problem', 'unchecked', 'simulated', 'verified'];
const levelOf = (findings: readonly Finding[]): Level =>
  worst.find((level) => findings.some((f) => f.level === level)) ?? 'unchecked';

/** Whose finding it is, where it is not the act's own. */
const labelled = (
  whose: 'verify' | 'undo' | 'undo verify' | 'on trip',
  findings: readonly Finding[],
): readonly Finding[] => findings.map((finding) => ({ ...finding, what: `${whose}: ${finding.what}` }));

export const dryRun = async (options: DryRunOptions): Promise<DryRunReport> => {
  const rehearsal = new Rehearsal(options);
  const steps: DryRunStep[] = [];
  try {
    for await (const step of rehearsal.steps()) {
      steps.push(step);
      options.onStep(step);
    }
  } finally {
    await rehearsal.close();
  }
  const totals = { verified: 0, simulated: 0, unchecked: 0, problem: 0 };
  for (const { level } of steps) totals[level]++;
  return { steps, totals };
};

const weakFinding = (d: Diagnostic): Finding => {
  const { message: what, remedy } = diagnosticRecord(d);
  return { level: d.code === 'RB529' ? 'problem' : 'unchecked', what, ...(remedy && { remedy }) };
};

class Rehearsal {
  readonly #o: DryRunOptions;
  readonly #reader: Reader;
  /** A target that cannot be reached is one problem, not one for each step that needs it. */
  readonly #unreachable = new Set<string>();

  constructor(options: DryRunOptions) {
    this.#o = options;
    this.#reader = new Reader(options);
  }

  async *steps(): AsyncGenerator<DryRunStep> {
    const { plan, policy = [], secrets, skips = [] } = this.#o;
    if (policy.length > 0) yield this.#report('policy', policy);
    const weak = weakSecrets(plan, secrets).map(weakFinding);
    if (weak.length > 0) yield this.#report('secrets', weak);
    for (const name of Object.keys(plan.targets))
      yield this.#report(`target:${name}`, await this.#target(name));
    if (plan.lock) yield this.#report('lock', [await this.#lock(plan.lock)]);
    for (const notify of plan.notify ?? [])
      yield this.#report(`notify:${notify.where}`, await told(notify, this.#o, this.#reader));
    let first = true;
    for (const { id, when } of plan.leftOut ?? [])
      yield this.#report(id, [{ level: 'verified', what: `left out: its when is false: ${when}` }]);
    for (const step of Object.values(plan.steps)) {
      if (skips.includes(step.id)) {
        yield this.#report(step.id, [{ level: 'verified', what: 'skipped (--skip): nothing of it runs' }]);
        continue;
      }
      yield this.#report(step.id, [
        ...conditionFinding(step),
        ...(await this.#findings(step, first && step.when === undefined)),
      ]);
      if (step.kind === 'act' && step.act.effects === 'write') first = false;
    }
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  /** `first`: nothing has been changed before this step. */
  async #findings(step: PlanStep, first: boolean): Promise<readonly Finding[]> {
    switch (step.kind) {
      case 'act':
        return this.#step(step, first);
      case 'gate':
        return [gateFinding(step)];
      case 'watch':
        return this.#watch(step);
      case 'checklist':
        return this.#checklist(step);
      case 'wait':
        return [{ level: 'verified', what: 'nothing to check' }];
    }
  }

  #report(step: string, findings: readonly Finding[]): DryRunStep {
    const { masking } = this.#reader;
    const masked = findings.map(
      ({ what, remedy, answered: _, ...rest }): MaskedFinding => ({
        ...rest,
        what: foreignText(what, masking),
        ...(remedy && { remedy: foreignText(remedy, masking) }),
      }),
    );
    return { step, level: levelOf(masked), findings: masked };
  }

  async #target(name: string): Promise<readonly Finding[]> {
    const target = this.#o.plan.targets[name];
    try {
      const opened = await this.#reader.connections.open(name);
      const found = await untilAborted(
        this.#o.clock,
        { timeoutMs: targetCheckMs, killGraceMs: 0 },
        new AbortController(),
        () => opened.check(),
      );
      return found.length > 0
        ? found
        : [{ level: 'verified', what: `connected to ${target?.description ?? name}` }];
    } catch (error) {
      this.#unreachable.add(name);
      return [this.#problem(error)];
    }
  }

  async #lock(lock: PlanLock): Promise<Finding> {
    if (this.#unreachable.has(lock.runOn))
      return { level: 'unchecked', what: `lock ${lock.name}: ${lock.runOn} cannot be reached` };
    const limit = { timeoutMs: targetCheckMs, killGraceMs: 0 };
    return untilAborted(this.#o.clock, limit, new AbortController(), () =>
      lockFinding(lock, this.#reader.connections),
    ).catch((error: unknown) => this.#problem(error));
  }

  /** `first`: nothing has been changed before this step, so its preconditions must hold already. */
  async #step(step: PlanActStep, first: boolean): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const [i, check] of step.preconditions.entries()) {
      findings.push(await this.#precondition(check, actKey(step.id, 'pre', i), first ? 'now' : 'later'));
    }
    findings.push(...(await this.#act(step.act, actKey(step.id, 'do', 0), first ? 'now' : 'later')));
    if (step.act.effects === 'write') findings.push({ level: 'simulated', what: step.act.preview });
    for (const [i, check] of step.verify.entries()) {
      findings.push(...labelled('verify', await this.#act(check, actKey(step.id, 'verify', i), 'later')));
    }
    return [...findings, ...(await this.#undo(step))];
  }

  /** What waits is read once. */
  async #act(spec: PlanAct, act: ActKey, asOf: AsOf): Promise<readonly Finding[]> {
    return spec.until ? [await this.#precondition(spec, act, asOf)] : this.#check(spec, act, asOf);
  }

  /** A rollback of this step, as of after its act. */
  async #undo({ id, undo }: PlanActStep): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const [i, check] of undo.preconditions.entries()) {
      const found = await this.#precondition(check, actKey(id, 'undo-pre', i), 'undo');
      findings.push(...labelled('undo', [found]));
    }
    for (const [i, act] of undo.mode === 'own' ? undo.acts.entries() : []) {
      findings.push(...labelled('undo', await this.#act(act, actKey(id, 'undo', i), 'undo')));
    }
    for (const [i, check] of undo.verify.entries()) {
      const found = await this.#act(check, actKey(id, 'undo-verify', i), 'undo');
      findings.push(...labelled('undo verify', found));
    }
    return findings;
  }

  async #watch(step: PlanWatch): Promise<readonly Finding[]> {
    const findings = [
      ...(await this.#check(step.measure, actKey(step.id, 'measure', 0), 'later')),
      watchFinding(step),
    ];
    for (const [i, spec] of step.onTrip.entries()) {
      findings.push(...labelled('on trip', await this.#check(spec, actKey(step.id, 'trip', i), 'later')));
    }
    return findings;
  }

  async #checklist(step: PlanChecklist): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const [i, { say, check }] of step.items.entries()) {
      if (check === null) {
        findings.push({ level: 'simulated', what: `asks ${step.approvers.join(', ')}: ${say}` });
        continue;
      }
      const found = await this.#precondition(check, actKey(step.id, 'item', i), 'later');
      findings.push({ ...found, what: `${say}: ${found.what}` });
    }
    return findings;
  }

  async #precondition(spec: PlanAct, act: ActKey, asOf: AsOf): Promise<Finding> {
    const blocked = this.#blocked(spec);
    if (blocked) return blocked;
    try {
      // A check that can never pass, or cannot run in a dry run, is not merely false now.
      const told = await this.#check(spec, act, 'later');
      const untold = told.find(
        ({ level, passing }) => level === 'problem' || (level === 'unchecked' && !passing),
      );
      if (untold) return { ...untold, what: `${spec.message ?? spec.preview}: ${untold.what}` };
      const outcome =
        told.find(({ answered }) => answered !== undefined)?.answered ??
        (await this.#reader.call(spec, act, (acts, context, input) =>
          outcomeOf(() => acts.run(context, input, null)),
        ));
      if (outcome.done && spec.until) return untilFinding(spec, spec.until, this.#judge(spec, outcome));
      if (outcome.done) return { level: 'verified', what: `true now: ${spec.preview}` };
      const what = `${spec.message ?? spec.preview} (${outcome.short})`;
      const level = 'problem';
      // What it waits for may be the server itself.
      const yet = spec.until && outcome.retryable && asOf === 'now' ? 'later' : asOf;
      if (yet === 'now') return { level, what };
      const said = yet === 'later' ? `not true yet, expected later: ${what}` : what;
      return judged(yet, [{ level, what: said, passing: true }])[0] ?? { level, what };
    } catch (error) {
      return this.#problem(error);
    }
  }

  #judge(spec: PlanAct, outcome: Outcome<unknown>): Judgement {
    const type = this.#o.registry.steps.get(spec.type);
    if (!type || !spec.until) throw new Error(`${spec.type} does not wait`);
    const { scope, masking } = this.#reader;
    return judgeUntil(spec.until, outcome as Outcome<Json>, { type, scope, masking, cut: { masked: false } });
  }

  async #check(spec: PlanAct, act: ActKey, asOf: AsOf): Promise<readonly Finding[]> {
    const blocked = this.#blocked(spec);
    if (blocked) return [blocked];
    try {
      const found = await this.#reader.call(spec, act, (acts, context, input) => acts.check(context, input));
      return judged(asOf, found);
    } catch (error) {
      return [this.#problem(error)];
    }
  }

  /** Why this call cannot be checked now; null: it can. */
  #blocked(spec: PlanAct): Finding | null {
    if (spec.reads.length > 0) {
      const what = `${spec.preview}: needs the output of ${spec.reads.join(', ')}`;
      return { level: 'unchecked', what, passing: true };
    }
    const gone = [spec.runOn, spec.target, ...(spec.uses ?? [])].find(
      (name) => name && name !== localPlace && this.#unreachable.has(name),
    );
    return gone ? { level: 'unchecked', what: `${spec.preview}: ${gone} cannot be reached` } : null;
  }

  #problem(error: unknown): Finding {
    const { short, remedy } = thrownFailure(error, this.#reader.masking);
    return { level: 'problem', what: short, ...(remedy && { remedy }) };
  }
}
