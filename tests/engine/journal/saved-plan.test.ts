import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { canonicalJson } from '../../../engine/digest.ts';
import { readPlan, savePlan } from '../../../engine/journal/saved-plan.ts';
import { diagnosed, told } from './diagnosed.ts';
import { newRun, sealed } from './new-run.ts';
import { test } from './temp-dir.ts';

describe('a saved plan', () => {
  test('of an amended run is saved beside the first', ({ dir }) => {
    const run = newRun(dir);
    const amended = sealed({ environment: 'production' });
    savePlan(run.path, amended);
    expect(readPlan(run.path, amended.digest)).toEqual(amended);
    expect(readPlan(run.path, sealed().digest)).toEqual(sealed());
  });

  test('is written once', ({ dir }) => {
    const run = newRun(dir);
    const before = statSync(run.plan(sealed().digest)).ino;
    savePlan(run.path, sealed());
    expect(statSync(run.plan(sealed().digest)).ino).toBe(before);
  });

  test('that was changed is refused, under its own digest too', ({ dir }) => {
    const run = newRun(dir, { suffix: () => 'x7kd' });
    const path = run.plan(sealed().digest);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"limit":0', '"limit":9'));
    const changed = diagnosed(() => readPlan(run.path, sealed().digest));
    expect(
      told(changed)
        .replaceAll(dir, 'DIR')
        .replaceAll(/[0-9a-f]{64}/g, 'HEX'),
    ).toMatchInlineSnapshot(`
      "RB415 (exit 4) The saved plan DIR/20261122-2210-trading-journal-x7kd/plan-HEX.json was changed: its digest is sha256:HEX, the journal has sha256:HEX
      Restore the file from a copy of the run directory. The engine never runs a changed plan"
    `);
    const other = sealed({ environment: 'production' });
    writeFileSync(path, JSON.stringify(other));
    expect(diagnosed(() => readPlan(run.path, sealed().digest)).code).toBe('RB415');
  });

  test.for([
    ['missing', undefined],
    ['cut short', '{"version":1'],
    ['no plan', 'null'],
  ] as const)('that is %s is told by its path', ([, content], { dir }) => {
    const run = newRun(dir);
    const digest = `sha256:${'1'.repeat(64)}`;
    if (content !== undefined) writeFileSync(run.plan(digest), content);
    expect(diagnosed(() => readPlan(run.path, digest))).toMatchObject({
      code: 'RB414',
      data: { path: run.plan(digest) },
    });
  });
});

test('canonical JSON has one form, integer-like members included', () => {
  const value = { b: [undefined, { y: 1, x: -0 }], '9': 1, '10': 2, é: 'é', a: undefined };
  expect(canonicalJson(value)).toBe('{"10":2,"9":1,"b":[null,{"x":0,"y":1}],"é":"é"}');
});
