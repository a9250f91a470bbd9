import { describe, expect, test } from 'vitest';
import { failure, type Night, success } from '../../../docker/demo/claims.ts';
import type { Scene } from '../../../docker/demo/scene.ts';

const lab = { git: { url: '', v1: 'a1', v2: 'b2', broken: 'c3' } } as Night['lab'];
const old: Scene = { status: 200, version: '1.4.0', commit: 'a1', running: 'a1', rows: { trades: 300 } };
const fresh: Scene = { ...old, version: '2.0.0', commit: 'b2', running: 'b2' };
const closed = { status: 503, version: null };
const dump = { path: '/backups/a.sql', bytes: 1, sha256: '', complete: true };

const good: Night = {
  lab,
  exitCode: 0,
  before: old,
  after: fresh,
  seen: [old, closed, fresh],
  dump,
};
const bad: Night = { ...good, exitCode: 5, after: old, seen: [old, closed, old] };

const broken = (claims: typeof success, night: Night): number => claims(night).filter((c) => !c.holds).length;

test('a good night holds every claim of its demo', () => {
  expect(broken(success, good)).toBe(0);
  expect(broken(failure, bad)).toBe(0);
});

describe('each thing that is off breaks a claim', () => {
  test.each<[string, typeof success, Night]>([
    ['the engine held', success, { ...good, exitCode: 3 }],
    ['the doors never closed', success, { ...good, seen: [old, fresh] }],
    ['a visitor met an error', success, { ...good, seen: [old, closed, { ...closed, status: 502 }, fresh] }],
    ['the old release still runs', success, { ...good, after: { ...fresh, running: 'a1' } }],
    ['the old page is still there', success, { ...good, after: { ...fresh, version: '1.4.0' } }],
    ['the dump was cut short', success, { ...good, dump: { ...dump, complete: false } }],
    ['there is no dump', success, { ...good, dump: null }],
    ['a row was lost', success, { ...good, after: { ...fresh, rows: { trades: 299 } } }],
    ['it was not rolled back', failure, { ...bad, exitCode: 1 }],
    ['the checkout stayed at the new commit', failure, { ...bad, after: { ...old, commit: 'c3' } }],
    ['the app was not built back', failure, { ...bad, after: { ...old, running: 'c3' } }],
    ['the app stayed down', failure, { ...bad, after: { ...old, status: 502, version: null } }],
    ['rows came in', failure, { ...bad, after: { ...old, rows: { trades: 301 } } }],
  ])('%s', (_, claims, night) => {
    expect(broken(claims, night)).toBeGreaterThan(0);
  });
});
