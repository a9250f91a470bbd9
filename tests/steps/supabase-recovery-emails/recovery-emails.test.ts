import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileLedger } from '../../../engine/journal/ledger.ts';
import type { Recovery } from '../../support/fake-auth.ts';
import { redirectTo, send, useWorld, type World } from './mailing-world.ts';

const limited: Recovery = {
  status: 429,
  code: 'over_email_send_rate_limit',
  msg: 'email rate limit exceeded',
};
const justNow: Recovery = {
  status: 429,
  code: 'over_email_send_rate_limit',
  msg: 'For security purposes, you can only request this after 27 seconds.',
};
const tooFast: Recovery = { status: 429, code: 'over_request_rate_limit', msg: 'Request rate limit reached' };
const broken: Recovery = { status: 500, code: 'unexpected_failure', msg: 'Error sending recovery email' };
const invalid: Recovery = { status: 400, code: 'email_address_invalid', msg: 'Email address is invalid' };

const settledByHand = async (world: World, key: string, to: 'done' | 'not-done'): Promise<void> => {
  const path = join(world.ledgerDir, 'step.do.0.recipients.jsonl');
  const ledger = new FileLedger({ path, act: 'step/do/0', name: 'recipients', now: Date.now });
  for await (const _ of ledger.unsettled());
  ledger.settle(key, to);
  ledger.close();
};

/** Each once, in whatever order. */
const everybodyOnce = ({ auth }: World): void => {
  expect(auth.mailed.toSorted()).toEqual([...auth.users.keys()].toSorted());
};

const first =
  (answer: Recovery, of: number) =>
  (_: string, nth: number): Recovery =>
    nth <= of ? answer : 'mail';

describe('620 recipients', { timeout: 60_000 }, () => {
  test('each get one mail, by the anon key, with the address that was asked for', async () => {
    const world = await useWorld(620);
    const { outcome, probed, reported, logged } = await send(world);
    expect(outcome).toMatchObject({
      done: true,
      output: { planned: 620, sent: 620, failed: 0, unknown: 0, completed: false, link: null },
    });
    everybodyOnce(world);
    expect(new Set(world.auth.calls.map((call) => call.redirectTo))).toEqual(new Set([redirectTo]));
    expect(probed).toMatchObject({ state: 'done', output: { planned: 620, sent: 620 } });
    expect(reported.at(-1)).toEqual({ done: 620, total: 620, unit: 'mails' });
    expect(logged).not.toContain('@');
  });

  test('and more than nine pages of users are all found', async () => {
    const world = await useWorld(2_100);
    world.auth.recovery = () => ({ status: 401, code: 'no_authorization', msg: 'no' });
    // Whoever is not found is refused before the first call; here the first call is what ends it.
    expect((await send(world)).outcome).toMatchObject({
      done: false,
      short: expect.stringContaining('stopped'),
    });
    expect(world.auth.calls).toHaveLength(1);
  });
});

describe('before the first mail', () => {
  const refused = async (world: World, more: Record<string, unknown> = {}) => {
    const { outcome, probed } = await send(world, more);
    expect(world.auth.calls).toEqual([]);
    expect(probed).toEqual({ state: 'not-done' });
    expect(outcome).toMatchObject({ done: false, effect: 'none', retryable: false });
    return outcome.done ? '' : outcome.short;
  };

  test('the count is compared', async () => {
    const world = await useWorld(5);
    world.rows = world.rows.slice(1);
    expect(await refused(world)).toBe('4 recipients where 5 are expected; nobody was written to');
  });

  test.each([
    ['one without an address', null, '1 recipient (ck1) without an address'],
    ['one with none that could be one', 'marie', '1 recipient (ck1) with what is no mail address'],
    ['two that are one to Auth', 'USER0000@example.test', '2 recipients (ck0, ck1) share an address'],
    [
      'one whom Auth does not know',
      'nobody@example.test',
      'Auth does not know 1 recipient (ck1); nobody was written to',
    ],
  ])('%s is refused and named by its key', async (_, email, why) => {
    const world = await useWorld(3);
    world.rows = world.rows.with(1, { key: 'ck1', email });
    expect(await refused(world)).toBe(why);
  });

  test('a key that is an address is told in part', async () => {
    const world = await useWorld(2);
    world.rows = world.rows.with(1, { key: null, email: 'nobody@example.test' });
    expect(await refused(world)).toContain('(n***@example.test)');
  });
});

