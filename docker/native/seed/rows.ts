/** A few hundred rows, the same each time, with what breaks careless copies: emoji, NULL, 8 decimals, quotes. */
type Value = string | number | boolean | null;
type Row = Record<string, Value>;

/** bcrypt, 12 rounds, of "lab-password-1": computed once, Node has no bcrypt of its own. */
const passwordHash = '$2b$12$RunbookLabSaltRunbook.GOtmd5gWqpVclSsf9DLWMhrwtt4C3ZC';

const notes = [
  'Entered late, exited on plan 📈',
  'Réveillé trop tôt, « revenge trade » évité 🧘‍♀️',
  'It\'s a "textbook" pull-back\nsecond line\twith a tab',
  'バックスラッシュ \\ and a semicolon; and -- a comment',
  '',
  null,
];
const symbols = ['MNQ', 'MES', 'NQ', 'ES', 'BTCUSDT', 'EURUSD'];

/** Lehmer's generator: small, and the same on every machine. */
const generator = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
};

const cuid = (table: string, n: number): string => `c${table}${String(n).padStart(24 - table.length, '0')}`;
const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;
const instant = (minutes: number): string =>
  new Date(Date.UTC(2025, 0, 6, 14, 30) + minutes * 60_000).toISOString().replace('T', ' ').replace('Z', '');
const made = (minutes: number): Row => ({ createdAt: instant(minutes), updatedAt: instant(minutes + 5) });
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const userCount = 12;
const tagsPerUser = 3;
const accountsPerUser = 2;
const tradeCount = 300;

const user = (i: number): string => cuid('usr', i % userCount);
const tagOf = (i: number, n: number): string =>
  cuid('tag', (i % userCount) * tagsPerUser + (n % tagsPerUser));
const trade = (i: number): string => cuid('trd', i);

const tradeRow = (i: number, random: (below: number) => number): Row => {
  const open = i % 17 === 0;
  const entry = 100_000_000 + random(1_900_000_000);
  const move = random(20_000_000) - 10_000_000;
  const decimal = (n: number) => (n / 100_000).toFixed(8);
  const pnl = (move / 100_000).toFixed(2);
  return {
    id: trade(i),
    userId: user(i),
    accountId: i % 11 === 0 ? null : cuid('acc', (i % userCount) * accountsPerUser + (i % accountsPerUser)),
    symbol: pick(symbols, random(symbols.length)),
    direction: pick(['LONG', 'SHORT', 'UNKNOWN'], random(3)),
    openedAt: instant(i * 37),
    closedAt: open ? null : instant(i * 37 + 12),
    entryPrice: decimal(entry),
    exitPrice: open ? null : decimal(entry + move),
    quantity: pick(['1.00000000', '0.00000001', '2.50000000', '0.12345678'], i),
    pointValue: i % 5 === 0 ? null : '2.00000000',
    realizedPnlUsd: open ? null : pnl,
    fees: open ? null : '1.24',
    grossPnlUsd: open ? null : (Number(pnl) + 1.24).toFixed(2),
    riskRewardRatio: i % 3 === 0 ? null : '2.0000',
    importHash: i % 2 === 0 ? null : `lab-${i}`,
    note: pick(notes, i),
    rating: i % 4 === 0 ? null : (i % 5) + 1,
    reviewed: i % 2 === 0,
    hasPartialExits: i % 6 === 0,
    ...made(i * 37),
  };
};

/** Tables in the order that their foreign keys ask for; every row of a table has the same columns. */
export const seedRows = (): [table: string, rows: Row[]][] => {
  const random = generator(20_260_112);
  return [
    [
      'users',
      times(userCount, (i) => ({
        id: user(i),
        email: `trader${i + 1}@lab.test`,
        passwordHash,
        discordUsername: i % 3 === 0 ? null : `trader_${i + 1} 🐂`,
        locale: i % 2 === 0 ? 'fr' : 'en',
        ...made(i),
      })),
    ],
    [
      'password_resets',
      times(3, (i) => ({
        id: cuid('rst', i),
        userId: user(i),
        token: `lab-token-${i}`,
        expiresAt: instant(i + 60),
        usedAt: i === 0 ? instant(i) : null,
      })),
    ],
    [
      'accounts',
      times(userCount * accountsPerUser, (i) => ({
        id: cuid('acc', i),
        userId: user(Math.floor(i / accountsPerUser)),
        name: i % accountsPerUser === 0 ? 'Évaluation 50k' : 'Live €',
        broker: i % 3 === 0 ? null : 'Lab Futures',
        ...made(i),
      })),
    ],
    ['trades', times(tradeCount, (i) => tradeRow(i, random))],
    [
      'trade_exits',
      times(tradeCount / 6, (i) => ({
        id: cuid('exi', i),
        tradeId: trade(i * 6),
        exitedAt: instant(i * 222 + 6),
        price: `${1000 + i}.12345678`,
        quantity: '0.50000000',
        pnl: i % 4 === 0 ? null : '12.50',
      })),
    ],
    [
      'tags',
      times(userCount * tagsPerUser, (i) => ({
        id: cuid('tag', i),
        userId: user(Math.floor(i / tagsPerUser)),
        name: pick(['A+ setup ⭐', 'FOMO', 'news'], i),
      })),
    ],
    ['trade_tags', times(tradeCount, (i) => ({ tradeId: trade(i), tagId: tagOf(i, i) }))],
    [
      'day_journals',
      times(60, (i) => ({
        id: cuid('day', i),
        userId: user(i),
        date: instant(Math.floor(i / userCount) * 1440).slice(0, 10),
        note: pick(notes, i),
        ...made(i * 120),
      })),
    ],
    ['day_tags', times(60, (i) => ({ dayJournalId: cuid('day', i), tagId: tagOf(i, i) }))],
    [
      'screenshots',
      times(40, (i) => ({
        id: cuid('scr', i),
        tradeId: trade(i * 7),
        path: `/uploads/${trade(i * 7)}/capture d'écran ${i}.png`,
        bytes: 1000 + random(90_000),
        createdAt: instant(i),
      })),
    ],
    [
      'import_profiles',
      times(6, (i) => ({
        id: cuid('imp', i),
        userId: user(i),
        name: 'CSV',
        mapping: JSON.stringify({ symbol: 'Instrument', entryPrice: "Prix d'entrée", delimiter: ';' }),
      })),
    ],
    ...playbookRows(),
  ];
};

const playbookRows = (): [string, Row[]][] => [
  [
    'playbooks',
    times(8, (i) => ({
      id: cuid('plb', i),
      userId: user(i),
      name: `Opening range ${i}`,
      description: pick(notes, i),
    })),
  ],
  [
    'playbook_groups',
    times(16, (i) => ({
      id: cuid('grp', i),
      playbookId: cuid('plb', i >> 1),
      name: 'Context',
      position: i % 2,
    })),
  ],
  [
    'playbook_prerequisites',
    times(32, (i) => ({
      id: cuid('pre', i),
      groupId: cuid('grp', i >> 1),
      text: `VWAP ✓ ${i}`,
      position: i % 2,
    })),
  ],
  [
    'trade_playbooks',
    times(48, (i) => ({ id: cuid('tpb', i), tradeId: trade(i * 3), playbookId: cuid('plb', i % 8) })),
  ],
  [
    'trade_playbook_prerequisites',
    times(48, (i) => ({
      tradePlaybookId: cuid('tpb', i),
      prerequisiteId: cuid('pre', i % 32),
      checked: i % 2 === 0,
    })),
  ],
];
