/** The old app's MySQL as Prisma made it: cuid ids, camelCase columns, deletes that cascade from users. */
const id = 'id VARCHAR(191) NOT NULL PRIMARY KEY';
const made = 'createdAt DATETIME(3) NOT NULL, updatedAt DATETIME(3) NOT NULL';
const ref = (column: string, table: string, onDelete = 'CASCADE') =>
  `FOREIGN KEY (${column}) REFERENCES ${table} (id) ON DELETE ${onDelete}`;
const key = (column: string) => `${column} VARCHAR(191) NOT NULL`;
const join = (name: string, left: [string, string], right: [string, string]) =>
  `CREATE TABLE ${name} (${key(left[0])}, ${key(right[0])}, PRIMARY KEY (${left[0]}, ${right[0]}),
    ${ref(...left)}, ${ref(...right)});`;

export const schema = `
CREATE TABLE users (${id}, email VARCHAR(191) NOT NULL UNIQUE, passwordHash VARCHAR(191) NOT NULL,
  discordUsername VARCHAR(191), locale VARCHAR(8) NOT NULL DEFAULT 'en', lastLoginAt DATETIME(3), ${made});
CREATE TABLE password_resets (${id}, ${key('userId')}, token VARCHAR(191) NOT NULL UNIQUE,
  expiresAt DATETIME(3) NOT NULL, usedAt DATETIME(3), ${ref('userId', 'users')});
CREATE TABLE accounts (${id}, ${key('userId')}, name VARCHAR(191) NOT NULL, broker VARCHAR(191),
  currency CHAR(3) NOT NULL DEFAULT 'USD', netPnlUsd DECIMAL(18,2), ${made}, KEY (updatedAt), ${ref('userId', 'users')});
CREATE TABLE trades (${id}, ${key('userId')}, accountId VARCHAR(191), symbol VARCHAR(32) NOT NULL,
  direction ENUM('LONG', 'SHORT', 'UNKNOWN') NOT NULL DEFAULT 'UNKNOWN',
  openedAt DATETIME(3) NOT NULL, closedAt DATETIME(3),
  entryPrice DECIMAL(18,8) NOT NULL, exitPrice DECIMAL(18,8), quantity DECIMAL(18,8) NOT NULL,
  pointValue DECIMAL(18,8), realizedPnlUsd DECIMAL(18,2), fees DECIMAL(18,2), grossPnlUsd DECIMAL(18,2),
  floatingRunupUsd DECIMAL(18,2), floatingDrawdownUsd DECIMAL(18,2),
  riskRewardRatio DECIMAL(10,4), plannedRMultiple DECIMAL(10,4), realizedRMultiple DECIMAL(10,4),
  ticksPerContract DECIMAL(18,4), points DECIMAL(18,4), importHash VARCHAR(191) UNIQUE,
  note TEXT, rating INT, youtubeUrl VARCHAR(500), timesManuallySet BOOLEAN NOT NULL DEFAULT FALSE,
  reviewed BOOLEAN NOT NULL DEFAULT FALSE, hasPartialExits BOOLEAN NOT NULL DEFAULT FALSE, ${made},
  ${ref('userId', 'users')}, ${ref('accountId', 'accounts', 'SET NULL')}, KEY (userId, openedAt));
CREATE TABLE trade_exits (${id}, ${key('tradeId')}, exitedAt DATETIME(3) NOT NULL,
  price DECIMAL(18,8) NOT NULL, quantity DECIMAL(18,8) NOT NULL, pnl DECIMAL(18,2), ${ref('tradeId', 'trades')});
CREATE TABLE tags (${id}, ${key('userId')}, name VARCHAR(191) NOT NULL,
  color VARCHAR(7) NOT NULL DEFAULT '#6366f1', UNIQUE (userId, name), ${ref('userId', 'users')});
${join('trade_tags', ['tradeId', 'trades'], ['tagId', 'tags'])}
CREATE TABLE day_journals (${id}, ${key('userId')}, date DATE NOT NULL, note TEXT, ${made},
  UNIQUE (userId, date), ${ref('userId', 'users')});
${join('day_tags', ['dayJournalId', 'day_journals'], ['tagId', 'tags'])}
CREATE TABLE screenshots (${id}, ${key('tradeId')}, path VARCHAR(500) NOT NULL, bytes INT NOT NULL,
  createdAt DATETIME(3) NOT NULL, ${ref('tradeId', 'trades')});
CREATE TABLE import_profiles (${id}, ${key('userId')}, name VARCHAR(191) NOT NULL, mapping LONGTEXT NOT NULL,
  ${ref('userId', 'users')});
CREATE TABLE playbooks (${id}, ${key('userId')}, name VARCHAR(191) NOT NULL, description TEXT, ${ref('userId', 'users')});
CREATE TABLE playbook_groups (${id}, ${key('playbookId')}, name VARCHAR(191) NOT NULL, position INT NOT NULL,
  ${ref('playbookId', 'playbooks')});
CREATE TABLE playbook_prerequisites (${id}, ${key('groupId')}, text VARCHAR(500) NOT NULL, position INT NOT NULL,
  ${ref('groupId', 'playbook_groups')});
CREATE TABLE trade_playbooks (${id}, ${key('tradeId')}, ${key('playbookId')}, UNIQUE (tradeId, playbookId),
  ${ref('tradeId', 'trades')}, ${ref('playbookId', 'playbooks')});
CREATE TABLE trade_playbook_prerequisites (${key('tradePlaybookId')}, ${key('prerequisiteId')},
  checked BOOLEAN NOT NULL DEFAULT FALSE, PRIMARY KEY (tradePlaybookId, prerequisiteId),
  ${ref('tradePlaybookId', 'trade_playbooks')}, ${ref('prerequisiteId', 'playbook_prerequisites')});
CREATE VIEW trade_totals AS
  SELECT userId, COUNT(*) AS trades, SUM(realizedPnlUsd) AS realizedPnlUsd FROM trades GROUP BY userId;
CREATE PROCEDURE close_trade (IN trade VARCHAR(191), IN price DECIMAL(18,8))
  UPDATE trades SET exitPrice = price, closedAt = NOW(3) WHERE id = trade;
CREATE TRIGGER touch_trade BEFORE UPDATE ON trades FOR EACH ROW SET NEW.updatedAt = NOW(3);
`;