describe('the three limits', () => {
  test('of one user: that one waits, the others go on', async () => {
    const world = await useWorld(4);
    let told = 0;
    world.auth.recovery = (email) => (email === 'user0001@example.test' && told++ === 0 ? justNow : 'mail');
    expect((await send(world)).outcome).toMatchObject({ done: true, output: { sent: 4 } });
    expect(world.auth.mailed.at(-1)).toBe('user0001@example.test');
    expect(world.clock.slept.some((ms) => ms > 26_000 && ms <= 28_000)).toBe(true);
    everybodyOnce(world);
  });

  test('of one user: at the second that Auth named, before those who were not tried yet', async () => {
    const world = await useWorld(6);
    let told = 0;
    world.auth.recovery = (email) => (email === 'user0001@example.test' && told++ === 0 ? justNow : 'mail');
    const { outcome } = await send(world, { rate: { per_minute: 1 } });
    expect(outcome).toMatchObject({ done: true, output: { sent: 6 } });
    expect(world.auth.mailed.indexOf('user0001@example.test')).toBe(1);
    everybodyOnce(world);
  });

  test('of all mails: once its renewal was seen, no rest lasts beyond the next one', async () => {
    const world = await useWorld(20);
    const hourMs = 3_600_000;
    const startedAt = world.clock.now() - 1_234_000;
    const used = new Map<number, number>();
    const late: number[] = [];
    world.auth.recovery = () => {
      const now = world.clock.now() - startedAt;
      const hour = Math.floor(now / hourMs);
      const before = used.get(hour) ?? 0;
      if (before === 5) return limited;
      used.set(hour, before + 1);
      if (before === 0 && hour > 0) late.push(now - hour * hourMs);
      return 'mail';
    };
    const { outcome, logged } = await send(world);
    expect(outcome).toMatchObject({ done: true, output: { sent: 20 } });
    everybodyOnce(world);
    expect(late).toHaveLength(3);
    // The first one is met by chance, within a rest of five minutes.
    expect(late[0]).toBeLessThan(5 * 60_000 + 5_000);
    for (const ms of late.slice(1)) expect(ms).toBeLessThan(35_000);
    expect(logged).toMatch(/next try in \d min, it is renewed at about \d\d:\d\d UTC; 10 of 20 sent/);
  });

  test('of all mails: everybody waits, longer each time, and the log says until when', async () => {
    const world = await useWorld(4);
    world.auth.recovery = first(limited, 3);
    const { outcome, logged } = await send(world);
    expect(outcome).toMatchObject({ done: true, output: { sent: 4 } });
    everybodyOnce(world);
    const rests = world.clock.slept.filter((ms) => ms > 30_000).map((ms) => Math.round(ms / 60_000));
    expect(rests).toEqual([1, 2, 4]);
    expect(logged).toContain(
      "Auth's limit of mails is used up (GOTRUE_RATE_LIMIT_EMAIL_SENT): next try in 1 min; 0 of 4 sent",
    );
  });

  test('of requests from here: a rest, then half as fast', async () => {
    const world = await useWorld(4);
    world.auth.recovery = first(tooFast, 1);
    const { outcome, logged } = await send(world);
    expect(outcome).toMatchObject({ done: true, output: { sent: 4 } });
    expect(logged).toContain('GOTRUE_RATE_LIMIT_OTP');
    expect(logged).toContain('then half as fast');
    everybodyOnce(world);
  });

  test('the pace is kept', async () => {
    const world = await useWorld(4);
    await send(world, { rate: { per_hour: 60, burst: 2 } });
    expect(world.clock.slept.filter((ms) => ms > 50_000)).toHaveLength(2);
  });
});

