import { expect, test } from 'vitest';
import { tooOld } from '../../../engine/cli/node-version.ts';

test.each(['22.13.0', '22.14.1', '24.0.0', '100.1.0'])('Node %s runs the engine', (version) => {
  expect(tooOld(version, '>=22.13')).toBeNull();
});

test.each(['22.12.0', '20.20.2', '9.9.9'])('Node %s: the needed version is printed', (version) => {
  expect(tooOld(version, '>=22.13')).toBe(`runbook needs Node >= 22.13; this is ${version}`);
});
