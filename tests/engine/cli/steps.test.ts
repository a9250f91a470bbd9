import { describe, expect, test } from 'vitest';
import { stepReference } from '../../../engine/cli/step-reference.ts';
import { registry } from '../../../steps/index.ts';
import { runbook } from './command-line.ts';

test('the list has every type of the registry', async () => {
  const { stdout } = await runbook(['steps', '--json']);
  const listed = (JSON.parse(stdout) as { type: string }[]).map((t) => t.type);
  expect(listed).toEqual([...registry.steps.keys()].toSorted());
});

test('a mistyped type: exit 2 and what was meant', async () => {
  const { code, stderr } = await runbook(['steps', 'htpt.check']);
  expect(code).toBe(2);
  expect(stderr).toContain('RB603');
  expect(stderr).toContain('Did you mean "http.check"?');
});

describe.each([...registry.steps.values()])('$type', (type) => {
  const text = stepReference(type);

  test('the reference tells its input, output, undo and every example', () => {
    for (const heading of ['with:', 'output (', 'runs on:', 'effects:', 'undo:', 'examples:']) {
      expect(text).toContain(heading);
    }
    for (const example of type.examples) expect(text).toContain(`# ${example.title}`);
  });

  test('no field is described as nothing or as an engine object', () => {
    expect(text).not.toMatch(/undefined|\[object/);
    expect(text).not.toMatch(/secret:\n/);
  });
});
