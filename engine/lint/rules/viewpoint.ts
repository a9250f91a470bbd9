import type { LintContext } from '../context.ts';
import type { Rule } from '../rule.ts';

const originOf = (url: string): string | null => URL.parse(url)?.origin ?? null;

/** Where the origins are asked from, anywhere in the runbook but on the operator's machine. */
const askedElsewhere = ({ calls }: LintContext): ReadonlySet<string | null> =>
  new Set(
    calls
      .filter(({ act, traits }) => traits.asks !== undefined && act.runOn !== 'local')
      .map(({ traits }) => originOf(traits.asks ?? '')),
  );

export const seenFromHereOnly: Rule = {
  code: 'RB714',
  name: 'seen-from-the-operator-only',
  level: 'warning',
  page: {
    what: "A change that is checked only from the operator's own machine, though there is a server to check it from",
    why: "The operator's laptop still had a line for the site in its hosts file, from a rehearsal. All checks were green. Everybody else saw the old server for six hours. A laptop has a VPN, a cache and a hosts file of its own.",
    bad: `targets:
  web: { type: ssh, host: web.example, user: deploy, known_hosts: ./known_hosts }
steps:
  - id: open
    type: file.remove
    run_on: web
    with: { path: /srv/maintenance }
    verify:
      - { type: http.check, with: { url: "https://app.example/", status: 200 } }`,
    good: `targets:
  web: { type: ssh, host: web.example, user: deploy, known_hosts: ./known_hosts }
steps:
  - id: open
    type: file.remove
    run_on: web
    with: { path: /srv/maintenance }
    verify:
      - { type: http.check, with: { url: "https://app.example/", status: 200 } }
      - { type: http.check, run_on: web, with: { url: "https://app.example/", status: 200 } }`,
  },
  *check(context) {
    const writesElsewhere = context.acts.some(
      ({ act }) => act.act.effects === 'write' && act.act.runOn !== 'local',
    );
    if (!writesElsewhere) return;
    const elsewhere = askedElsewhere(context);
    const seen = new Set<string>();
    for (const { calls, act, id } of context.acts) {
      if (act.act.effects !== 'write') continue;
      for (const call of calls) {
        const origin = call.traits.asks === undefined ? null : originOf(call.traits.asks);
        if (call.site.role !== 'verify' || origin === null || seen.has(origin) || elsewhere.has(origin))
          continue;
        seen.add(origin);
        yield {
          at: context.atInput(call, ['url']),
          step: id,
          message: `${origin} is asked only from the operator's machine, which may see another server than everybody else`,
          remedy: 'Add the same check with `run_on`, from a server',
        };
      }
    }
  },
};
