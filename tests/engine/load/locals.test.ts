/** Vars of type list and map, and locals: their values, their types, and where both end up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiagnosticError } from '../../../engine/diagnostic.ts';
import { loadRunbook } from '../../../engine/load/load.ts';
import type { Plan } from '../../../engine/plan.ts';
import { fakeRegistry } from '../../support/registry.ts';

const vars = `vars:
  sections:
    type: list
    items: { name: string, hosts: [string], port: int }
    default: [{ name: s1, hosts: [a, b], port: 1 }, { name: s2, hosts: [c], port: 2 }]
  limits: { type: map, items: duration, default: { drain: 5m } }
  domain: { type: string, default: example.org }
`;

const load = (
  { locals = '', run = '[x]', more = '' }: { locals?: string; run?: string; more?: string },
  given: { vars?: Record<string, string>; varsMayMiss?: boolean; sections?: string } = {},
) => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-locals-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'r.yaml');
  const step = `steps:\n  - { id: a, type: shell, ${more}with: { reads: true, run: ${run} } }\n`;
  writeFileSync(path, `version: 1\nname: r\n${given.sections ?? vars}${locals}${step}`);
  const { vars: values = {}, varsMayMiss = false } = given;
  return loadRunbook(path, { registry: fakeRegistry, varsFiles: [], vars: values, varsMayMiss });
};

const codes = (loading: Promise<unknown>): Promise<readonly string[]> =>
  loading.then(
    () => [],
    (error: unknown) => {
      if (error instanceof DiagnosticError) return error.diagnostics.map(({ code }) => code);
      throw error;
    },
  );

const inputOf = (plan: Plan) => {
  const step = plan.steps.a;
  return step?.kind === 'act' ? step.act.with.run : undefined;
};

test('locals are computed from vars and each other, in whatever order they are written', async () => {
  const { plan } = await load({
    locals: `locals:
  url: "https://\${{ locals.host }}:\${{ vars.sections[0].port }}/"
  host: "\${{ vars.sections[0].name }}.\${{ vars.domain }}"
  hosts: "\${{ vars.sections.map(s, s.name + '.' + vars.domain) }}"
  many: "\${{ size(vars.sections) > 1 }}"
  table: { id: "\${{ vars.limits.drain }}", rows: [1, "\${{ vars.sections[1].port }}"] }
`,
    run: '["${{ locals.url }}", "${{ locals.hosts[1] }}", "${{ locals.many ? locals.table.id : \'\' }}"]',
  });
  expect(plan.locals).toEqual({
    url: 'https://s1.example.org:1/',
    host: 's1.example.org',
    hosts: ['s1.example.org', 's2.example.org'],
    many: true,
    table: { id: '5m', rows: [1, 2] },
  });
  expect(inputOf(plan)).toEqual(['https://s1.example.org:1/', 's2.example.org', '5m']);
});

test('lists and maps come from --var as JSON, and are checked like those of a file', async () => {
  const json = '[{"name":"x","hosts":[],"port":7}]';
  const { plan } = await load({ run: '["${{ vars.sections[0].name }}"]' }, { vars: { sections: json } });
  expect(plan.vars.sections).toEqual([{ name: 'x', hosts: [], port: 7 }]);
  expect(inputOf(plan)).toEqual(['x']);
  const given = (text: string) => codes(load({}, { vars: { sections: text } }));
  expect(await given('x,y')).toEqual(['RB315']);
  expect(await given('{}')).toEqual(['RB315']);
  expect(await given('[{"name":"x","hosts":[],"prt":7}]')).toEqual(['RB326']);
  expect(await given('[{"name":"x","hosts":[]}]')).toEqual(['RB327']);
  expect(await given('[{"__proto__":{}}]')).toEqual(['RB315']);
  expect(await given('[{"name":"${{ vars.domain }}","hosts":[],"port":7}]')).toEqual(['RB321']);
});

test('a value that looks like a mark of the engine is refused, wherever it comes from', async () => {
  const sections = 'vars:\n  m: { type: map, items: [string], default: { drain: [a] } }\n';
  expect(await codes(load({}, { sections, vars: { m: '{"secret":["token"]}' } }))).toEqual(['RB231']);
  const run = "[\"${{ string(size({'a': [{'secret': ['x']}]})) }}\"]";
  expect(await codes(load({ run }))).toEqual([]);
  const locals = "locals:\n  m: \"${{ {'a': [{'$expr': 'run.id'}]} }}\"\n";
  expect(await codes(load({ locals }))).toEqual(['RB231']);
});

test('a changed local is a changed plan; a runbook without locals has the digest that it had', async () => {
  const one = await load({ locals: 'locals: { a: x }\n' });
  const two = await load({ locals: 'locals: { a: y }\n' });
  const none = await load({});
  expect(new Set([one, two, none].map(({ plan }) => plan.digest)).size).toBe(3);
  expect(Object.keys(none.plan)).not.toContain('locals');
});

test('a local that waits for a var without a value stays an expression, and asks for that var where it must', async () => {
  const sections = 'vars:\n  site: { type: string, required: true }\n  n: { type: int, default: 2 }\n';
  const locals =
    'locals:\n  url: "https://${{ vars.site }}/"\n  both: "${{ locals.url + string(vars.n) }}"\n  n: "${{ vars.n }}"\n';
  const given = { sections, varsMayMiss: true };
  const { plan } = await load(
    { locals, run: '[curl, "${{ locals.both }}", "${{ string(locals.n) }}"]' },
    given,
  );
  expect(plan.locals).toEqual({ n: 2 });
  expect(inputOf(plan)).toEqual(['curl', { $expr: 'locals.both' }, '2']);
  const needed = load({ locals, more: 'name: "${{ locals.both }}", ' }, given);
  await expect(needed).rejects.toMatchObject({ diagnostics: [{ code: 'RB314', data: { name: 'site' } }] });
});

test('a local may be read beside what only the run knows, with its fields checked at load', async () => {
  const locals = 'locals:\n  ports: "${{ vars.sections.map(s, s.port) }}"\n  web: { host: h }\n';
  const { plan } = await load({
    locals,
    run: '["${{ run.id + locals.web.host + string(locals.ports[0]) }}"]',
  });
  expect(inputOf(plan)).toEqual([{ $expr: 'run.id + locals.web.host + string(locals.ports[0])' }]);
  expect(await codes(load({ locals, run: '["${{ run.id + locals.web.hots }}"]' }))).toEqual(['RB306']);
  expect(await codes(load({ locals, run: '["${{ run.id + locals.ports[0] }}"]' }))).toEqual(['RB307']);
});

test('whatever is read before the run starts may be computed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-early-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'r.yaml');
  writeFileSync(
    path,
    `version: 1
name: r
vars:
  stage: { type: string, default: live }
  soon: { type: duration, default: 5m }
locals:
  vault: "op://\${{ vars.stage }}/db"
  gate_at: "T-\${{ vars.soon }}"
timeline: { window: { opens: "\${{ locals.gate_at }}", hard_stop: "T+\${{ vars.soon }}" } }
secrets:
  db: { command: [op, read, "\${{ locals.vault }}"] }
  key: { file: "/run/\${{ vars.stage }}/key" }
  token: { env: "TOKEN_\${{ vars.stage }}" }
approvers: { lead: { name: "Lead of \${{ vars.stage }}" } }
steps:
  - id: quiet
    name: "Wait for \${{ vars.stage }}"
    at: "\${{ locals.gate_at }}"
    expected: "\${{ vars.soon }}"
    type: wait
    with: { for: "\${{ vars.soon }}" }
  - id: look
    type: shell
    timeout: "\${{ vars.soon }}"
    retry: { limit: "\${{ size(vars.stage) - 3 }}", interval: "\${{ vars.soon }}" }
    with: { reads: true, run: [uptime] }
`,
  );
  const { plan } = await loadRunbook(path, { registry: fakeRegistry, varsFiles: [], vars: {} });
  expect(plan.timeline).toEqual({ opensMs: -300_000, hardStopMs: 300_000 });
  expect(plan.secrets).toEqual({
    db: { command: ['op', 'read', 'op://live/db'] },
    key: { file: '/run/live/key' },
    token: { env: 'TOKEN_live' },
  });
  expect(plan.approvers.lead?.name).toBe('Lead of live');
  expect(plan.steps.quiet).toMatchObject({ name: 'Wait for live', atMs: -300_000, expectedMs: 300_000 });
  expect(plan.steps.quiet).toMatchObject({ forMs: 300_000 });
  expect(plan.steps.look).toMatchObject({
    act: { timeoutMs: 300_000, retry: { limit: 1, intervalMs: 300_000 } },
  });
});
