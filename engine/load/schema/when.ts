import * as z from 'zod';

export const when = z
  .union([z.boolean(), z.string().min(1)])
  .optional()
  .describe(
    'CEL, also in `${{ }}`: the step is skipped where it is false. Over vars it is decided when the runbook is loaded, over outputs when the step would start',
  );
