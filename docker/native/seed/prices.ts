/** What trades cost: near the market's price, to its smallest step. All are numbers of 1/100,000,000. */
import { decimal8, generator, pick } from './values.ts';

interface Market {
  readonly symbol: string;
  readonly price: number;
  readonly step: number;
  readonly quantities: readonly number[];
}

/** Even, so that half of it can be sold early. */
const contracts = [200_000_000, 400_000_000, 200_000_000, 600_000_000];
const shares = [100_000_000, 2, 250_000_000, 12_345_678];

/** Futures move by quarters of a point; the other two need every decimal that the column has. */
const markets: readonly Market[] = [
  { symbol: 'MNQ', price: 2_100_000_000_000, step: 25_000_000, quantities: contracts },
  { symbol: 'BTCUSDT', price: 9_500_000_000_000, step: 1, quantities: shares },
  { symbol: 'MES', price: 590_000_000_000, step: 25_000_000, quantities: contracts },
  { symbol: 'EURUSD', price: 108_000_000, step: 1, quantities: shares },
  { symbol: 'NQ', price: 2_100_000_000_000, step: 25_000_000, quantities: contracts },
  { symbol: 'ES', price: 590_000_000_000, step: 25_000_000, quantities: contracts },
];

/** The smallest and the largest that the column holds: a float keeps neither. */
const extremes = ['0.00000001', '9999999999.99999999'];

export interface Deal {
  readonly symbol: string;
  readonly entry: string;
  readonly exit: string;
  readonly quantity: string;
  /** Half of it, half way. */
  readonly partial: { readonly price: string; readonly quantity: string };
  readonly rises: boolean;
}

const billion = 1_000_000_000;

/** Of the i-th trade: the same whenever it is asked for. */
export const deal = (i: number): Deal => {
  const random = generator(i * 7_919 + 1);
  const { symbol, price, step, quantities } = pick(markets, random(markets.length));
  const near = (base: number, share: number): number =>
    Math.round((base * (1 + (share * (random(2 * billion) - billion)) / billion)) / step) * step;
  const entry = near(price, 0.05);
  const exit = near(entry, 0.004);
  const quantity = pick(quantities, i);
  return {
    symbol,
    entry: i % 1009 === 3 ? pick(extremes, Math.floor(i / 1009)) : decimal8(entry),
    exit: decimal8(exit),
    quantity: decimal8(quantity),
    partial: {
      price: decimal8(Math.round((entry + exit) / 2 / step) * step),
      quantity: decimal8(quantity / 2),
    },
    rises: exit >= entry,
  };
};
