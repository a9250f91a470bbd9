import { expect, test } from 'vitest';
import {
  approverId,
  nameFrom,
  readApprovers,
  readName,
  readServers,
  readWindow,
  windowText,
} from '../../../engine/init/answers.ts';

test.each([
  ['shop', 'shop'],
  ['My Shop (new)', 'my-shop-new'],
  ['runbooks', 'cutover'],
  ['---', 'cutover'],
  ['', 'cutover'],
])('the folder %j gives the name %s', (folder, name) => {
  expect(nameFrom(folder)).toBe(name);
});

test.each([['Shop'], [''], ['../x'], ['a/b'], ['x'.repeat(81)], ['runbook.policy'], ['-a']])(
  '%j is no name of a runbook',
  (name) => {
    expect(readName(name)).toHaveProperty('why');
  },
);

test('servers with and without a port', () => {
  expect(readServers(['deploy@a.example', 'root@10.0.0.1:2222'])).toEqual({
    value: [
      { user: 'deploy', host: 'a.example', port: 22 },
      { user: 'root', host: '10.0.0.1', port: 2222 },
    ],
  });
  expect(readServers(['none'])).toEqual({ value: [] });
});

test.each([['a.example'], ['@a'], ['u@'], ['u@a:0'], ['u@a:70000'], ['u@a b'], ['u@-oProxy'], ['none@x:']])(
  '%j is no server',
  (text) => {
    expect(readServers([text])).toHaveProperty('why');
  },
);

test('ids of approvers', () => {
  expect(['Release lead', 'Zoë', '1st (deputy)'].map(approverId)).toEqual([
    'release-lead',
    'zoe',
    'st-deputy',
  ]);
  expect(readApprovers([' Release lead ', 'Deputy'])).toEqual({ value: ['Release lead', 'Deputy'] });
});

test.each([[[]], [['']], [['42']], [['A b', 'a-B']], [['李']], [['a\nb']]])(
  '%j cannot be approvers',
  (names) => {
    expect(readApprovers(names)).toHaveProperty('why');
  },
);

test('the window around T0', () => {
  const read = readWindow('T-1h30m..T+45m');
  expect(read).toEqual({ value: { opensMs: -5_400_000, hardStopMs: 2_700_000 } });
  expect('value' in read && windowText(read.value)).toBe('T-1h30m..T+45m');
});

test.each([
  ['T-30m'],
  ['T-30m..T0'],
  ['T0..T+5m'],
  ['T+5m..T-5m'],
  ['30m..30m'],
  ['T-5m..T+5m..T+6m'],
  ['T-9m59s..T+30m'],
])('%j is no window', (text) => {
  expect(readWindow(text)).toHaveProperty('why');
});
