/** The flagship as shipped, and changed copies of it: what a reviewer's eye would have to catch, a test catches. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseDocument } from 'yaml';
import { loadRunbook } from '../../../engine/load/load.ts';
import type { Plan, PlanStep } from '../../../engine/plan.ts';
import { registry } from '../../../steps/index.ts';

export const folder = new URL('../../../runbooks/trading-journal', import.meta.url).pathname;

/** As written in the file: what a change is made to. */
export interface Entry {
  id?: string;
  with?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface Draft {
  steps: Entry[];
  [key: string]: unknown;
}

/** A step by id, inside a parallel block too. */
export const entry = (draft: Draft, id: string): Entry => {
  const all = draft.steps.flatMap((each) =>
    Array.isArray(each.parallel) ? (each.parallel as Entry[]) : [each],
  );
  const found = all.find((each) => each.id === id);
  if (!found) throw new Error(`the flagship has no step ${id}`);
  return found;
};

/** Takes the steps out and puts them right before another one. */
export const move = (draft: Draft, ids: readonly string[], before: string): void => {
  const moved = ids.map((id) => entry(draft, id));
  for (const each of moved) delete each.at;
  draft.steps = draft.steps.filter((each) => !moved.includes(each));
  draft.steps.splice(draft.steps.indexOf(entry(draft, before)), 0, ...moved);
};

export const drop = (draft: Draft, id: string): void => {
  draft.steps = draft.steps.filter((each) => each.id !== id);
  for (const each of draft.steps) {
    const needed = each.with?.require;
    if (Array.isArray(needed)) each.with = { ...each.with, require: needed.filter((name) => name !== id) };
  }
};

/** The plan of the flagship, or of a changed copy. Throws what the loader says of it. */
export const planOf = async (file: string, change: (draft: Draft) => void = () => {}): Promise<Plan> =>
  planOfText(file, (written) => {
    const draft = parseDocument(written).toJS() as Draft;
    change(draft);
    // JSON is YAML, and nobody reads the comments of a copy.
    return JSON.stringify(draft, null, 1);
  });

/** Of a copy whose text was edited, as in a pull request. */
export const planOfText = async (file: string, edit: (written: string) => string): Promise<Plan> => {
  const copy = mkdtempSync(join(tmpdir(), 'flagship-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(folder, copy, { recursive: true });
  // The one file that a team has to make itself.
  writeFileSync(join(copy, 'known_hosts'), '');
  writeFileSync(join(copy, file), edit(readFileSync(join(folder, file), 'utf8')));
  const vars: Record<string, string> = file === 'closing.yaml' ? { run: '20260322' } : {};
  const varsFiles = [join(copy, 'vars', 'production.example.yaml')];
  return (await loadRunbook(join(copy, file), { registry, varsFiles, vars })).plan;
};

/** Ids in run order; the point of no return stands as `line`. */
export const order = (plan: Plan): readonly string[] =>
  plan.entries.flatMap((each) =>
    each.kind === 'line' ? ['line'] : each.kind === 'step' ? [each.step] : [...each.steps],
  );

export const isBefore = (plan: Plan, first: string, ...later: readonly string[]): boolean => {
  const ids = order(plan);
  const at = ids.indexOf(first);
  return at >= 0 && later.every((id) => ids.indexOf(id) > at);
};

export const act = (plan: Plan, id: string): Extract<PlanStep, { kind: 'act' }> | null => {
  const step = plan.steps[id];
  return step?.kind === 'act' ? step : null;
};

export const gate = (plan: Plan): Extract<PlanStep, { kind: 'gate' }> | null => {
  const step = plan.steps['go-no-go'];
  return step?.kind === 'gate' ? step : null;
};

/** Every word of every call, as JSON: for what must stand nowhere. */
export const said = (plan: Plan): string => JSON.stringify(plan.steps);
