// Every table of 1.4 and what becomes of each column, in the order that foreign keys ask for. A table or column
// of MySQL that is not named here stops the migration: nothing is left out silently.
import { boolean, day, decimal, email, idOf, instant, integer, json, priceColumn, text } from './kinds.mjs';

const made = { createdAt: instant, updatedAt: instant };

const users = {
  id: idOf('users'),
  email,
  discordUsername: text,
  locale: text,
  lastLoginAt: instant,
  ...made,
};

const accounts = {
  id: idOf('accounts'),
  userId: idOf('users'),
  name: text,
  broker: text,
  currency: text,
  netPnlUsd: decimal,
  ...made,
};

const trades = {
  id: idOf('trades'),
  userId: idOf('users'),
  accountId: idOf('accounts'),
  symbol: text,
  direction: text,
  openedAt: instant,
  closedAt: instant,
  entryPrice: priceColumn,
  exitPrice: priceColumn,
  quantity: decimal,
  pointValue: decimal,
  realizedPnlUsd: decimal,
  fees: decimal,
  grossPnlUsd: decimal,
  floatingRunupUsd: decimal,
  floatingDrawdownUsd: decimal,
  riskRewardRatio: decimal,
  plannedRMultiple: decimal,
  realizedRMultiple: decimal,
  ticksPerContract: decimal,
  points: decimal,
  importHash: text,
  note: text,
  rating: integer,
  youtubeUrl: text,
  timesManuallySet: boolean,
  reviewed: boolean,
  hasPartialExits: boolean,
  ...made,
};

const exits = {
  id: idOf('trade_exits'),
  tradeId: idOf('trades'),
  exitedAt: instant,
  price: decimal,
  quantity: decimal,
  pnl: decimal,
};

/** Their files stay where they are, on the VPS's disk. */
const screenshots = {
  id: idOf('screenshots'),
  tradeId: idOf('trades'),
  path: text,
  bytes: integer,
  createdAt: instant,
};

const days = { id: idOf('day_journals'), userId: idOf('users'), date: day, note: text, ...made };
const profiles = { id: idOf('import_profiles'), userId: idOf('users'), name: text, mapping: json };
const playbooks = { id: idOf('playbooks'), userId: idOf('users'), name: text, description: text };
const groups = { id: idOf('playbook_groups'), playbookId: idOf('playbooks'), name: text, position: integer };
const prerequisites = {
  id: idOf('playbook_prerequisites'),
  groupId: idOf('playbook_groups'),
  text,
  position: integer,
};
const played = { id: idOf('trade_playbooks'), tradeId: idOf('trades'), playbookId: idOf('playbooks') };
const checks = {
  tradePlaybookId: idOf('trade_playbooks'),
  prerequisiteId: idOf('playbook_prerequisites'),
  checked: boolean,
};

/**
 * `key`: the primary key, where it is not `id` (which always comes first).
 * `dropped`: columns without a place in the new schema; a user's password goes to Supabase Auth (users.mjs).
 */
export const tables = [
  { name: 'users', columns: users, dropped: ['passwordHash'] },
  { name: 'accounts', columns: accounts },
  { name: 'trades', columns: trades },
  { name: 'trade_exits', columns: exits },
  { name: 'tags', columns: { id: idOf('tags'), userId: idOf('users'), name: text, color: text } },
  {
    name: 'trade_tags',
    columns: { tradeId: idOf('trades'), tagId: idOf('tags') },
    key: ['tradeId', 'tagId'],
  },
  { name: 'day_journals', columns: days },
  {
    name: 'day_tags',
    columns: { dayJournalId: idOf('day_journals'), tagId: idOf('tags') },
    key: ['dayJournalId', 'tagId'],
  },
  { name: 'screenshots', columns: screenshots },
  { name: 'import_profiles', columns: profiles },
  { name: 'playbooks', columns: playbooks },
  { name: 'playbook_groups', columns: groups },
  { name: 'playbook_prerequisites', columns: prerequisites },
  { name: 'trade_playbooks', columns: played },
  { name: 'trade_playbook_prerequisites', columns: checks, key: ['tradePlaybookId', 'prerequisiteId'] },
];

/** Counted, not copied: links that 1.4 mailed lead nowhere in 2.0. */
export const skippedTables = ['password_resets'];

/** Every column that is read, in the order in which it is read: the new ones first. */
export const sourceColumns = ({ columns, dropped = [] }) => [...Object.keys(columns), ...dropped];

export const keyOf = ({ key = ['id'] }) => key;
