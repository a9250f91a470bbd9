/** Rules about whole plans: what looks like a fault and is none, and variants that the pages do not show. */
import { describe, expect, test } from 'vitest';
import { codes, codesAt, linted } from '../linted.ts';

const undo = 'rollback: { undo: { none: x } }';
const db = `secrets: { p: { env: P } }
targets: { db: { type: postgres, host: db.example, user: u, password: "\${{ secrets.p }}", database: d } }`;

describe('RB701 write-without-verify', () => {
  const write = (id: string, more = '') =>
    `  - { id: ${id}, type: command, with: { run: [./bin/x], capture: json${more} }, ${undo} } # runbook-ignore RB709: x`;

  test('a step whose output is checked later needs no verify of its own', async () => {
    const check = `  - { id: c, type: assert, with: { that: "\${{ steps['a'].output.json.ok }}", message: m } }`;
    expect(await codes(`steps:\n${write('a')}\n${check}`)).toEqual([]);
    const gate = `  - { id: g, type: gate, with: { criteria: ["steps['a'].output.json.rows > 1"] } }`;
    expect(await codes(`steps:\n${write('a')}\n${gate}`)).toEqual([]);
    expect(await codesAt(`steps:\n${write('a')}\n  - { id: g, type: gate, with: { require: [a] } }`)).toEqual(
      ['RB701 2:11'],
    );
  });

  test.each([
    ['UPDATE t SET a = 1 WHERE b = 2', ['RB701']],
    ['INSERT INTO t VALUES (1)', ['RB701', 'RB709']],
    ['CREATE TABLE IF NOT EXISTS t (a int)', []],
    ['no statement', ['RB701', 'RB709']],
  ])('SQL: %s', async (sql, expected) => {
    const step = `  - { id: a, type: postgres.query, target: db, with: { sql: "${sql}", effects: write }, ${undo} }`;
    expect(await codes(`${db}\nsteps:\n${step}`)).toEqual(expected);
  });

  test('SQL that says how many rows it changes proves itself', async () => {
    const step = `  - { id: a, type: postgres.query, target: db, with: { sql: UPDATE t SET a = 1, effects: write, expect: { affected: 3 } }, ${undo} }`;
    expect(await codes(`${db}\nsteps:\n${step}`)).toEqual([]);
  });

  test('a type that restores and probes by itself needs none', async () => {
    expect(await codes('steps:\n  - { id: a, type: file.write, with: { path: /a, content: b } }')).toEqual(
      [],
    );
  });
});

test('RB703: several verifies, one of which is new, prove something', async () => {
  const same = '{ type: http.check, with: { url: "https://a.example/" } }';
  const other = '{ type: http.check, with: { url: "https://a.example/new" } }';
  const step = (verify: string) =>
    `steps:\n  - { id: a, type: file.write, with: { path: /a, content: b }, preconditions: [${same}], verify: [${verify}] }`;
  expect(await codes(step(same))).toEqual(['RB703']);
  expect(await codes(step(`${same}, ${other}`))).toEqual([]);
});

describe('RB704 undo-reads-what-may-be-missing', () => {
  const step = (act: string, back: string, more = '') => `steps:
  - id: a
    type: command
    with: { run: "${act}", probe: { run: [./bin/x] } }
    rollback:
      undo: [{ type: command, with: { run: "${back}", probe: { run: [./bin/y] } } }]${more}`;
  const check = '\n      preconditions: [{ type: http.check, with: { url: "https://a.example/" } }]';

  test.each([
    ['cp /a /a.bak && ./bin/x', 'cp /a.bak /a', '', ['RB704']],
    ['pg_dump d > /b.sql; ./bin/x', 'psql d < /b.sql', '', ['RB704']],
    ['./bin/x', 'cp /a.bak /a', '', []],
    ['cp /a /a.bak', 'cp /c.bak /a', '', []],
    ['cp /a /a.bak', 'test ! -f /a.bak || cp /a.bak /a', '', []],
    ['cp /a /a.bak', 'cp /a.bak /a', check, []],
  ])('%s, undone by %s', async (act, back, more, expected) => {
    expect(await codes(step(act, back, more))).toEqual(expected);
  });
});

describe('RB705, RB706: gates', () => {
  const gate = (more: string) =>
    `approvers: { a: { name: A }, b: { name: B } }\nsteps:\n  - { id: g, type: gate, with: { ${more} } }`;

  test.each([
    ['prompt: "Go?", approvers: [a, b], timeout: 5m', []],
    ['prompt: "Go?", approvers: [a, b]', ['RB705']],
    ['prompt: "Go?", approvers: [a], timeout: 5m', ['RB706']],
    [`criteria: ["run.id != 'x'"]`, []],
  ])('%s', async (more, expected) => {
    expect(await codes(gate(more))).toEqual(expected);
  });
});

