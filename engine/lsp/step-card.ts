/** A step in a few lines: what it does, where, and how it is undone. */
import type { CompiledStep } from '../load/step.ts';
import type { PlanAct, PlanUndo } from '../plan.ts';
import { clean, offset, plural, span } from '../words/format.ts';

const code = (text: string): string => {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}text\n${clean(text)}\n${fence}`;
};

const whereOf = ({ runOn, target }: PlanAct): string =>
  target === null ? `on \`${runOn}\`` : `on \`${runOn}\`, target \`${target}\``;

const actLine = (act: PlanAct): string =>
  `${act.effects === 'read' ? 'reads' : 'writes'} ${whereOf(act)}${act.until ? `, every ${span(act.until.everyMs)} for ${span(act.until.forMs)} at most, until \`${clean(act.until.expr)}\`` : ''}`;

const undoLine = (undo: PlanUndo): string => {
  const cost = undo.expectedMs === null ? '' : `, takes ${span(undo.expectedMs)}`;
  switch (undo.mode) {
    case 'nothing':
      return 'Undo: nothing to undo';
    case 'none':
      return `Undo: none. ${clean(undo.why ?? '')}`;
    case 'auto':
      return `Undo: auto, the state before the step is restored${cost}`;
    case 'own':
      return `Undo: ${plural(undo.acts.length, 'step')} of its own${cost}\n\n${code(undo.acts.map(({ preview }) => preview).join('\n'))}`;
  }
};

export const describeStep = (step: CompiledStep): string => {
  const type = step.kind === 'act' ? step.act.type : step.kind;
  const when = [
    step.atMs === null ? null : offset(step.atMs),
    step.expectedMs === null ? null : `expected ${span(step.expectedMs)}`,
  ].filter((part) => part !== null);
  const head = [`**${step.id}** · \`${type}\``, ...when].join(' · ');
  const title = step.name === step.id ? [] : [clean(step.name)];
  return [head, ...title, ...bodyOf(step)].join('\n\n');
};

const bodyOf = (step: CompiledStep): readonly string[] => {
  switch (step.kind) {
    case 'act': {
      const checks = [
        ...(step.preconditions.length > 0 ? [plural(step.preconditions.length, 'precondition')] : []),
        ...(step.verify.length > 0 ? [`${step.verify.length} verify`] : []),
      ];
      const line = [actLine(step.act), `on failure: ${step.onFailure}`, ...checks].join(' · ');
      const unknown =
        step.act.effects === 'write' && step.act.onUnknown === 'ask'
          ? ['If its outcome is unknown, a person is asked']
          : [];
      return [line, code(step.act.preview), undoLine(step.undo), ...unknown];
    }
    case 'gate': {
      const people = step.prompt === null ? [] : [`Asks ${step.approvers.join(', ')}: ${clean(step.prompt)}`];
      const require = step.require.length > 0 ? [`Requires ${step.require.join(', ')}`] : [];
      const criteria = step.criteria.length > 0 ? [code(step.criteria.join('\n'))] : [];
      return [...people, ...require, ...criteria, `No-go: ${step.onNoGo}`];
    }
    case 'wait':
      return step.forMs > 0 ? [`Waits ${span(step.forMs)}`] : [];
    case 'watch':
      return [`Every ${span(step.intervalMs)}: ${actLine(step.measure)}`, code(step.measure.preview)];
    case 'checklist':
      return [step.items.map(({ say }) => `- ${clean(say)}`).join('\n')];
  }
};
