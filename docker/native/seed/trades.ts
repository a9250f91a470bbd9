import { accountsPerUser, tagsPerUser, user } from './people.ts';
import { deal } from './prices.ts';
import {
  cents,
  cuid,
  edgeInstants,
  generator,
  instant,
  later,
  made,
  notes,
  pick,
  type Random,
  type Row,
  times,
  zeroDate,
} from './values.ts';

export const trade = (i: number): string => cuid('trd', i);

/** Trades follow each other through one year, then through it again. */
const minutesOfYear = 525_600;
const minute = (i: number): number => (i * 37) % minutesOfYear;

const openedAt = (i: number): string =>
  i % 97 === 0 ? pick(edgeInstants, Math.floor(i / 97)) : instant(minute(i));

const closedAt = (i: number, open: boolean): string | null => {
  if (i % 211 === 5) return zeroDate;
  return open ? null : later(openedAt(i), 12);
};

/** A few are from imports that did not say. A gain is a long that rose or a short that fell. */
const direction = (i: number, rises: boolean, pnl: number): string => {
  if (i % 43 === 7) return 'UNKNOWN';
  return rises === pnl >= 0 ? 'LONG' : 'SHORT';
};

const tradeRow = (i: number, users: number, random: Random): Row => {
  const open = i % 17 === 0;
  const owner = i % users;
  const { symbol, entry, exit, quantity, rises } = deal(i);
  const pnl = random(400_000) - 180_000;
  return {
    id: trade(i),
    userId: user(owner),
    accountId: i % 11 === 0 ? null : cuid('acc', owner * accountsPerUser + (i % accountsPerUser)),
    symbol,
    direction: direction(i, rises, pnl),
    openedAt: openedAt(i),
    closedAt: closedAt(i, open),
    entryPrice: entry,
    exitPrice: open ? null : exit,
    quantity,
    pointValue: i % 5 === 0 ? null : '2.00000000',
    realizedPnlUsd: open ? null : cents(pnl),
    fees: open ? null : '1.24',
    grossPnlUsd: open ? null : cents(pnl + 124),
    floatingRunupUsd: i % 4 === 0 ? null : cents(random(90_000)),
    floatingDrawdownUsd: i % 4 === 0 ? null : cents(-random(90_000)),
    riskRewardRatio: i % 3 === 0 ? null : `${1 + (i % 4)}.3333`,
    plannedRMultiple: i % 6 === 0 ? null : '2.0000',
    realizedRMultiple: open ? null : `-${i % 3}.6667`,
    ticksPerContract: i % 8 === 0 ? null : `${i % 90}.2500`,
    points: open ? null : `${i % 70}.0625`,
    importHash: i % 2 === 0 ? null : `lab-${i}`,
    note: pick(notes, i),
    rating: i % 4 === 0 ? null : (i % 5) + 1,
    youtubeUrl: i % 50 === 0 ? `https://www.youtube.com/watch?v=lab${i}&t=1m` : null,
    timesManuallySet: i % 9 === 0,
    reviewed: i % 2 === 0,
    hasPartialExits: i % exitEvery === 0,
    ...made(minute(i)),
  };
};

const exitEvery = 6;
export const screenshotEvery = 75;

/** Every row of a table has the same columns. */
export const tradeTables = (users: number, trades: number): [string, Iterable<Row>][] => {
  const random = generator(20_260_112);
  return [
    ['trades', times(trades, (i) => tradeRow(i, users, random))],
    [
      'trade_exits',
      times(Math.floor(trades / exitEvery), (i) => ({
        id: cuid('exi', i),
        tradeId: trade(i * exitEvery),
        exitedAt: later(openedAt(i * exitEvery), 6),
        ...deal(i * exitEvery).partial,
        pnl: i % 4 === 0 ? null : '12.50',
      })),
    ],
    [
      'trade_tags',
      times(trades, (i) => ({
        tradeId: trade(i),
        tagId: cuid('tag', (i % users) * tagsPerUser + (i % tagsPerUser)),
      })),
    ],
  ];
};
