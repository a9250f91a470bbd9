/**
 * Every step type and target kind there is. The registry is made of these lists and nothing else. The clients are
 * behind the imports: a type that no runbook uses costs no start-up.
 */
import type { Registry } from '../engine/registry.ts';
import { type AnyStepType, withActs } from '../engine/step.ts';
import { type AnyTargetKind, withOpen } from '../engine/target.ts';
import { local } from './_targets/local/target.ts';
import { mysql } from './_targets/mysql/target.ts';
import { postgres } from './_targets/postgres/target.ts';
import { smtp } from './_targets/smtp/target.ts';
import { ssh } from './_targets/ssh/target.ts';
import { supabase } from './_targets/supabase/target.ts';
import { archiveCreate } from './archive-create/step.ts';
import { assert } from './assert/step.ts';
import { command } from './command/step.ts';
import { dataCompare } from './data-compare/step.ts';
import { emailSend } from './email-send/step.ts';
import { envEdit } from './env-edit/step.ts';
import { fileCopy } from './file-copy/step.ts';
import { fileRemove } from './file-remove/step.ts';
import { fileWrite } from './file-write/step.ts';
import { gitCheckout } from './git-checkout/step.ts';
import { httpCheck } from './http-check/step.ts';
import { httpRequest } from './http-request/step.ts';
import { logScan } from './log-scan/step.ts';
import { mysqlDump } from './mysql-dump/step.ts';
import { mysqlFreeze } from './mysql-freeze/step.ts';
import { mysqlQuery } from './mysql-query/step.ts';
import { mysqlRestore } from './mysql-restore/step.ts';
import { notify } from './notify/step.ts';
import { pm2Reload } from './pm2-reload/step.ts';
import { postgresDump } from './postgres-dump/step.ts';
import { postgresQuery } from './postgres-query/step.ts';
import { releaseSwitch } from './release-switch/step.ts';
import { supabaseRecoveryEmails } from './supabase-recovery-emails/step.ts';
import { supabaseSignIn } from './supabase-sign-in/step.ts';

const stepTypes: readonly AnyStepType[] = [
  withActs(archiveCreate, () => import('./archive-create/acts.ts')),
  withActs(assert, () => import('./assert/acts.ts')),
  withActs(command, () => import('./command/acts.ts')),
  withActs(dataCompare, () => import('./data-compare/acts.ts')),
  withActs(emailSend, () => import('./email-send/acts.ts')),
  withActs(envEdit, () => import('./env-edit/acts.ts')),
  withActs(fileCopy, () => import('./file-copy/acts.ts')),
  withActs(fileRemove, () => import('./file-remove/acts.ts')),
  withActs(fileWrite, () => import('./file-write/acts.ts')),
  withActs(gitCheckout, () => import('./git-checkout/acts.ts')),
  withActs(httpCheck, () => import('./http-check/acts.ts')),
  withActs(httpRequest, () => import('./http-request/acts.ts')),
  withActs(logScan, () => import('./log-scan/acts.ts')),
  withActs(mysqlDump, () => import('./mysql-dump/acts.ts')),
  withActs(mysqlFreeze, () => import('./mysql-freeze/acts.ts')),
  withActs(mysqlQuery, () => import('./mysql-query/acts.ts')),
  withActs(mysqlRestore, () => import('./mysql-restore/acts.ts')),
  withActs(notify, () => import('./notify/acts.ts')),
  withActs(pm2Reload, () => import('./pm2-reload/acts.ts')),
  withActs(postgresDump, () => import('./postgres-dump/acts.ts')),
  withActs(postgresQuery, () => import('./postgres-query/acts.ts')),
  withActs(releaseSwitch, () => import('./release-switch/acts.ts')),
  withActs(supabaseRecoveryEmails, () => import('./supabase-recovery-emails/acts.ts')),
  withActs(supabaseSignIn, () => import('./supabase-sign-in/acts.ts')),
];

const targetKinds: readonly AnyTargetKind[] = [
  withOpen(local, () => import('./_targets/local/open.ts')),
  withOpen(mysql, () => import('./_targets/mysql/open.ts')),
  withOpen(postgres, () => import('./_targets/postgres/open.ts')),
  withOpen(smtp, () => import('./_targets/smtp/open.ts')),
  withOpen(ssh, () => import('./_targets/ssh/open.ts')),
  withOpen(supabase, () => import('./_targets/supabase/open.ts')),
];

export const registry: Registry = {
  steps: new Map(stepTypes.map((type) => [type.type, type])),
  targets: new Map(targetKinds.map((kind) => [kind.kind, kind])),
};
