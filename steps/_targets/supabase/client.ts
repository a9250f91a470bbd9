/** What a Supabase target offers to acts. */
import type { SupabaseClient } from '@supabase/supabase-js';

/**
 * What is known of a client's last call beneath supabase-js, which reports a refused connection and a lost answer
 * alike. `unsent`: no byte of it reached the server. `lost`: it may have been carried out.
 */
export interface Wire {
  outcome: 'none' | 'answered' | 'unsent' | 'lost';
  /** Of the answer. */
  status: number | null;
  headers: Headers | null;
}

export interface SupabaseTarget {
  /** The target's name. */
  readonly target: string;
  readonly url: string;
  /** Whether the target has a service role key. */
  readonly hasAdmin: boolean;
  /** A client of its own, that keeps its session in memory and refreshes none. */
  anon(signal?: AbortSignal): { readonly client: SupabaseClient; readonly wire: Wire };
  /** As administrator. Throws TargetError where the target has no service role key. */
  admin(signal?: AbortSignal): { readonly client: SupabaseClient; readonly wire: Wire };
}

declare module '../../../engine/step.ts' {
  interface Clients {
    supabase: SupabaseTarget;
  }
}
