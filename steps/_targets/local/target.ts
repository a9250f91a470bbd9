/** This machine. Every run has it under the name `local`; it takes no entry in the file. */
import * as z from 'zod';
import { defineTarget } from '../../../engine/target.ts';

export const local = defineTarget({
  kind: 'local',
  config: z.strictObject({}),
  client: 'shell',
  via: false,
  files: () => [],
  describe: () => 'this machine',
});
