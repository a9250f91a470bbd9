-- What 2.0 keeps in Supabase's Postgres. Names are those of MySQL; ids are uuid, times carry their zone.
-- Idempotent: `npm run db:push` may run it any number of times.

CREATE SCHEMA IF NOT EXISTS migration;

-- Which row of 1.4 became which row here.
CREATE TABLE IF NOT EXISTS migration.id_map (
  entity text NOT NULL,
  old_id text NOT NULL,
  new_id uuid NOT NULL,
  PRIMARY KEY (entity, old_id),
  UNIQUE (entity, new_id)
);

CREATE TABLE IF NOT EXISTS public.users (
  id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE,
  email text NOT NULL UNIQUE,
  "discordUsername" text,
  locale text NOT NULL DEFAULT 'en',
  "lastLoginAt" timestamptz(3),
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "updatedAt" timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.accounts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  name text NOT NULL,
  broker text,
  currency text NOT NULL DEFAULT 'USD',
  -- As 1.4's worker left it; 2.0 adds up when asked.
  "netPnlUsd" numeric(18,2),
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "updatedAt" timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS accounts_user ON public.accounts ("userId");

CREATE TABLE IF NOT EXISTS public.trades (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  "accountId" uuid REFERENCES public.accounts (id) ON DELETE SET NULL,
  symbol text NOT NULL,
  direction text NOT NULL DEFAULT 'UNKNOWN' CHECK (direction IN ('LONG', 'SHORT', 'UNKNOWN')),
  "openedAt" timestamptz(3) NOT NULL,
  "closedAt" timestamptz(3),
  "entryPrice" numeric(18,8) NOT NULL,
  "exitPrice" numeric(18,8),
  quantity numeric(18,8) NOT NULL,
  "pointValue" numeric(18,8),
  "realizedPnlUsd" numeric(18,2),
  fees numeric(18,2),
  "grossPnlUsd" numeric(18,2),
  "floatingRunupUsd" numeric(18,2),
  "floatingDrawdownUsd" numeric(18,2),
  "riskRewardRatio" numeric(10,4),
  "plannedRMultiple" numeric(10,4),
  "realizedRMultiple" numeric(10,4),
  "ticksPerContract" numeric(18,4),
  points numeric(18,4),
  "importHash" text UNIQUE,
  note text,
  rating integer,
  "youtubeUrl" text,
  "timesManuallySet" boolean NOT NULL DEFAULT false,
  reviewed boolean NOT NULL DEFAULT false,
  "hasPartialExits" boolean NOT NULL DEFAULT false,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "updatedAt" timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS trades_user_opened ON public.trades ("userId", "openedAt");
CREATE INDEX IF NOT EXISTS trades_account ON public.trades ("accountId");

CREATE TABLE IF NOT EXISTS public.trade_exits (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "tradeId" uuid NOT NULL REFERENCES public.trades (id) ON DELETE CASCADE,
  "exitedAt" timestamptz(3) NOT NULL,
  price numeric(18,8) NOT NULL,
  quantity numeric(18,8) NOT NULL,
  pnl numeric(18,2)
);
CREATE INDEX IF NOT EXISTS trade_exits_trade ON public.trade_exits ("tradeId");

CREATE TABLE IF NOT EXISTS public.tags (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  name text NOT NULL,
  color text NOT NULL DEFAULT '#6366f1',
  UNIQUE ("userId", name)
);

CREATE TABLE IF NOT EXISTS public.trade_tags (
  "tradeId" uuid NOT NULL REFERENCES public.trades (id) ON DELETE CASCADE,
  "tagId" uuid NOT NULL REFERENCES public.tags (id) ON DELETE CASCADE,
  PRIMARY KEY ("tradeId", "tagId")
);
CREATE INDEX IF NOT EXISTS trade_tags_tag ON public.trade_tags ("tagId");

CREATE TABLE IF NOT EXISTS public.day_journals (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  date date NOT NULL,
  note text,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "updatedAt" timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE ("userId", date)
);

CREATE TABLE IF NOT EXISTS public.day_tags (
  "dayJournalId" uuid NOT NULL REFERENCES public.day_journals (id) ON DELETE CASCADE,
  "tagId" uuid NOT NULL REFERENCES public.tags (id) ON DELETE CASCADE,
  PRIMARY KEY ("dayJournalId", "tagId")
);
CREATE INDEX IF NOT EXISTS day_tags_tag ON public.day_tags ("tagId");

CREATE TABLE IF NOT EXISTS public.screenshots (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "tradeId" uuid NOT NULL REFERENCES public.trades (id) ON DELETE CASCADE,
  path text NOT NULL,
  bytes integer NOT NULL,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS screenshots_trade ON public.screenshots ("tradeId");

CREATE TABLE IF NOT EXISTS public.import_profiles (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  name text NOT NULL,
  mapping jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS import_profiles_user ON public.import_profiles ("userId");

CREATE TABLE IF NOT EXISTS public.playbooks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
  name text NOT NULL,
  description text
);
CREATE INDEX IF NOT EXISTS playbooks_user ON public.playbooks ("userId");

CREATE TABLE IF NOT EXISTS public.playbook_groups (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "playbookId" uuid NOT NULL REFERENCES public.playbooks (id) ON DELETE CASCADE,
  name text NOT NULL,
  position integer NOT NULL
);
CREATE INDEX IF NOT EXISTS playbook_groups_playbook ON public.playbook_groups ("playbookId");

CREATE TABLE IF NOT EXISTS public.playbook_prerequisites (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "groupId" uuid NOT NULL REFERENCES public.playbook_groups (id) ON DELETE CASCADE,
  text text NOT NULL,
  position integer NOT NULL
);
CREATE INDEX IF NOT EXISTS playbook_prerequisites_group ON public.playbook_prerequisites ("groupId");

CREATE TABLE IF NOT EXISTS public.trade_playbooks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "tradeId" uuid NOT NULL REFERENCES public.trades (id) ON DELETE CASCADE,
  "playbookId" uuid NOT NULL REFERENCES public.playbooks (id) ON DELETE CASCADE,
  UNIQUE ("tradeId", "playbookId")
);
CREATE INDEX IF NOT EXISTS trade_playbooks_playbook ON public.trade_playbooks ("playbookId");

CREATE TABLE IF NOT EXISTS public.trade_playbook_prerequisites (
  "tradePlaybookId" uuid NOT NULL REFERENCES public.trade_playbooks (id) ON DELETE CASCADE,
  "prerequisiteId" uuid NOT NULL REFERENCES public.playbook_prerequisites (id) ON DELETE CASCADE,
  checked boolean NOT NULL DEFAULT false,
  PRIMARY KEY ("tradePlaybookId", "prerequisiteId")
);
CREATE INDEX IF NOT EXISTS trade_playbook_prerequisites_prerequisite
  ON public.trade_playbook_prerequisites ("prerequisiteId");

-- Supabase grants what is in `public` to everybody with the anon key. Without a policy, row-level security
-- closes it again; the app itself comes as the owner.
ALTER TABLE migration.id_map ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.trades ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.trade_exits ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.tags ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.trade_tags ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.day_journals ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.day_tags ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.screenshots ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.import_profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.playbooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.playbook_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.playbook_prerequisites ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.trade_playbooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.trade_playbook_prerequisites ENABLE ROW LEVEL SECURITY;