describe('an outcome that nobody knows', () => {
  test('is proven by what Auth shows: a lost answer to a mail that went out', async () => {
    const world = await useWorld(4);
    world.auth.recovery = (email) => (email === 'user0001@example.test' ? 'mail-then-cut' : 'mail');
    expect((await send(world)).outcome).toMatchObject({ done: true, output: { sent: 4, unknown: 0 } });
    everybodyOnce(world);
  });

  test('or stays unknown, holds, and is never sent again by itself', async () => {
    const world = await useWorld(4);
    world.auth.recovery = (email) => (email === 'user0001@example.test' ? 'cut' : 'mail');
    const { outcome, probed } = await send(world);
    expect(outcome).toMatchObject({ done: false, effect: 'some', retryable: false });
    const short = outcome.done ? '' : outcome.short;
    expect(short).toMatch(
      /^3 of 4 sent, 1 unknown \(ck1, claimed \d\d:\d\d:\d\d UTC\): runbook ledger test-\S+ step$/,
    );
    expect(outcome).toMatchObject({ remedy: expect.stringContaining('--settle KEY --as sent|unsent') });
    expect(probed).toEqual({ state: 'alive' });
    world.auth.recovery = () => 'mail';
    expect((await send(world)).outcome).toMatchObject({ done: false });
    expect(world.auth.mailed).not.toContain('user0001@example.test');
    // What a person finds out is taken over.
    await settledByHand(world, 'ck1', 'not-done');
    expect((await send(world)).outcome).toMatchObject({ done: true, output: { sent: 4, unknown: 0 } });
    everybodyOnce(world);
  });

  test('is accepted where the runbook says so', async () => {
    const world = await useWorld(4);
    world.auth.recovery = (email) => (email === 'user0001@example.test' ? 'cut' : 'mail');
    const { outcome, probed } = await send(world, { on_unknown: 'accept' });
    expect(outcome).toMatchObject({ done: true, output: { planned: 4, sent: 3, unknown: 1 } });
    expect(probed).toMatchObject({ state: 'done', output: { unknown: 1 } });
  });

  test('three times in a row is no chance: it stops', async () => {
    const world = await useWorld(10);
    world.auth.recovery = () => broken;
    const { outcome } = await send(world);
    expect(outcome).toMatchObject({ done: false, retryable: false });
    expect(outcome.done ? '' : outcome.short).toContain(
      '3 in a row without a known outcome: Auth answers 500',
    );
    expect(world.auth.calls).toHaveLength(3);
  });
});

describe('a refusal', () => {
  test('of one address is that one alone', async () => {
    const world = await useWorld(5);
    world.auth.recovery = (email) => (email === 'user0001@example.test' ? invalid : 'mail');
    const { outcome, logged } = await send(world);
    expect(outcome).toMatchObject({ done: true, output: { planned: 5, sent: 4, failed: 1 } });
    expect(logged).toContain('ck1: failed: Auth refuses: Email address is invalid (email_address_invalid)');
  });

  test('of our keys ends it at once, with nothing sent', async () => {
    const world = await useWorld(5);
    world.auth.recovery = () => ({ status: 403, code: 'not_admin', msg: 'no' });
    expect((await send(world)).outcome).toMatchObject({ done: false, effect: 'none', retryable: false });
    world.auth.recovery = () => 'mail';
    expect((await send(world)).outcome).toMatchObject({ done: true, output: { sent: 5 } });
    everybodyOnce(world);
  });

  test('a server that is not there is waited for, then told; nobody counts as unknown', async () => {
    const world = await useWorld(5);
    world.auth.recovery = (_, nth) => {
      if (nth === 2) void world.auth.stop();
      return 'mail';
    };
    const { outcome } = await send(world);
    expect(outcome).toMatchObject({ done: false, effect: 'some', retryable: true });
    expect(outcome.done ? '' : outcome.short).toContain(
      '; stopped: Auth cannot be reached: connect ECONNREFUSED',
    );
  });
});

describe('stopped half-way', () => {
  test.each(['pause', 'stop', 'detach', 'timeout'])(
    'by %s, between two mails; then it goes on',
    async (reason) => {
      const world = await useWorld(30);
      const control = new AbortController();
      world.auth.recovery = (_, nth) => {
        if (nth === 12) control.abort(reason);
        return 'mail';
      };
      const { outcome, probed } = await send(world, {}, control.signal);
      expect(outcome).toMatchObject({
        done: false,
        effect: 'some',
        retryable: true,
        short: 'stopped between two mails: 12 of 30 sent',
      });
      expect(probed).toEqual({ state: 'alive' });
      // The list is that of the first time, whatever the query says now.
      world.rows = [];
      expect((await send(world)).outcome).toMatchObject({ done: true, output: { planned: 30, sent: 30 } });
      everybodyOnce(world);
    },
  );
});
