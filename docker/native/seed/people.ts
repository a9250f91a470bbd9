import { cuid, instant, made, notes, pick, type Row, times, type Value, zeroDate } from './values.ts';

/** A user whom the rehearsal logs in as. `hash`: bcrypt. */
export interface Person {
  readonly email: string;
  readonly hash: string;
}

/** bcrypt of "lab-password-1" to "-6". Few, with little work: a login tries one, seeding makes thousands. */
const hashes = [
  '$2b$04$RunbookLabSaltRunbookeLlHYNJxmQjjWTj9dPvh7Fstrky1RK2q',
  '$2b$04$RunbookLabSaltRunbooke8Kr6cw8wFk6e.w2Als32UutVRFa63Fu',
  '$2b$04$RunbookLabSaltRunbookeZawVMvFVseIOHsQfDvspUcWaSEqoZuK',
  '$2b$04$RunbookLabSaltRunbookeV9XxvIiGMt2CJScx44HzXl.sQOM9l6u',
  '$2b$04$RunbookLabSaltRunbookeMGnnlir4agBEL258Vut8ppUt56heaWS',
  '$2b$04$RunbookLabSaltRunbookefa2n4b2zzYARqfeJP.nsbq.TdonXXDW',
];

export const user = (i: number): string => cuid('usr', i);
export const accountsPerUser = 2;
export const tagsPerUser = 3;
const daysPerUser = 5;

/** As typed when they signed up: MySQL's collation never minded the case, Supabase Auth lowers it. */
const emailOf = (i: number): string => (i % 7 === 3 ? `Trader.${i + 1}@Lab.Test` : `trader${i + 1}@lab.test`);

const userRow = (i: number, known: readonly Person[]): Row => ({
  id: user(i),
  email: known[i]?.email ?? emailOf(i),
  passwordHash: known[i]?.hash ?? pick(hashes, i),
  discordUsername: i % 3 === 0 ? null : `trader_${i + 1} 🐂`,
  locale: i % 2 === 0 ? 'fr' : 'en',
  lastLoginAt: lastLoginOf(i),
  ...made(i),
});

const lastLoginOf = (i: number): Value => {
  if (i % 13 === 7) return zeroDate;
  return i % 5 === 0 ? null : instant(i * 31);
};

/** `known` come first, the rest are `lab-password-N` traders. */
export const peopleTables = (users: number, known: readonly Person[]): [string, Iterable<Row>][] => [
  ['users', times(users, (i) => userRow(i, known))],
  [
    'password_resets',
    times(Math.ceil(users / 4), (i) => ({
      id: cuid('rst', i),
      userId: user(i),
      token: `lab-token-${i}`,
      expiresAt: instant(i + 60),
      usedAt: pick([instant(i), null, zeroDate], i),
    })),
  ],
  [
    'accounts',
    times(users * accountsPerUser, (i) => ({
      id: cuid('acc', i),
      userId: user(Math.floor(i / accountsPerUser)),
      name: i % accountsPerUser === 0 ? 'Évaluation 50k' : 'Live €',
      broker: i % 3 === 0 ? null : 'Lab Futures',
      ...made(i),
    })),
  ],
  [
    'tags',
    times(users * tagsPerUser, (i) => ({
      id: cuid('tag', i),
      userId: user(Math.floor(i / tagsPerUser)),
      name: pick(['A+ setup ⭐', 'FOMO', 'news'], i),
    })),
  ],
  [
    'day_journals',
    times(users * daysPerUser, (i) => ({
      id: cuid('day', i),
      userId: user(i % users),
      date: instant(Math.floor(i / users) * 1440).slice(0, 10),
      note: pick(notes, i),
      ...made(i * 120),
    })),
  ],
  [
    'day_tags',
    times(users * daysPerUser, (i) => ({
      dayJournalId: cuid('day', i),
      tagId: cuid('tag', (i % users) * tagsPerUser + (i % tagsPerUser)),
    })),
  ],
  [
    'import_profiles',
    times(Math.ceil(users / 2), (i) => ({
      id: cuid('imp', i),
      userId: user(i),
      name: 'CSV',
      mapping: JSON.stringify({ symbol: 'Instrument', entryPrice: "Prix d'entrée", delimiter: ';', skip: i }),
    })),
  ],
];
