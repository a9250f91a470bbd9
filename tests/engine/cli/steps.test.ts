import { describe, expect, test } from 'vitest';
import { stepReference } from '../../../engine/cli/step-reference.ts';
import { coreKinds } from '../../../engine/load/schema/core-kinds.ts';
import { act as actSchema, gate, wait } from '../../../engine/load/schema/steps.ts';
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

describe('--common', () => {
  test('lists each key of each kind of step once, with the default of its schema', async () => {
    const { code, stdout } = await runbook(['steps', '--common']);
    expect(code).toBe(0);
    const [every = '', act = '', ...others] = stdout.split('\n\n');
    const keysOf = (text: string) => [...text.matchAll(/^ {2}(\w+) /gm)].map(([, key]) => key as string);
    expect([...keysOf(every), ...keysOf(act)].toSorted()).toEqual(Object.keys(actSchema.shape).toSorted());
    for (const kind of [gate, wait, watch, checklist])
      expect(keysOf(every).filter((key) => !(key in kind.shape))).toEqual([]);
    expect(act).toMatch(/ every +string, default "5s" {2}with `until`: /);
    expect(act).toMatch(/ verify +list of check {2}/);
    expect(others.map((text) => text.split(':\n')[0])).toContain('a check (preconditions, verify)');
  });

  test('as JSON: a JSON Schema by the place of the keys', async () => {
    const { stdout } = await runbook(['steps', '--common', '--json']);
    const { every, act, check, undo } = JSON.parse(stdout);
    expect(Object.keys(every.properties)).toContain('when');
    expect(act.properties.every.default).toBe('5s');
    expect(act.properties.verify.items.title).toBe('check');
    expect(check.properties.message.description).toBe('what it means when this check fails');
    expect(Object.keys(undo.properties)).toContain('kill_grace');
  });

  test('is about no type: exit 2', async () => {
    const { code, stderr } = await runbook(['steps', 'gate', '--common']);
    expect(code).toBe(2);
    expect(stderr).toContain('RB606');
  });
});
