import { defineTarget } from '../../../engine/target.ts';
import { supabaseConfig } from './config.ts';

export const supabase = defineTarget({
  kind: 'supabase',
  config: supabaseConfig,
  client: 'supabase',
  via: false,
  files: () => [],
  describe: ({ url }) => url,
});
