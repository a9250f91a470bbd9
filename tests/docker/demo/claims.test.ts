import { describe, expect, test } from 'vitest';
import { failure, type Night, success } from '../../../docker/demo/claims.ts';
import type { Scene } from '../../../docker/demo/scene.ts';

const lab = {
  git: { url: '', v1: 'a1', v2: 'b2', faulty: 'c3' },
  users: { smoke: { email: 's@lab.test', password: '' }, canary: { email: 'c@lab.test', password: '' } },
} as Night['lab'];
const mysql = {
  users: { rows: 2, checksum: '1' },
  trades: { rows: 300, checksum: '2' },
  password_resets: { rows: 1, checksum: '3' },
};
const old: Scene = {
  status: 200,
  version: '1.4.0',
  release: '1.4.0',
  running: 'a1',
  mysql,
  postgres: {},
  authUsers: 0,
  stranger: '7 0',
  uploads: 'abc',
  login: 303,
};
const fresh: Scene = {
  ...old,
  version: '2.0.0',
  release: '2.0.0',
  running: 'b2',
  postgres: { users: 2, trades: 300 },
  authUsers: 2,
};
const closed = { status: 503, version: null };
const told = { state: 'succeeded', slipMs: 0, comparedRows: 302, mismatches: 0, mailsSent: 2, passed: 10 };
const mailing = {
  received: new Map([
    ['s@lab.test', 1],
    ['c@lab.test', 2],
  ]),
  completed: 1,
  tried: 1,
};

const good: Night = {
  lab,
  exitCodes: { 'announce.yaml': 0, 'cutover.yaml': 0, 'closing.yaml': 0 },
  before: old,
  after: fresh,
  seen: [old, closed, fresh],
  told,
  mailing,
  memory: '## trading-journal-cutover',
};
const bad: Night = {
  ...good,
  exitCodes: { 'announce.yaml': 0, 'cutover.yaml': 5 },
  after: old,
  seen: [old, closed, old],
  told: { ...told, state: 'rolled back' },
  mailing: { received: new Map(), completed: 0, tried: 0 },
  memory: null,
};

const broken = (claims: typeof success, night: Night): number => claims(night).filter((c) => !c.holds).length;

test('a successful run passes every claim of its demo', () => {
  expect(broken(success, good)).toBe(0);
  expect(broken(failure, bad)).toBe(0);
});

describe('each thing that is off breaks a claim', () => {
  test.each<[string, typeof success, Night]>([
    ['the engine held', success, { ...good, exitCodes: { ...good.exitCodes, 'cutover.yaml': 3 } }],
    ['closing did not end', success, { ...good, exitCodes: { ...good.exitCodes, 'closing.yaml': 1 } }],
    ['the doors never closed', success, { ...good, seen: [old, fresh] }],
    ['a visitor met an error', success, { ...good, seen: [old, closed, { ...closed, status: 502 }, fresh] }],
    ['the old release still runs', success, { ...good, after: { ...fresh, running: 'a1' } }],
    ['a row was lost', success, { ...good, after: { ...fresh, postgres: { users: 2, trades: 299 } } }],
    ['the comparison saw less', success, { ...good, told: { ...told, comparedRows: 301 } }],
    ['a user has no account', success, { ...good, after: { ...fresh, authUsers: 1 } }],
    ['the old password is refused', success, { ...good, after: { ...fresh, login: 401 } }],
    ['the stranger was restarted', success, { ...good, after: { ...fresh, stranger: '8 1' } }],
    ['an upload is gone', success, { ...good, after: { ...fresh, uploads: 'abd' } }],
    [
      'somebody got two mails',
      success,
      {
        ...good,
        mailing: {
          ...mailing,
          received: new Map([
            ['s@lab.test', 2],
            ['c@lab.test', 2],
          ]),
        },
      },
    ],
    [
      'somebody got none',
      success,
      { ...good, mailing: { ...mailing, received: new Map([['c@lab.test', 2]]) } },
    ],
    ['a link led nowhere', success, { ...good, mailing: { ...mailing, completed: 0 } }],
    ['no link was tried', success, { ...good, mailing: { ...mailing, completed: 0, tried: 0 } }],
    ['a line of the validation failed', success, { ...good, told: { ...told, passed: 9 } }],
    ['nothing was written down', success, { ...good, memory: null }],
    ['it was not rolled back', failure, { ...bad, exitCodes: { ...bad.exitCodes, 'cutover.yaml': 1 } }],
    ['the link stayed at the new release', failure, { ...bad, after: { ...old, release: '2.0.0' } }],
    ['the app stayed down', failure, { ...bad, after: { ...old, status: 502, version: null } }],
    [
      'a value changed',
      failure,
      { ...bad, after: { ...old, mysql: { ...mysql, trades: { rows: 300, checksum: '9' } } } },
    ],
    ['the new database was left full', failure, { ...bad, after: { ...old, postgres: { users: 2 } } }],
    ['accounts were left in Auth', failure, { ...bad, after: { ...old, authUsers: 2 } }],
    ['nobody can log in to the old app', failure, { ...bad, after: { ...old, login: 401 } }],
    ['users were told of it', failure, { ...bad, mailing }],
  ])('%s', (_, claims, night) => {
    expect(broken(claims, night)).toBeGreaterThan(0);
  });
});
