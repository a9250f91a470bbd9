import { describe, expect, test } from 'vitest';
import { loadSteps, problemsOf } from './loaded.ts';

const READ = 'type: shell, with: { run: [uptime], reads: true }';

describe('a group', () => {
  test('in the list: its steps run in order, under its name', async () => {
    const { plan } = await loadSteps(`
  - id: sections
    for_each: [s1, s2]
    group:
      - { id: ro, ${READ}, at: T+1m }
      - { id: look, type: shell, with: { run: [echo, "\${{ each }}", "\${{ steps.ro.output.stdout }}"], reads: true } }
  - { id: once, group: [{ id: a, ${READ} }, { id: w, type: wait, with: { for: 1s } }] }
`);
    expect(plan.entries).toEqual(
      [
        'sections[s1]/ro',
        'sections[s1]/look',
        'sections[s2]/ro',
        'sections[s2]/look',
        'once/a',
        'once/w',
      ].map((step) => ({ kind: 'step', step })),
    );
    expect(plan.steps['sections[s2]/look']).toMatchObject({
      act: {
        reads: ['sections[s2]/ro'],
        with: { run: ['echo', 's2', { $expr: 'steps["sections[s2]/ro"].output.stdout' }] },
      },
    });
    // The others follow the first item.
    expect(Object.values(plan.steps).map(({ atMs }) => atMs)).toEqual([60_000, null, null, null, null, null]);
  });

  test('in parallel: a chain for each item', async () => {
    const { plan } = await loadSteps(`
  - id: sections
    for_each: [s1, s2, s3]
    mode: parallel
    batch: 2
    group:
      - { id: ro, ${READ} }
      - { id: look, type: shell, with: { run: [echo, "\${{ steps.ro.output.stdout }}"], reads: true } }
`);
    const lane = (key: string) => [`sections[${key}]/ro`, `sections[${key}]/look`];
    expect(plan.entries).toEqual([
      { kind: 'parallel', steps: [...lane('s1'), ...lane('s2')], lanes: [lane('s1'), lane('s2')] },
      { kind: 'parallel', steps: lane('s3'), lanes: [lane('s3')] },
    ]);
  });

  test('as a branch of `parallel`, beside steps and loops', async () => {
    const { plan } = await loadSteps(`
  - parallel:
      - { id: alone, ${READ} }
      - { id: two, group: [{ id: a, ${READ} }, { id: b, ${READ} }] }
      - { id: each-one, for_each: [x, y], ${READ} }
      - { id: chain, for_each: [x, y], mode: serial, ${READ} }
`);
    expect(plan.entries).toEqual([
      {
        kind: 'parallel',
        steps: ['alone', 'two/a', 'two/b', 'each-one[x]', 'each-one[y]', 'chain[x]', 'chain[y]'],
        lanes: [['alone'], ['two/a', 'two/b'], ['each-one[x]'], ['each-one[y]'], ['chain[x]', 'chain[y]']],
      },
    ]);
  });

  test('groups and loops inside of each other', async () => {
    const { plan } = await loadSteps(`
  - id: sites
    for_each: [{ name: de, hosts: [h1, h2] }, { name: at, hosts: [h3] }]
    key: "\${{ each.name }}"
    group:
      - { id: stop, for_each: "\${{ each.hosts }}", type: shell, with: { run: [stop, "\${{ each }}"], reads: true } }
      - parallel: [{ id: p, ${READ} }, { id: q, ${READ} }]
      - { id: go, type: gate, with: { require: [stop, p] } }
  - { id: end, type: gate, with: { require: [sites], criteria: ["steps['sites/stop'].items['de'].items['h2'].output.code == 0", "steps.p.items.exists(k, steps.p.items[k].output.code == 0)"] } }
`);
    expect(plan.entries).toEqual([
      { kind: 'step', step: 'sites[de]/stop[h1]' },
      { kind: 'step', step: 'sites[de]/stop[h2]' },
      { kind: 'parallel', steps: ['sites[de]/p', 'sites[de]/q'] },
      { kind: 'step', step: 'sites[de]/go' },
      { kind: 'step', step: 'sites[at]/stop[h3]' },
      { kind: 'parallel', steps: ['sites[at]/p', 'sites[at]/q'] },
      { kind: 'step', step: 'sites[at]/go' },
      { kind: 'step', step: 'end' },
    ]);
    expect(plan.steps['sites[de]/go']).toMatchObject({
      require: ['sites[de]/stop[h1]', 'sites[de]/stop[h2]', 'sites[de]/p'],
    });
    expect(plan.steps.end).toMatchObject({
      require: Object.keys(plan.steps).filter((id) => id !== 'end'),
      criteria: [
        'steps["sites[de]/stop[h2]"].output.code == 0',
        expect.stringContaining('{"de": {"output": steps["sites[de]/p"].output}, "at": '),
      ],
    });
  });

  test('holds acts and waits only in parallel, and never the point of no return in a loop', async () => {
    expect(
      await problemsOf(
        loadSteps(`
  - id: sections
    for_each: [s1, s2]
    mode: parallel
    group:
      - { id: go, type: gate, with: { criteria: ["true"] } }
      - { id: list, type: checklist, with: { items: [{ id: a, say: b, check: { ${READ} } }] } }
      - parallel: [{ id: x, ${READ} }]
      - point_of_no_return: { forward_fix: fix.md }
  - id: others
    for_each: [s1, s2]
    group:
      - point_of_no_return: { forward_fix: fix.md }
`),
      ),
    ).toMatchInlineSnapshot(`
      "a.yaml:9:9  RB270  A gate cannot be in a group that runs in parallel
         9 |       - { id: go, type: gate, with: { criteria: ["true"] } }
           |         ^^^^
        A group in parallel has acts and waits only. Move it before or after the parallel work
      a.yaml:10:9  RB270  A checklist cannot be in a group that runs in parallel
        10 |       - { id: list, type: checklist, with: { items: [{ id: a, say: b, check: { type: shell, with: { run: [uptime], reads: true } } }] } }
           |         ^^^^
        A group in parallel has acts and waits only. Move it before or after the parallel work
      a.yaml:11:9  RB270  Parallel work cannot be in a group that runs in parallel
        11 |       - parallel: [{ id: x, type: shell, with: { run: [uptime], reads: true } }]
           |         ^^^^^^^^
        A group in parallel has acts and waits only. Move it before or after the parallel work
      a.yaml:12:9  RB270  The point of no return cannot be in a group that runs in parallel
        12 |       - point_of_no_return: { forward_fix: fix.md }
           |         ^^^^^^^^^^^^^^^^^^
        A group in parallel has acts and waits only. Move it before or after the parallel work
      a.yaml:16:9  RB271  The point of no return cannot be in a loop
        16 |       - point_of_no_return: { forward_fix: fix.md }
           |         ^^^^^^^^^^^^^^^^^^
        Move it out of the loop"
    `);
  });
});

describe('targets', () => {
  test('one for each item', async () => {
    const { plan } = await loadSteps(
      `
  - { id: look, for_each: "\${{ [{'name': 's1'}, {'name': 's2'}] }}", key: "\${{ each.name }}", type: query, target: "db-\${{ each.name }}", with: { sql: select 1 } }
`,
      `targets:
  jump: { type: place, host: j }
  db-\${{ each.name }}: { for_each: [{ name: s1, host: a }, { name: s2, host: b }], type: db, host: "\${{ each.host }}.example", password: x, via: jump }
`,
    );
    expect(Object.keys(plan.targets)).toEqual(['jump', 'db-s1', 'db-s2']);
    expect(plan.targets['db-s2']).toMatchObject({ type: 'db', via: 'jump', config: { host: 'b.example' } });
    expect(plan.steps['look[s2]']).toMatchObject({ act: { target: 'db-s2' } });
  });
});
