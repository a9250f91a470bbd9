import { type ActContext, type Finding, StepFailed } from '../../engine/step.ts';
import { rehearseTarget } from '../_kits/files/rehearse.ts';
import { type Source, sourceOf } from './source.ts';
import type { FileCopyInput } from './step.ts';

/** Dry run: the source as it is now, what it would replace, and whether there is room for both. */
export const rehearseCopy = async (ctx: ActContext, input: FileCopyInput): Promise<readonly Finding[]> => {
  let source: Source | null = null;
  const findings: Finding[] = [];
  try {
    source = await sourceOf(ctx, input);
    findings.push({
      level: 'verified',
      what: `${input.from.path} on ${input.from.place} can be read, ${source.bytes} bytes`,
      passing: true,
    });
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    findings.push(error.notYet);
  }
  const { path, mkdir } = input;
  const bytes = source?.bytes ?? 0;
  return [...findings, ...(await rehearseTarget(ctx, { path, mkdir, bytes, verb: 'copy' }))];
};