describe('RB707 expected-above-timeout', () => {
  test('of a gate, and of an undo', async () => {
    expect(
      await codesAt(`approvers: { a: { name: A }, b: { name: B } }
steps:
  - { id: g, expected: 10m, type: gate, with: { prompt: "Go?", approvers: [a, b], timeout: 5m } }
  - { id: f, type: file.write, with: { path: /a, content: b }, rollback: { expected: 6m } }`),
    ).toEqual(['RB707 3:14', 'RB707 4:76']);
  });

  test('equal is not above', async () => {
    expect(
      await codes('steps:\n  - { id: f, expected: 5m, type: file.write, with: { path: /a, content: b } }'),
    ).toEqual([]);
  });
});

describe('RB711 continue-after-failed-write', () => {
  const message = '{ webhook: { url: "${{ secrets.hook }}" }, text: x }';
  test.each([
    [`type: notify, with: ${message}`, []],
    ['type: file.write, with: { path: /a, content: b }', ['RB711']],
    ['type: http.check, with: { url: "https://a.example/" }', []],
  ])('%s', async (step, expected) => {
    const more = step.startsWith('type: notify') ? `, ${undo}` : '';
    expect(
      await codes(
        `secrets: { hook: { env: HOOK } }\nsteps:\n  - { id: a, ${step}, on_failure: continue${more} }`,
      ),
    ).toEqual(expected);
  });
});

describe('RB712 check-that-cannot-fail', () => {
  const assert = (that: string) => `vars: { on: { type: bool, default: true } }
steps:
  - { id: a, type: command, with: { run: [x], effects: read, capture: json } }
  - { id: b, type: assert, with: { that: ${that}, message: m } }`;
  const json = "steps['a'].output.json";

  test.each([
    ['true'],
    ['"${{ true }}"'],
    [`"\${{ ${json}.rows >= ${json}.rows }}"`],
    [`"\${{ ${json}.ok || true }}"`],
    [`"\${{ size(${json}) >= 0 }}"`],
  ])('always true: %s', async (that) => {
    expect(await codesAt(assert(that))).toEqual(['RB712 4:42']);
  });

  test.each([
    ['"${{ vars.on }}"'],
    [`"\${{ ${json}.ok }}"`],
    [`"\${{ ${json}.rows >= 0 }}"`],
    [`"\${{ ${json}.a == ${json}.b }}"`],
    [`"\${{ ${json}.rows > ${json}.rows }}"`],
  ])('may fail: %s', async (that) => {
    expect(await codes(assert(that))).toEqual([]);
  });

  test('a criterion of a gate', async () => {
    expect(await codesAt('steps:\n  - { id: g, type: gate, with: { criteria: ["1 == 1"] } }')).toEqual([
      'RB712 2:45',
    ]);
  });
});

describe('RB713 watch-that-never-trips', () => {
  const watch = (more: string) => `steps:
  - id: w
    type: watch
    with: { measure: { type: http.check, with: { url: "https://a.example/" } }, interval: 10s, ${more} }`;

  test.each([
    ['count: 10', []],
    ['count: 10, failure_limit: 9', []],
    ['count: 10, failure_limit: 10', ['RB713']],
    ['count: 10, consecutive_error_limit: 10', ['RB713']],
    ['count: 10, samples: result.bytes, min_samples: 2, inconclusive_limit: 10', ['RB713']],
    ['count: 10, samples: result.bytes, no_data: failure, inconclusive_limit: 10', []],
    ['count: 10, inconclusive_limit: 10', []],
  ])('%s', async (more, expected) => {
    expect(await codes(watch(more))).toEqual(expected);
  });

  test('in the background, its end says how many measurements there are', async () => {
    const text = (limit: number) =>
      watch(`failure_limit: ${limit}`).replace(
        'type: watch',
        'at: T0\n    type: watch\n    background: { until: T+1m }',
      );
    expect(await codes(text(5))).toEqual([]);
    expect(await codes(text(7))).toEqual(['RB713']);
  });
});

test('RB714: a site that is asked from a server anywhere is seen from both sides', async () => {
  const text = (
    more: string,
  ) => `targets: { web: { type: ssh, host: w.example, user: u, known_hosts: ./known_hosts } }
steps:
  - id: a
    type: file.write
    run_on: web
    with: { path: /a, content: b }
    verify: [{ type: http.check, with: { url: "https://a.example/x" } }]${more}`;
  const elsewhere = '\n  - { id: b, type: http.check, run_on: web, with: { url: "https://a.example/y" } }';
  expect(await codesAt(text(''))).toEqual(['RB714 7:47']);
  expect(await codes(text(elsewhere))).toEqual([]);
});

