/** A change is proven by something else than its own exit code. */
import { isDeepStrictEqual } from 'node:util';
import type { PlanAct } from '../../plan.ts';
import type { ActStep, LintContext, LintedCall } from '../context.ts';
import type { Found, Rule } from '../rule.ts';
import { areRepeatable } from '../shell/repeatable.ts';

/** Only its exit code or answer says that it worked, and that is known to say too little. */
const isUnproven = (call: LintedCall): boolean => {
  if (call.act.effects !== 'write' || !call.traits.unproven) return false;
  if (call.commands.length > 0) return !areRepeatable(call.commands);
  return (
    call.changes.length === 0 ||
    call.changes.some(({ found }) => found === null || found.some(({ kind }) => kind === 'rows'))
  );
};

/** Steps whose output something reads: a check, a gate, the input of another step. */
const readSteps = ({ calls, steps }: LintContext): ReadonlySet<string> => {
  const read = new Set(calls.flatMap(({ act }) => act.reads));
  for (const { step } of steps)
    if (step.kind === 'gate')
      for (const criterion of step.criteria)
        for (const [, quoted, plain] of criterion.matchAll(
          /\bsteps(?:\[['"]([^'"]+)['"]\]|\.([A-Za-z_]\w*))/g,
        ))
          read.add(quoted ?? plain ?? '');
  return read;
};

export const writeWithoutVerify: Rule = {
  code: 'RB701',
  name: 'write-without-verify',
  level: 'warning',
  page: {
    what: 'A step that changes something, and nothing checks that the change is there',
    why: 'A schema tool ended with exit code 0 and had created no table, because it read another database from its environment. The migration that followed failed half an hour later, inside the maintenance window. An exit code says that a program ended. A `verify` says that the world is as wanted.',
    bad: `steps:
  - id: schema # runbook-ignore RB709: it can be run again
    type: command
    with: { run: [./bin/create-tables] }
    rollback: { undo: { none: The database is new } }`,
    good: `targets:
  db: { type: mysql, host: 127.0.0.1, user: app, password: "\${{ secrets.password }}", database: app }
secrets: { password: { env: PASSWORD } }
steps:
  - id: schema
    type: command
    with:
      run: [./bin/create-tables]
      probe: { run: [./bin/create-tables, --check] }
    verify:
      - { type: mysql.query, target: db, with: { sql: SELECT COUNT(*) FROM users, expect: { value: 0 } } }
    rollback: { undo: { none: The database is new } }`,
  },
  *check(context) {
    const read = readSteps(context);
    for (const step of context.acts) {
      if (!isUnproven(step.act) || step.step.verify.length > 0 || read.has(step.id)) continue;
      yield {
        at: context.atStep(step),
        step: step.id,
        message: `"${step.id}" changes something, and nothing checks that it worked`,
        remedy: 'Add a `verify` that reads what is there afterwards',
      };
    }
  },
};

export const rollbackWithoutVerify: Rule = {
  code: 'RB702',
  name: 'rollback-without-verify',
  level: 'note',
  page: {
    what: 'An undo of own steps, and nothing checks that the old state is there again',
    why: 'A rollback ran to its end and reported success. Its script had restored the configuration of the wrong host. The team announced that the old system was running and went home; customers found out first.',
    bad: `steps:
  - id: route
    type: command
    with:
      run: [./bin/route, new]
      probe: { run: [./bin/route, --is, new] }
    rollback:
      undo:
        - type: command # runbook-ignore RB709: it can be run again
          with: { run: [./bin/route, old] }`,
    good: `steps:
  - id: route
    type: command
    with:
      run: [./bin/route, new]
      probe: { run: [./bin/route, --is, new] }
    rollback:
      undo:
        - type: command
          with:
            run: [./bin/route, old]
            probe: { run: [./bin/route, --is, old] }
      verify:
        - { type: http.check, with: { url: "https://app.example/", status: 200 } }`,
  },
  *check(context) {
    for (const step of context.acts) {
      const { undo } = step.step;
      if (undo.mode !== 'own' || undo.verify.length > 0) continue;
      if (!step.calls.some((call) => call.site.role === 'undo' && isUnproven(call))) continue;
      yield {
        at: context.atKey(step, 'rollback'),
        step: step.id,
        message: `Nothing checks the rollback of "${step.id}": it is taken for done when its undo has ended`,
        remedy: 'Add `verify` under `rollback`, with a read that is true when the old state is there again',
      };
    }
  },
};

export const verifyIsPrecondition: Rule = {
  code: 'RB703',
  name: 'verify-is-precondition',
  level: 'warning',
  page: {
    what: 'A `verify` that is the same check as a precondition of the same step',
    why: 'A step was to move traffic to a new server. Precondition and verify both asked whether the site answers with 200. It did, before and after: from the old server, as the switch had not happened.',
    bad: `steps:
  - id: switch
    type: file.write
    with: { path: /etc/app/upstream, content: new }
    preconditions:
      - { type: http.check, with: { url: "https://app.example/" } }
    verify:
      - { type: http.check, with: { url: "https://app.example/" } }`,
    good: `steps:
  - id: switch
    type: file.write
    with: { path: /etc/app/upstream, content: new }
    preconditions:
      - { type: http.check, with: { url: "https://app.example/", json: { /version: old } } }
    verify:
      - { type: http.check, with: { url: "https://app.example/", json: { /version: new } } }`,
  },
  *check(context) {
    for (const step of context.acts) {
      const { preconditions, verify, act } = step.step;
      if (
        act.effects !== 'write' ||
        preconditions.length === 0 ||
        !verify.every((v) => isIn(v, preconditions))
      )
        continue;
      for (const call of step.calls) if (call.site.role === 'verify') yield same(context, step, call);
    }
  },
};

const same = (context: LintContext, step: ActStep, call: LintedCall): Found => ({
  at: context.atCall(call),
  step: step.id,
  message: `This verify is also a precondition of "${step.id}": it passes even if the step did nothing`,
  remedy: 'Check something that only the change makes true, such as a version or a count',
});

const isIn = (one: PlanAct, others: readonly PlanAct[]): boolean =>
  others.some(
    (other) =>
      one.type === other.type &&
      one.runOn === other.runOn &&
      one.target === other.target &&
      isDeepStrictEqual(one.with, other.with),
  );
