/**
 * The eighteen traps of the team's plan. Each has a rule that the flagship keeps, and a change that puts back what
 * the plan said: the rule has to fail on that, or the loader has to refuse it.
 */
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import { act, type Draft, drop, entry, gate, isBefore, move, order, planOf, said } from './flagship.ts';

interface Trap {
  readonly n: number;
  readonly says: string;
  /** Whether the plan keeps out of it. */
  holds(plan: Plan): boolean;
  /** What the team's plan did. With a code: such a runbook is not even loaded. */
  readonly seed: Readonly<Record<string, Change | { readonly change: Change; readonly refused: string }>>;
}

type Change = (draft: Draft) => void;

const script = (run: string): Record<string, unknown> => ({
  type: 'command',
  run_on: 'vps',
  with: { run },
  target: undefined,
  verify: undefined,
  retry: undefined,
});

const noUndo = { rollback: { undo: { none: 'as the plan has it' } } };

const needs = (plan: Plan, ...ids: readonly string[]): boolean =>
  ids.every((id) => gate(plan)?.require.includes(id));

const text = (plan: Plan, id: string): string => JSON.stringify(act(plan, id)?.act.with ?? null);

const traps: readonly Trap[] = [
  {
    n: 1,
    says: 'a generated link is no mail: Auth itself is asked to send each one',
    holds: (plan) =>
      act(plan, 'recovery-mails')?.act.type === 'supabase.recovery-emails' &&
      !/generate_?link/i.test(said(plan)),
    seed: {
      'a script of its own': (d) => {
        drop(d, 'mails-whole');
        drop(d, 'team-told');
        Object.assign(entry(d, 'recovery-mails'), script('npx tsx scripts/send-migration-emails.ts'));
      },
    },
  },
  {
    n: 2,
    says: "the recipients are the migration's own result, counted before the first mail",
    holds: (plan) => {
      const { recipients, expect_count } = (act(plan, 'recovery-mails')?.act.with ?? {}) as {
        recipients?: { sql?: string };
        expect_count?: unknown;
      };
      const sql = recipients?.sql ?? '';
      return (
        sql.includes('migration.id_map') &&
        !sql.includes('user_meta') &&
        JSON.stringify(expect_count ?? '').includes('etl')
      );
    },
    seed: {
      'users who can mark themselves': (d) => {
        (entry(d, 'recovery-mails').with as { recipients: { sql: string } }).recipients.sql =
          "SELECT id AS key, email FROM auth.users WHERE raw_user_meta_data ->> 'migratedFrom' = 'mysql'";
      },
      'whatever number comes': (d) => {
        entry(d, 'recovery-mails').with = { ...entry(d, 'recovery-mails').with, expect_count: 50 };
      },
    },
  },
  {
    n: 3,
    says: 'one mail is sent and followed to a login before anybody decides',
    holds: (plan) => {
      const canary = act(plan, 'canary');
      return (
        canary?.act.type === 'supabase.recovery-emails' &&
        typeof canary.act.with.follow === 'object' &&
        isBefore(plan, 'canary', 'go-no-go') &&
        needs(plan, 'canary') &&
        (gate(plan)?.criteria.some((each) => each.includes("steps['canary'].output.completed")) ?? false)
      );
    },
    seed: {
      'no canary': (d) => {
        drop(d, 'canary');
        const { with: input } = entry(d, 'go-no-go');
        if (input) input.criteria = (input.criteria as string[]).filter((each) => !each.includes('canary'));
        const items = (entry(d, 'validation').with?.items ?? []) as { id: string }[];
        entry(d, 'validation').with = { items: items.filter(({ id }) => id !== 'recovery-mail') };
      },
      'its link is not followed': (d) => {
        const { follow: _, ...rest } = entry(d, 'canary').with as Record<string, unknown>;
        entry(d, 'canary').with = rest;
      },
    },
  },
  {
    n: 4,
    says: 'the tables are there, and counted, before the data comes',
    holds: (plan) =>
      isBefore(plan, 'schema', 'etl') &&
      (act(plan, 'schema')?.verify.some((check) => JSON.stringify(check.with).includes('pg_tables')) ??
        false),
    seed: {
      'db push after the ETL': (d) => move(d, ['schema'], 'users-moved'),
      'its exit code is believed': (d) => delete entry(d, 'schema').verify,
    },
  },
  {
    n: 5,
    says: 'environment, then build, both before the doors close; the night only moves a link',
    holds: (plan) =>
      isBefore(plan, 'new-env', 'build') &&
      isBefore(plan, 'build', 'maintenance-on') &&
      isBefore(plan, 'install', 'maintenance-on') &&
      act(plan, 'switch')?.act.type === 'release.switch' &&
      act(plan, 'switch')?.undo.mode === 'auto',
    seed: {
      'environment after the build': (d) => move(d, ['new-env'], 'schema'),
      'install and build in the window': (d) => move(d, ['install', 'build'], 'log-mark'),
      'in the checkout of the old release': (d) =>
        Object.assign(
          entry(d, 'switch'),
          script('cd /var/www/app && git pull && npm install && npm run build'),
          {
            rollback: { undo: { none: 'main-pre-supabase' } },
          },
        ),
    },
  },
  {
    n: 6,
    says: 'nothing writes: the app stopped, its account locked, and the same checksums before the dump and after the ETL',
    holds: (plan) =>
      isBefore(plan, 'stop-app', 'freeze') &&
      isBefore(plan, 'freeze', 'frozen') &&
      isBefore(plan, 'frozen', 'dump') &&
      isBefore(plan, 'etl', 'still-frozen') &&
      act(plan, 'freeze')?.act.type === 'mysql.freeze' &&
      /CHECKSUM TABLE/.test(text(plan, 'frozen')) &&
      text(plan, 'frozen') === text(plan, 'still-frozen') &&
      (gate(plan)?.criteria.includes("steps['still-frozen'].output.rows == steps['frozen'].output.rows") ??
        false),
    seed: {
      'a maintenance page is enough': (d) => {
        drop(d, 'stop-app');
        drop(d, 'freeze');
      },
      'nobody looks again': (d) => {
        const { with: input } = entry(d, 'go-no-go');
        if (input) input.criteria = (input.criteria as string[]).filter((each) => !each.includes('frozen'));
      },
      'dump first': (d) => move(d, ['freeze', 'frozen'], 'dump-restored'),
    },
  },
  {
    n: 7,
    says: 'both backups are proven: restored beside and compared; listed and compared',
    holds: (plan) =>
      act(plan, 'dump')?.act.type === 'mysql.dump' &&
      act(plan, 'archive-uploads')?.act.type === 'archive.create' &&
      act(plan, 'dump-restored')?.act.type === 'mysql.restore' &&
      isBefore(plan, 'dump-restored', 'restored') &&
      text(plan, 'backups-whole').includes('restored') &&
      isBefore(plan, 'backups-whole', 'etl') &&
      needs(plan, 'backups-whole'),
    seed: {
      'a dump is a backup': (d) => {
        drop(d, 'dump-restored');
        drop(d, 'restored');
        entry(d, 'backups-whole').with = { that: "${{ steps['dump'].output.bytes > 0 }}", message: 'Empty' };
      },
      'nobody asks for it': (d) => {
        const { with: input } = entry(d, 'go-no-go');
        if (input) input.require = (input.require as string[]).filter((id) => id !== 'backups-whole');
      },
    },
  },
  {
    n: 8,
    says: 'nothing is pushed: commits are pinned',
    holds: (plan) =>
      act(plan, 'new-release')?.act.type === 'git.checkout' &&
      /^[0-9a-f]{40}$/.test(String(act(plan, 'new-release')?.act.with.commit)) &&
      !/\bgit\b[^"]*\b(push|pull)\b|"push"|--force/.test(said(plan)),
    seed: {
      'a forced push as the way back': (d) => {
        entry(d, 'switch').rollback = {
          undo: [
            {
              type: 'command',
              run_on: 'vps',
              with: { run: 'git checkout main-pre-supabase && git push origin main --force' },
            },
          ],
        };
      },
      'a branch instead of a commit': {
        refused: 'RB203',
        change: (d) => {
          entry(d, 'new-release').with = { ...entry(d, 'new-release').with, commit: 'main' };
        },
      },
    },
  },
  {
    n: 9,
    says: 'the app is started by name from its file, without what must not be there',
    holds: (plan) => {
      const { type, with: input } = act(plan, 'start-new')?.act ?? {};
      const { absent } = (input?.env ?? {}) as { absent?: readonly string[] };
      return (
        type === 'pm2.reload' &&
        input?.name === 'trading-journal' &&
        (absent?.includes('JWT_SECRET') ?? false) &&
        !/pm2[^"]*(restart|reload) all|--update-env/.test(said(plan))
      );
    },
    seed: {
      'restart all': (d) =>
        Object.assign(entry(d, 'start-new'), script('pm2 restart all --update-env'), noUndo),
      'variables that stayed': (d) => {
        const { env: _, ...rest } = entry(d, 'start-new').with as Record<string, unknown>;
        entry(d, 'start-new').with = rest;
      },
    },
  },
  {
    n: 10,
    says: 'before the line everything has its way back; behind it nothing goes back by itself',
    holds: (plan) => {
      const ids = order(plan);
      const line = ids.indexOf('line');
      const before = ids.slice(0, line).flatMap((id) => act(plan, id) ?? []);
      const watches = ['watch-logins', 'watch-errors', 'watch-data'].map((id) => plan.steps[id]);
      return (
        line > 0 &&
        before.every(
          (step) => step.act.effects === 'read' || step.undo.mode !== 'none' || step.undo.why !== null,
        ) &&
        before.every((step) => step.onFailure !== 'continue') &&
        watches.every(
          (step) => step?.kind === 'watch' && step.onFailure === 'hold' && isBehind(plan, step.id),
        )
      );
    },
    seed: {
      'an immediate rollback after T0': {
        refused: 'RB233',
        change: (d) => {
          entry(d, 'watch-logins').on_failure = 'rollback';
        },
      },
      'a watch nobody waits for': (d) => {
        entry(d, 'watch-errors').on_failure = 'continue';
      },
      'no line at all': {
        refused: 'RB224', // then every step needs a way back, and a mail has none
        change: (d) => {
          d.steps = d.steps.filter((each) => !('point_of_no_return' in each));
        },
      },
    },
  },
  {
    n: 11,
    says: 'failed logins are counted where they pass, of a least number, and silence is not health',
    holds: (plan) => {
      const watch = plan.steps['watch-logins'];
      if (watch?.kind !== 'watch') return false;
      return (
        watch.measure.type === 'log.scan' &&
        JSON.stringify(watch.measure.with).includes('POST /login') &&
        watch.samples !== null &&
        watch.minSamples > 1 &&
        !said(plan).includes('audit_log_entries')
      );
    },
    seed: {
      "Auth's own log": (d) => {
        const { with: input } = entry(d, 'watch-logins');
        if (!input) return;
        input.measure = {
          type: 'postgres.query',
          target: 'journal',
          with: {
            sql: "SELECT count(*) AS attempts FROM auth.audit_log_entries WHERE payload ->> 'action' = 'login'",
          },
        };
        input.samples = 'int(result.rows[0].attempts)';
        input.failure_condition = 'int(result.rows[0].attempts) < 1';
      },
      'a share of nothing': (d) => {
        const { samples: _s, min_samples: _m, no_data: _n, ...rest } = entry(d, 'watch-logins').with ?? {};
        entry(d, 'watch-logins').with = rest;
      },
    },
  },
  {
    n: 12,
    says: 'the walk has a user with a password and a way through the closed doors, before the decision',
    holds: (plan) =>
      /SMOKE_TOKEN/.test(text(plan, 'smoke')) &&
      /smoke_password/.test(text(plan, 'smoke')) &&
      isBefore(plan, 'smoke', 'go-no-go') &&
      isBefore(plan, 'smoke', 'smoke-whole') &&
      needs(plan, 'smoke-whole'),
    seed: {
      'against the 503': (d) => {
        const { SMOKE_TOKEN: _, ...rest } = (entry(d, 'smoke').with as { env: Record<string, string> }).env;
        entry(d, 'smoke').with = { ...entry(d, 'smoke').with, env: rest };
      },
      'once the doors are open': (d) => {
        move(d, ['smoke', 'smoke-whole'], 'walk');
        for (const id of ['smoke', 'smoke-whole']) Object.assign(entry(d, id), { rollback: undefined });
        const { with: input } = entry(d, 'go-no-go');
        if (input) input.require = (input.require as string[]).filter((id) => id !== 'smoke-whole');
      },
    },
  },
  {
    n: 13,
    says: 'the mails go out behind the line and after the last write to users',
    holds: (plan) =>
      isBefore(plan, 'line', 'recovery-mails') &&
      isBefore(plan, 'etl', 'recovery-mails') &&
      isBefore(plan, 'canary', 'recovery-mails'),
    seed: {
      'before the decision': (d) => {
        move(d, ['recovery-mails'], 'go-no-go');
        Object.assign(entry(d, 'recovery-mails'), noUndo);
      },
    },
  },
  {
    n: 14,
    says: 'a second night starts from a clean target, and the first one leaves it so',
    holds: (plan) =>
      isBefore(plan, 'target-clean', 'schema', 'etl') &&
      (act(plan, 'etl')?.undo.mode ?? 'none') === 'own' &&
      (act(plan, 'schema')?.undo.mode ?? 'none') === 'own',
    seed: {
      'whatever is there': (d) => drop(d, 'target-clean'),
      'nothing is taken back': (d) => {
        entry(d, 'etl').rollback = { undo: { none: 'It skips users who already exist' } };
      },
    },
  },
  {
    n: 15,
    says: 'the key of the page reads no row, which is asked before the decision',
    holds: (plan) => {
      const step = act(plan, 'strangers-see-nothing');
      return (
        needs(plan, 'strangers-see-nothing') &&
        isBefore(plan, 'etl', 'strangers-see-nothing') &&
        (step?.verify.some(
          (check) => check.type === 'http.check' && JSON.stringify(check.with).includes('anon_key'),
        ) ??
          false)
      );
    },
    seed: {
      'row-level security is for later': (d) => drop(d, 'strangers-see-nothing'),
    },
  },
  {
    n: 16,
    says: 'the flag of the doors is outside of every checkout',
    holds: (plan) => {
      const path = String(act(plan, 'maintenance-on')?.act.with.path);
      const checkouts = [plan.vars.current, plan.vars.new_release_dir, plan.vars.old_release_dir].map(String);
      return (
        checkouts.every((dir) => !path.startsWith(`${dir}/`)) &&
        path === act(plan, 'open-doors')?.act.with.path
      );
    },
    seed: {
      'in public/ of the app': (d) => {
        const path = '${{ vars.current }}/public/maintenance.html';
        for (const id of ['maintenance-on', 'open-doors']) entry(d, id).with = { ...entry(d, id).with, path };
      },
    },
  },
  {
    n: 17,
    says: 'the doors are looked at from the server too, and the running app at its own address',
    holds: (plan) => {
      const from = (id: string) => new Set(act(plan, id)?.verify.map((check) => check.runOn));
      return (
        ['maintenance-on', 'open-doors'].every((id) => from(id).has('vps') && from(id).has('local')) &&
        from('start-new').has('vps')
      );
    },
    seed: {
      "from the operator's laptop only": (d) => {
        for (const id of ['maintenance-on', 'open-doors', 'start-new'])
          for (const check of entry(d, id).verify as { run_on?: string }[]) delete check.run_on;
      },
    },
  },
  {
    n: 18,
    says: 'the link lands where its tokens are understood, and the canary went the same way',
    holds: (plan) => {
      const to = (id: string) => String(act(plan, id)?.act.with.redirect_to);
      return to('recovery-mails').endsWith('/auth/recovery') && to('canary') === to('recovery-mails');
    },
    seed: {
      'a callback for PKCE codes': (d) => {
        entry(d, 'recovery-mails').with = {
          ...entry(d, 'recovery-mails').with,
          redirect_to: '${{ vars.site }}/auth/callback?type=recovery',
        };
      },
    },
  },
];

const isBehind = (plan: Plan, id: string): boolean => isBefore(plan, 'line', id);

describe.each(traps)('trap $n: $says', ({ holds, seed }) => {
  test('the flagship keeps out of it', async () => {
    expect(holds(await planOf('cutover.yaml'))).toBe(true);
  });

  test.each(Object.entries(seed))('found when it is put back: %s', async (_, given) => {
    if (typeof given === 'function') expect(holds(await planOf('cutover.yaml', given))).toBe(false);
    else
      await expect(planOf('cutover.yaml', given.change)).rejects.toMatchObject({
        diagnostics: codes(given.refused),
      });
  });
});

const codes = (code: string): unknown => expect.arrayContaining([expect.objectContaining({ code })]);

test('all eighteen are here', () => {
  expect(traps.map(({ n }) => n)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
});
