import { expect, test } from 'vitest';
import { diagnose, type Position } from '../../../engine/diagnostic.ts';
import { diagnosticRecord, exitOf, renderDiagnostic } from '../../../engine/diagnostics/render.ts';

const at = (sourceLine: string, col: number, length: number): Position => ({
  file: 'runbooks/cutover.yaml',
  line: 12,
  col,
  length,
  sourceLine,
});
const unknownKey = {
  key: 'comand',
  where: 'step "stop-app" (command)',
  near: 'command',
  allowed: ['command', 'env'],
};
const render = (position?: Position) =>
  renderDiagnostic(diagnose('RB201', unknownKey, position), { color: false });

test('shows place, code, message, source and remedy', () => {
  expect(render(at('      comand: systemctl stop app', 7, 6))).toMatchInlineSnapshot(`
    "runbooks/cutover.yaml:12:7  RB201  Unknown key "comand" in step "stop-app" (command)
      12 |       comand: systemctl stop app
         |       ^^^^^^
      Did you mean "command"?  Allowed: command, env"
  `);
});

test('keeps tabs, so that the mark is under the word', () => {
  expect(render(at('\tx: comand', 5, 6)).split('\n')[2]).toBe('     | \t   ^^^^^^');
});

test('cuts a long line around the mark', () => {
  const lines = render(at(`${'a'.repeat(500)}comand${'b'.repeat(500)}`, 501, 6)).split('\n');
  expect(lines[1]?.length).toBeLessThan(180);
  const mark = lines[2]?.indexOf('^') ?? 0;
  expect(lines[1]?.slice(mark, mark + 6)).toBe('comand');
});

test('does without a position', () => {
  expect(render()).toBe(
    'RB201  Unknown key "comand" in step "stop-app" (command)\n  Did you mean "command"?  Allowed: command, env',
  );
});

test('disarms escape sequences of the file', () => {
  expect(render(at('\u001b[2J comand', 6, 6))).not.toContain('\u001b');
});

test('colours only when asked to', () => {
  const diagnostic = diagnose('RB201', unknownKey, at('comand: x', 1, 6));
  expect(renderDiagnostic(diagnostic, { color: true })).toContain('\u001b[');
});

test('is a record for --json', () => {
  expect(diagnosticRecord(diagnose('RB211', { id: 'a', firstLine: 3 }, at('  - id: a', 9, 1)))).toEqual({
    code: 'RB211',
    exit: 2,
    message: 'The step id "a" is already used by the step on line 3',
    remedy: 'Give each step its own id: the journal and outputs use it',
    position: { file: 'runbooks/cutover.yaml', line: 12, col: 9, length: 1 },
  });
});

test('exits by the first', () => {
  expect(exitOf([diagnose('RB211', { id: 'a', firstLine: 3 })])).toBe(2);
});
