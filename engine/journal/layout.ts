import { join } from 'node:path';

/** Where the parts of one run are; absolute where `path` is. */
export const layout = (path: string) => ({
  journal: join(path, 'journal.jsonl'),
  /** The runbook as it was when the run was created. */
  source: join(path, 'runbook.yaml'),
  meta: join(path, 'meta.json'),
  /** @param digest `sha256:<hex>` */
  plan: (digest: string) => join(path, `plan-${digest.replace(/^sha256:/, '')}.json`),
  lock: join(path, 'lock'),
  /** Says who holds the lock; holds nothing itself. */
  holder: join(path, 'lock.json'),
  inbox: join(path, 'inbox'),
  /** Commands whose effect is in the journal. */
  inboxDone: join(path, 'inbox', 'done'),
  /** Files that were no command. */
  inboxRejected: join(path, 'inbox', 'rejected'),
  logs: join(path, 'logs'),
  acts: join(path, 'acts'),
  /** Work done item by item; made with the first of them. */
  ledgers: join(path, 'ledgers'),
  /** What acts noted for their next attempt; made with the first of them. */
  checkpoints: join(path, 'checkpoints'),
});

export type Layout = ReturnType<typeof layout>;
