import { describe, expect, test } from 'vitest';
import { stepReference } from '../../../engine/cli/step-reference.ts';
import { coreKinds } from '../../../engine/load/schema/core-kinds.ts';
import { gate, wait } from '../../../engine/load/schema/steps.ts';
import { checklist, watch } from '../../../engine/load/schema/watch.ts';
import { registry } from '../../../steps/index.ts';
import { runbookHere as runbook } from './command-line.ts';

test('the list has the kinds of the core and every type of the registry', async () => {
  const { stdout } = await runbook(['steps', '--json']);
  const listed = (JSON.parse(stdout) as { type: string }[]).map((t) => t.type);
  expect(listed).toEqual(['gate', 'wait', 'watch', 'checklist', ...[...registry.steps.keys()].toSorted()]);
});

test('a kind of the core is shown like a step type: keys, defaults, examples', async () => {
  const { code, stdout } = await runbook(['steps', 'gate']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ min_approvals +integer, default 1 {2}how many approvers must say go/);
  expect(stdout).toMatch(
    / on_timeout +"hold" \| "no_go", default "hold" {2}what no answer means; never a go/,
  );
  expect(stdout).toContain('Go live?');
  const { input } = JSON.parse((await runbook(['steps', 'wait', '--json'])).stdout);
  expect(input.properties.for.description).toBe('how long, from the start of the step');
});

test.each(coreKinds.flatMap(({ type, examples }) => examples.map((e) => [type, e] as const)))(
  'the example of a %s is what the loader takes: %j',
  (type, { step }) => {
    const parsed = { gate, wait, watch, checklist }[type].safeParse(step);
    expect(parsed.error).toBeUndefined();
  },
);

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
