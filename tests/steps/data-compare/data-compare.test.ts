import { describe, expect, test } from 'vitest';
import { useLab } from '../../support/lab.ts';
import { outputOf } from './both-sides.ts';
import { useTrades } from './trades.ts';

const lab = await useLab();

describe('data.compare', () => {
  test('finds nothing where nothing differs, and says what it compared as what', async () => {
    const { run, check, given } = await useTrades(lab);
    expect(await check(given)).toEqual([
      {
        level: 'verified',
        what: expect.stringMatching(
          /^trades, about \d+ rows, by checksums: id: id of trades, userId: id of users, accountId: id of accounts, symbol: text, direction: text, openedAt: datetime, closedAt: datetime, price: decimal, pnl: decimal, rating: integer, reviewed: boolean, note: text, day: date$/,
        ),
      },
    ]);
    const counts = {
      rows: 500,
      differing: 0,
      missing: 0,
      extra: 0,
      zero_dates: 0,
      seconds: expect.any(Number),
    };
    expect(outputOf(await run(given))).toEqual({
      tables: { trades: counts },
      rows: 500,
      mismatches: 0,
      first: [],
      seconds: expect.any(Number),
    });
  });

  test('a later attempt knows how many rows there are, and compares each of them again', async () => {
    const { run, given, ctx, fresh, at } = await useTrades(lab);
    outputOf(await run(given));
    const first = ctx.reported().length;
    await fresh.ask(`UPDATE trades SET price = price + 1 WHERE ${at('t77')}`);
    expect(await run(given)).toMatchObject({ done: false });
    expect(
      new Set(
        ctx
          .reported()
          .slice(first)
          .map(({ total }) => total),
      ),
    ).toEqual(new Set([500]));
  });

  test('names what differs, is missing and is too many, without a value', async () => {
    const { run, found, given, ctx, fresh, at } = await useTrades(lab);
    await fresh.ask(`UPDATE trades SET price = price + 0.00000001 WHERE ${at('t77')}`);
    await fresh.ask(`UPDATE trades SET note = 'a private matter', rating = NULL WHERE ${at('t80')}`);
    await fresh.ask(`DELETE FROM trades WHERE ${at('t79')}`);
    await fresh.ask(
      `INSERT INTO trades SELECT '00000000-0000-4000-8000-000000000000', "userId", NULL, 'X', 'LONG', now(), NULL, 1, 1, 1, true, NULL, NULL FROM trades LIMIT 1`,
    );
    const outcome = await run(given);
    expect(outcome).toMatchObject({ done: false, effect: 'none', retryable: true });
    const { short } = outcome as { short: string };
    expect(short).toMatch(
      /^4 differences: trades: 2 rows differ, 1 row missing in Postgres, 1 row only in Postgres; /,
    );
    expect(short).toContain('trades id=t77 price: different values');
    expect(short).toContain('trades id=t80 rating: NULL in Postgres only (and 1 more column)');
    expect(short).toContain('trades id=t79 is missing in Postgres');
    expect(short).toContain('trades id=unmapped:00000000-0000-4000-8000-000000000000 is in Postgres only');
    expect(ctx.logged()).toContain(
      'trades id=t80\n  rating: NULL in Postgres only\n  note: text of 9 against 16 characters, apart from the 1st on\n',
    );
    for (const value of ['private', '9.625', '📈'])
      expect(`${short}${ctx.logged()}`, value).not.toContain(value);
    const output = await found(given);
    expect(output).toMatchObject({
      mismatches: 4,
      tables: { trades: { rows: 500, differing: 2, missing: 1, extra: 1 } },
    });
    expect(output.first.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { table: 'trades', key: 't77', what: 'differing', column: 'price' },
      { table: 'trades', key: 't79', what: 'missing', column: null },
      { table: 'trades', key: 't80', what: 'differing', column: 'rating' },
      { table: 'trades', key: 'unmapped:00000000-0000-4000-8000-000000000000', what: 'extra', column: null },
    ]);
  });
});
