import type pg from 'pg';
import type { Config } from './config.ts';
import type { Mailer } from './mailer.ts';
import type { Limits } from './rate-limits.ts';

/** What every endpoint works with. */
export interface Service {
  readonly config: Config;
  readonly pool: pg.Pool;
  readonly mailer: Mailer;
  readonly limits: Limits;
}

/** What the middleware knows of a request. */
export interface Env {
  Variables: {
    /** Aborted once GOTRUE_API_MAX_REQUEST_DURATION is over. */
    deadline: AbortSignal;
  };
}
