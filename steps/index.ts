/** Every step type and target kind there is. The registry is made of these lists and nothing else. */
import type { Registry } from '../engine/registry.ts';
import type { AnyStepType } from '../engine/step.ts';
import type { AnyTargetKind } from '../engine/target.ts';
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
import { fileRemove } from './file-remove/step.ts';
import { fileWrite } from './file-write/step.ts';
import { gitCheckout } from './git-checkout/step.ts';
import { httpCheck } from './http-check/step.ts';
import { logScan } from './log-scan/step.ts';
import { mysqlDump } from './mysql-dump/step.ts';
import { mysqlFreeze } from './mysql-freeze/step.ts';
import { mysqlQuery } from './mysql-query/step.ts';
import { mysqlRestore } from './mysql-restore/step.ts';
import { notify } from './notify/step.ts';
import { pm2Reload } from './pm2-reload/step.ts';
import { postgresQuery } from './postgres-query/step.ts';
import { releaseSwitch } from './release-switch/step.ts';
import { supabaseRecoveryEmails } from './supabase-recovery-emails/step.ts';
import { supabaseSignIn } from './supabase-sign-in/step.ts';

const stepTypes: readonly AnyStepType[] = [
  archiveCreate,
  assert,
  command,
  dataCompare,
  emailSend,
  envEdit,
  fileRemove,
  fileWrite,
  gitCheckout,
  httpCheck,
  logScan,
  mysqlDump,
  mysqlFreeze,
  mysqlQuery,
  mysqlRestore,
  notify,
  pm2Reload,
  postgresQuery,
  releaseSwitch,
  supabaseRecoveryEmails,
  supabaseSignIn,
];

const targetKinds: readonly AnyTargetKind[] = [local, mysql, postgres, smtp, ssh, supabase];

export const registry: Registry = {
  steps: new Map(stepTypes.map((type) => [type.type, type])),
  targets: new Map(targetKinds.map((kind) => [kind.kind, kind])),
};
