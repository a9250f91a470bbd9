/** Checks that are taken away by a key or a value, each with its danger; and what only looks like one. */
import { describe, expect, test } from 'vitest';
import { diffPlans } from '../../../engine/diff/diff.ts';
import { doesNothing } from '../../../engine/diff/does-nothing.ts';
import type { JsonObject } from '../../../engine/plan.ts';
import { actStep, plan, planAct } from '../../support/plan-builder.ts';

const told = (
  effects: 'read' | 'write',
  was: JsonObject,
  is: JsonObject,
  vars: readonly JsonObject[] = [],
) => {
  const of = (input: JsonObject, values: JsonObject = {}) => ({
    ...plan([actStep('a', { act: planAct({ effects, with: input }) })]),
    vars: values,
  });
  return diffPlans(of(was, vars[0]), of(is, vars[1])).changes.map(
    ({ danger, kind, what }) => `${danger} ${kind} ${what}`,
  );
};

describe('an input of a step', () => {
  test.each<[string, 'read' | 'write', JsonObject, JsonObject, readonly string[]]>([
    ['trust_read', 'read', { trust_read: false }, { trust_read: true }, ['high input with.trust_read']],
    ['a transaction', 'write', {}, { transaction: false }, ['high input with.transaction']],
    ['a hash of a write', 'write', { sha256: 'aa' }, {}, ['high expectation with.sha256']],
    ['another hash', 'write', { sha256: 'aa' }, { sha256: 'bb' }, ['medium expectation with.sha256']],
    ['a status more', 'read', { status: 503 }, { status: [503, 200] }, ['high expectation with.status']],
    ['one in a list', 'read', { status: [503] }, { status: [503, 200] }, ['high expectation with.status[1]']],
    ['a status less', 'read', { status: [503, 200] }, { status: 503 }, ['low expectation with.status']],
    ['another status', 'read', { status: 503 }, { status: 200 }, ['medium expectation with.status']],
    ['of a write', 'write', { status: [200] }, { status: [200, 500] }, ['high expectation with.status[1]']],
    ['authorities', 'read', { ca_file: 'a.pem' }, { ca_file: 'b.pem' }, ['high input with.ca_file']],
    ['other rows', 'read', {}, { where: { mysql: 'id > 9' } }, ['high expectation with.where']],
    ['a message', 'read', { message: 'a' }, { message: 'b' }, ['none text with.message']],
    [
      'a probe',
      'write',
      { probe: { run: ['test', '-e', 'x'] } },
      { probe: { run: 'true' } },
      ['high command with.probe.run'],
    ],
    ['a command', 'write', { run: ['ln', '-sfn', 'a', 'b'] }, { run: 'exit 0' }, ['high command with.run']],
    ['one that did nothing', 'write', { run: 'true' }, { run: 'exit 0' }, ['medium command with.run']],
  ])('%s', (_, effects, was, is, expected) => {
    expect(told(effects, was, is)).toEqual(expected);
  });

  test('a var hides no lower expectation', () => {
    const [before, after] = [{ rows: '1500' }, { rows: '1200' }];
    expect(
      told('read', { expect: { value: '1500' } }, { expect: { value: '1200' } }, [before, after]),
    ).toContain('high expectation with.expect.value');
  });
});

describe('does nothing', () => {
  test.each([
    'true',
    ':',
    'exit 0',
    '# nothing\nexit 0\n',
    'echo done; true',
    ['true'],
    ['/bin/true'],
    ['sh', '-ec', 'exit 0'],
    'SELECT 1',
    'select true',
    { run: ['true'] },
  ])('%j', (value) => expect(doesNothing(value)).toBe(true));

  test.each([
    'exit 1',
    'true && rm -f lock',
    'echo on > /srv/flag',
    'echo $(rm x)',
    ['false'],
    ['sh', '-c', 'systemctl stop app'],
    'SELECT count(*) FROM users',
    'SELECT pg_terminate_backend(7)',
    'UPDATE flags SET v = 0',
  ])('%j does', (value) => expect(doesNothing(value)).toBe(false));
});
