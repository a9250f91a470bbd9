/** Changes that a reviewer must not overlook, made to the text of the flagship. */
import { describe, expect, test } from 'vitest';
import { changesBy, replaced, worstOf } from './edited-flagship.ts';

type Edit = (text: string) => string;
const swap =
  (old: string, by: string): Edit =>
  (text) =>
    replaced(text, old, by);

/** Of the step with this id, up to the next one. */
const inStep =
  (id: string, old: string, by: string): Edit =>
  (text) => {
    const from = text.search(new RegExp(`^ +- (\\{ )?id: ${id}(?: #.*)?$`, 'm'));
    const start = text.indexOf('\n', from);
    const next = text.slice(start).search(/^ {2,6}- (\{ )?(id|parallel|point_of_no_return):/m);
    const to = next === -1 ? text.length : start + next;
    return text.slice(0, from) + replaced(text.slice(from, to), old, by) + text.slice(to);
  };

/** What is told of it, in short. */
const told = async (edit: Edit) =>
  (await changesBy(edit)).map(({ kind, danger, step, what }) => `${danger} ${kind} ${step ?? '-'}: ${what}`);

describe('the five changes that nobody saw', () => {
  test.each<[string, Edit, string]>([
    [
      'an undo replaced by none',
      swap(
        'proof_password: "${{ secrets.mysql_app_password }}"\n    sets: { frozen: true }\n    rollback: { expected: 5s }',
        'proof_password: "${{ secrets.mysql_app_password }}"\n    sets: { frozen: true }\n    rollback: { undo: { none: not needed } }',
      ),
      'high undo freeze: undo',
    ],
    [
      'a criterion of a gate dropped',
      swap("        - steps['still-frozen'].output.rows == steps['frozen'].output.rows\n", ''),
      'high gate go-no-go: criterion dropped',
    ],
    [
      'a require of a gate dropped',
      swap('[backups-whole, etl, compare,', '[backups-whole, etl,'),
      'high gate go-no-go: require compare dropped',
    ],
    [
      'a lower count expected',
      swap('expect: { value: 15 }', 'expect: { value: 12 }'),
      'high verify schema: verify: with.expect.value',
    ],
    [
      '--accept-data-loss added to a command',
      inStep('schema', '--silent, "db:push"]', '--silent, "db:push", --, --accept-data-loss]'),
      'high command schema: with.run',
    ],
  ])('%s', async (_, edit, expected) => {
    expect(await told(edit)).toEqual([expected]);
  });
});

describe('changes of one thing', () => {
  test.each<[string, Edit, readonly string[]]>([
    [
      '|| true',
      inStep('install', 'npm ci --no-audit --no-fund;', 'npm ci --no-audit --no-fund || true;'),
      ['high command install: with.run'],
    ],
    [
      '2>/dev/null',
      inStep('announced', 'cat "$RECEIPT" ||', 'cat "$RECEIPT" 2>/dev/null ||'),
      ['high command announced: with.run'],
    ],
    [
      'another command of a write',
      inStep('etl', 'migrate-to-supabase.mjs', 'migrate-all.mjs'),
      ['medium command etl: with.run'],
    ],
    [
      'an unknown input of a write',
      inStep('stop-app', 'also: [trading-journal-worker]', 'also: []'),
      ['medium input stop-app: with.also[0]'],
    ],
    [
      'DROP in an undo',
      inStep(
        'etl',
        'SELECT count(*) AS removed FROM gone',
        'SELECT count(*) AS removed FROM gone; DROP TABLE trades',
      ),
      ['high undo etl: undo: with.sql'],
    ],
    [
      'a verify dropped',
      inStep(
        'maintenance-on',
        '      - { type: http.check, run_on: vps, with: { url: "${{ vars.site }}/login", status: 503 } }\n',
        '',
      ),
      ['high verify maintenance-on: verify 2 dropped'],
    ],
    [
      'another status expected',
      inStep('stop-app', 'status: 502', 'status: 200'),
      ['medium verify stop-app: verify: with.status'],
    ],
    [
      'a text no longer looked for',
      inStep('maintenance-on', 'status: 503, body_contains: [Nous déménageons] }', 'status: 503 }'),
      ['high verify maintenance-on: verify 1: with.body_contains'],
    ],
    [
      'a table no longer compared',
      inStep('compare', '        - { table: tags, key: [id], ids: { id: tags, userId: users } }\n', ''),
      ['high expectation compare: with.tables[4]'],
    ],
    [
      'a column ignored',
      inStep('compare', 'ignore: { target: [passwordHash] }', 'ignore: { target: [passwordHash, email] }'),
      ['high expectation compare: with.tables.users.ignore.target[1]'],
    ],
    [
      'a condition of an assert dropped',
      inStep(
        'smoke-whole',
        '        - { that: "${{ steps[\'smoke\'].output.json.ok }}", message: The walk through the app found something broken }\n',
        '',
      ),
      ['high expectation smoke-whole: with.all[0]'],
    ],
    [
      'a bound widened',
      inStep('smoke-whole', 'ms < 3000', 'ms < 30000'),
      ['high expectation smoke-whole: with.all[1].that'],
    ],
    [
      'on_failure: continue',
      inStep('first-logins', 'on_failure: hold', 'on_failure: continue'),
      ['high on-failure first-logins: on_failure'],
    ],
    [
      'a timeout of a write lowered',
      inStep('etl', 'timeout: 20m', 'timeout: 6m'),
      ['medium attempts etl: timeout'],
    ],
    [
      'another place',
      inStep('maintenance-on', 'type: file.write\n    run_on: vps', 'type: file.write\n    run_on: local'),
      ['high place maintenance-on: run_on'],
    ],
    [
      'an approver dropped',
      inStep('go-no-go', 'approvers: [lead, deputy]', 'approvers: [lead]'),
      ['high gate-people go-no-go: approver deputy dropped'],
    ],
    [
      'on_timeout',
      inStep('go-no-go', 'on_timeout: hold', 'on_timeout: no_go'),
      ['medium gate-time go-no-go: on_timeout'],
    ],
    ['the hard stop later', swap('hard_stop: T+30m', 'hard_stop: T+2h'), ['high window -: hard_stop']],
    [
      'a secret from a command',
      swap('{ env: SMOKE_TOKEN }', '{ command: [op, read, token] }'),
      ['high secret -: secrets.smoke_token'],
    ],
    [
      'certificates not verified',
      swap('default: verify }', 'default: disable }'),
      ['medium var -: vars.postgres_tls', 'high target -: targets.journal.tls.mode'],
    ],
    [
      'a limit of a watch raised',
      inStep(
        'watch-errors',
        "failure_condition: result.counts['errors'] > 3",
        "failure_condition: result.counts['errors'] > 300",
      ),
      ['high watch watch-errors: failure_condition'],
    ],
    [
      'a call of a trip dropped',
      inStep(
        'watch-errors',
        '        - type: notify\n          with: { webhook: { url: "${{ secrets.alert_webhook }}" }, text: "Trading Journal: repeated server errors after the cutover. The mailing is paused; decide with forward-fix.md." }\n',
        '',
      ),
      ['high watch watch-errors: on_trip 1 dropped'],
    ],
    [
      'an item of a checklist dropped',
      (text) => text.replace(/ {8}- id: logout\n(?: {10}.*\n){2}/, ''),
      ['high checklist validation: item logout dropped'],
    ],
    [
      'an invariant dropped',
      swap(
        '  - name: what was moved is frozen at its source\n    that: "!facts.moved || facts.frozen"\n    when: always\n    message: MySQL takes writes that Supabase will never see\n',
        '',
      ),
      ['high invariant -: "what was moved is frozen at its source" dropped'],
    ],
    [
      'an invariant weakened',
      swap(
        'that: facts.maintenance || !facts.new_app || run.crossed',
        'that: facts.maintenance || !facts.new_app || run.crossed || facts.moved',
      ),
      ['high invariant -: "the new app is open only after the point of no return"'],
    ],
    [
      'a precondition of an undo dropped',
      (text) =>
        text.replace(
          / {8}- type: http\.check\n {10}with:\n {12}url: "\$\{\{ vars\.site \}\}\/login"\n {12}method: POST\n[\s\S]*?message: Nobody could log in to the old app\n/,
          '',
        ),
      ['high undo maintenance-on: precondition of the undo 2 dropped'],
    ],
  ])('%s', async (_, edit, expected) => {
    expect(await told(edit)).toEqual(expected);
  });
});

describe('changes of the order', () => {
  const step = (text: string, id: string): string => {
    const found = new RegExp(`^  - id: ${id}(?: #.*)?\\n(?:(?!^  - |^  #).*\\n)*`, 'm').exec(text)?.[0];
    if (found === undefined) throw new Error(id);
    return found;
  };

  test('a step removed, and one added', async () => {
    expect(
      await told((text) =>
        text
          .replace(step(text, 'frozen').replace('frozen', 'frozen'), (s) => s)
          .replace(step(text, 'log-quiet'), '')
          .replace(', log-quiet]', ']'),
      ),
    ).toEqual(['high step-removed log-quiet: step removed', 'high gate go-no-go: require log-quiet dropped']);
    const added =
      '  - { id: clean, type: command, with: { run: [rm, -rf, /srv/cache] }, rollback: { undo: { none: a cache } } }\n';
    expect(await told((text) => text.replace(step(text, 'smoke'), (s) => added + s))).toEqual([
      'high step-added clean: step added',
    ]);
  });

  test('a check that comes after its gate', async () => {
    const changes = await told((text) => {
      const moved = step(text, 'strangers-see-nothing');
      return text
        .replace(moved, '')
        .replace(step(text, 'doors-mark'), (s) => s + moved)
        .replace('strangers-see-nothing, start-new', 'start-new');
    });
    expect(changes).toContain('high step-moved strangers-see-nothing: order');
    expect(changes).toContain('high gate go-no-go: require strangers-see-nothing dropped');
  });
});

describe('no change of meaning', () => {
  const meansNothing = async (edit: Edit) => {
    const changes = await changesBy(edit);
    expect(changes.filter(({ danger }) => danger !== 'none')).toEqual([]);
    expect(worstOf(changes)).toBe('none');
    return changes.map(({ kind, step, before }) => `${kind} ${step}: ${before}`);
  };

  test('comments, indentation, order of keys, quotes and white space of expressions', async () => {
    const edit: Edit = (text) =>
      text
        .replace(/ # .*$/gm, '')
        .replace("- steps['compare'].output.mismatches == 0", '- (steps["compare"].output.mismatches==0)')
        .replace(
          "steps['canary'].output.completed\n      prompt",
          'steps.canary.output.completed\n      prompt',
        )
        .replace(
          'with: { sql: SELECT COUNT(*) AS users FROM users }',
          'with:\n              sql: SELECT COUNT(*) AS users FROM users',
        )
        .replace('on_timeout: hold\n      on_no_go: rollback', 'on_no_go: rollback\n      on_timeout: hold');
    expect(await meansNothing(edit)).toEqual([]);
  });

  test('ids renamed, whatever refers to them', async () => {
    const rename: Edit = (text) =>
      text
        .replace(/\bid: compare$/m, 'id: rows-equal')
        .replaceAll("steps['compare']", "steps['rows-equal']")
        .replace('etl, compare,', 'etl, rows-equal,')
        .replace(/\bid: frozen$/m, 'id: checksums')
        .replaceAll("steps['frozen']", "steps['checksums']")
        .replace(/\bid: go-no-go$/m, 'id: decision');
    expect(await meansNothing(rename)).toEqual([
      'step-renamed checksums: frozen',
      'step-renamed rows-equal: compare',
      'step-renamed decision: go-no-go',
    ]);
  });

  test('names and descriptions', async () => {
    expect(
      await meansNothing(inStep('etl', 'name: Move users and data to Supabase', 'name: Move it all')),
    ).toEqual(['text etl: Move users and data to Supabase']);
  });
});
