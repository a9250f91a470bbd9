/** A runbook as an editor has it: what is found without a file, and without values for its vars. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { diagnosticRecord } from '../../../engine/diagnostics/render.ts';
import { examine, partsOf } from '../../../engine/load/examine.ts';
import { registry } from '../../../steps/index.ts';

const head = `version: 1
name: draft
vars:
  host: { type: string, required: true }
  commit: { type: string, required: true }
  port: { type: int, required: true }
  place: { type: string, required: true }
secrets:
  key: { env: KEY }
targets:
  web: { type: ssh, host: "\${{ vars.host }}", port: "\${{ vars.port }}", user: deploy, known_hosts: "\${{ vars.host }}.keys" }
  db: { type: postgres, host: "\${{ vars.host }}", user: app, database: app }
`;

const draft = (steps: string) =>
  examine(
    { file: 'draft.yaml', text: `${head}steps:\n${steps}`, path: null },
    { registry, varsFiles: [], vars: {}, varsMayMiss: true },
  );

const problems = async (steps: string) =>
  (await draft(steps).diagnose()).map((d) => {
    const { code, message } = diagnosticRecord(d);
    return `${code} ${message}`;
  });

const previews = (steps: string) =>
  draft(steps).steps.map(({ step }) => (step.kind === 'act' ? step.act.preview : step.kind));

test.each([
  ['a path', 'type: file.remove, with: { path: "${{ vars.host }}" }', 'rm ${{ vars.host }}'],
  ['a URL', 'type: http.check, with: { url: "${{ vars.host }}/up" }', 'GET ${{ vars.host }}/up, expect 200'],
  [
    'a hash, which is shown in part',
    'type: git.checkout, with: { path: /srv/a, commit: "${{ vars.commit }}" }',
    'git -C /srv/a checkout --detach ${{ vars.commit }}',
  ],
  [
    'a text beside a secret',
    'type: http.check, with: { url: "https://a.example", headers: { K: "${{ vars.host }} ${{ secrets.key }}" } }',
    'GET https://a.example, expect 200',
  ],
])('what depends on a var is shown as written: %s', async (_, step, preview) => {
  const steps = `  - { id: a, ${step}, rollback: { undo: { none: only a test } } }\n`.replace(
    /, rollback.*(?= \})/,
    step.includes('http.check') ? '' : '$&',
  );
  expect(await problems(steps)).toEqual([]);
  expect(previews(steps)).toEqual([preview]);
});

test.each([
  ['the target', 'type: postgres.query, target: "${{ vars.place }}", with: { sql: SELECT 1 }'],
  ['the place', 'type: pm2.reload, run_on: "${{ vars.place }}", with: { name: app, ecosystem: /a.cjs }'],
  [
    'a target in the input',
    'type: notify, with: { text: a, mail: { through: "${{ vars.place }}", to: [a@b.example], subject: a } }, rollback: { undo: { none: only a test } }',
  ],
  ['a file', 'type: file.write, with: { path: /a, content_file: "${{ vars.place }}" }'],
  ['a number', 'type: http.check, with: { url: "https://a.example", max_ms: "${{ vars.port }}" }'],
])('a var may still name %s', async (_, step) => {
  expect(await problems(`  - { id: a, ${step} }\n`)).toEqual([]);
});

test('what cannot be right with any value is reported', async () => {
  const found =
    await problems(`  - { id: a, type: http.check, with: { url: "\${{ vars.host }}", stauts: 200 } }
  - { id: b, type: http.check, with: { url: "\${{ vars.host }}", max_ms: "\${{ vars.host }}" } }
`);
  expect(found).toEqual([
    'RB201 Unknown key "stauts" in step "a" (http.check)',
    'RB318 `max_ms` must be a whole number, but the expression gives a text',
  ]);
});

test('broken YAML says so alone, and its names are still known', async () => {
  const broken = draft('  - { id: a, type: wait }\n  - { id: b, typ\n');
  expect((await broken.diagnose()).map(({ code }) => code)).toEqual(['RB107']);
  expect(broken.whole).toBe(false);
  expect(broken.ctx.steps.ids()).toContain('a');
});

test('a draft with parts is judged with them, and what is wrong in one is told in its own file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'runbook-draft-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(
    join(dir, 'part.yaml'),
    'inputs: { host: { type: string, required: true } }\nsteps:\n  - { id: look, type: command, with: { effects: read, run: [echo, "${{ inputs.hots }}"] } }\n',
  );
  const text =
    'version: 1\nname: r\nsteps:\n  - { uses: ./part.yaml, id: a, with: { host: x } }\n  - { uses: ./gone.yaml, id: b }\n';
  const own = { file: 'r.yaml', text, path: join(dir, 'r.yaml') };
  const given = { registry, varsFiles: [], vars: {}, varsMayMiss: true };
  const found = await examine(own, given, await partsOf(own)).diagnose();
  expect(found.map(({ code, position }) => [code, position?.line, position?.usedFrom])).toEqual(
    expect.arrayContaining([
      ['RB250', 5, undefined],
      ['RB269', 3, 'r.yaml:4'],
    ]),
  );
  // Not on disk, it has no folder to find its parts in: nothing is said of what they would hold.
  expect(await partsOf({ ...own, path: null })).toBeNull();
  expect(await examine({ ...own, path: null }, given).diagnose()).toEqual([]);
});