describe('RB716 build-before-environment', () => {
  const build = (run: string) =>
    `  - { id: build, type: command, with: { run: "${run}", probe: { run: [x] } }, ${undo} }\n`;
  const environment =
    '  - { id: env, type: file.write, with: { path: /srv/a/.env.production, content: b } }\n';
  const elsewhere = '  - { id: env, type: file.write, with: { path: /srv/b/.env, content: b } }\n';

  test.each([
    ['cd /srv/a && npm run build', environment, ['RB716']],
    ['cd /srv/a && npx next build', environment, ['RB716']],
    ['cd /srv/a && npm ci', environment, []],
    ['cd /srv/a && npm run build', elsewhere, []],
    [
      'cd /srv/a && npm run build',
      `  - { id: cp, type: command, with: { run: [cp, /x, /srv/a/.env], probe: { run: [x] } }, ${undo} }\n`,
      ['RB716'],
    ],
  ])('%s, then %s', async (run, later, expected) => {
    expect(await codes(`steps:\n${build(run)}${later}`)).toEqual(expected);
    expect(await codes(`steps:\n${later}${build(run)}`)).toEqual([]);
  });
});

describe('RB717 destroyed-without-backup', () => {
  const step = (run: string) =>
    `  - { id: a, type: command, with: { run: ${run}, probe: { run: [x] } }, ${undo} }\n`;

  test.each([
    ['[rm, -rf, /srv/a]', ['RB717']],
    ['[rm, -rf, /srv/a/node_modules, /tmp/b]', []],
    ['[rm, -f, /srv/a]', []],
    ['[git, clean, -fdx]', ['RB717']],
    ['[git, reset, --hard, 0f3c2a1]', ['RB717']],
    ['[mysql, -e, DROP DATABASE a]', ['RB717']],
    ['[mysql, -e, SELECT 1]', []],
    ['[dd, if=/dev/zero, of=/dev/sdb]', ['RB717']],
    ['[dropdb, a]', ['RB717']],
  ])('%s', async (run, expected) => {
    expect(await codes(`steps:\n${step(run)}`)).toEqual(expected);
  });

  test.each([
    ['{ type: archive.create, with: { path: /b.tgz, source: /srv/a } }'],
    [`{ type: command, with: { run: pg_dump d > /b.sql, probe: { run: [x] } }, ${undo} }`],
    [`{ type: command, with: { run: [tar, -czf, /b.tgz, /srv/a], probe: { run: [x] } }, ${undo} }`],
  ])('after a backup: %s', async (backup) => {
    const before = `  - ${backup.replace('{', '{ id: backup,')}\n`;
    expect(await codes(`steps:\n${before}${step('[rm, -rf, /srv/a]')}`)).toEqual([]);
    expect(await codes(`steps:\n${step('[rm, -rf, /srv/a]')}${before}`)).toEqual(['RB717']);
  });

  test('SQL is read by its parser: a word in a text destroys nothing', async () => {
    const sql = (text: string) =>
      `${db}\nsteps:\n  - { id: a, type: postgres.query, target: db, with: { sql: "${text}", effects: write, probe: SELECT true }, ${undo} }`;
    expect(await codesAt(sql('TRUNCATE t'))).toEqual(['RB717 4:61']);
    expect(await codes(sql("UPDATE t SET a = 'DROP TABLE t' WHERE b = 1"))).toEqual([]);
  });

  test('what an undo removes is what its own act has made', async () => {
    expect(
      await codes(`steps:
  - id: a
    type: command
    with: { run: [mkdir, -p, /srv/new] }
    rollback: { undo: [{ type: command, with: { run: [rm, -rf, /srv/new] } }] }`),
    ).toEqual([]);
  });
});

test('RB718: a secret in a header or a connection string is none in a URL', async () => {
  expect(
    await codes(`secrets: { p: { env: P } }
steps:
  - id: a
    type: command
    with:
      run: [./bin/x]
      env: { DATABASE_URL: "postgresql://u:\${{ secrets.p }}@db.example/d", HOOK: "\${{ secrets.p }}" }
      effects: read`),
  ).toEqual([]);
});

test('a step whose input only the run knows is judged by what is known', async () => {
  const { remarks } = await linted(`steps:
  - { id: a, type: command, with: { run: [x], effects: read } }
  - { id: b, type: command, with: { run: [git, push, "\${{ steps['a'].output.stdout }}", --force], effects: read } }`);
  expect(remarks.map(({ code, step }) => [code, step])).toEqual([['RB720', 'b']]);
});
