/** What a read answered before the request was sent, kept for the undo. */
import { type ActContext, ForeignJsonError, parseForeignJson, StepFailed } from '../../engine/step.ts';
import { complaint, faultsOf } from '../_kits/http/compare.ts';
import type { Written } from '../_kits/http/question.ts';
import { valueAt } from '../_kits/json-pointer.ts';
import { look } from './send.ts';
import type { HttpRequestBefore, HttpRequestInput } from './step.ts';

/** Of a body that goes into the journal. */
const longestBody = 64 * 1024;

const untouched = (what: string, remedy?: string): StepFailed =>
  new StepFailed(what, { effect: 'none', retryable: true, ...(remedy !== undefined && { remedy }) });

/** Throws StepFailed where the read does not answer as `before` says, or its answer cannot be sent again as it is. */
export const imageOf = async (
  ctx: ActContext,
  input: HttpRequestInput,
  read: Omit<Written, 'method'>,
): Promise<HttpRequestBefore> => {
  if (input.before === undefined) return null;
  const looked = await look(ctx, read);
  if ('why' in looked) throw untouched(`the read before: ${looked.why}`);
  const { answer, from } = looked;
  const faults = faultsOf(input.before, answer, new URL(read.url), 0, ctx.mask);
  if (faults.length > 0) throw untouched(`the read before: ${complaint(faults, answer, from, ctx.mask)}`);
  const pointer = input.undo?.body_of_before;
  if (pointer === undefined) return { status: answer.status, body: null };
  const { text, partial, bytes } = answer.body;
  if (partial !== null) throw untouched(`the read before: its body cannot be kept: ${partial}`);
  if (bytes > longestBody)
    throw untouched(
      `the read before answers with ${bytes} bytes, at most ${longestBody} are kept for the undo`,
      'Name a smaller resource, or write a rollback.undo for the step',
    );
  // The journal holds no secret: what was masked there would be sent back as ***.
  if (ctx.mask(text) !== text)
    throw untouched(
      'the read before answers with a secret in its body, which is not kept',
      'Write a rollback.undo for the step that does not need it',
    );
  const body = partOf(text, pointer);
  if (typeof body !== 'string') throw untouched(`the read before: ${body.fault}`);
  return { status: answer.status, body };
};

/** What stands at `pointer`, as a body: a string as it is, anything else as JSON. All of it stays as it was written. */
const partOf = (text: string, pointer: string): string | { readonly fault: string } => {
  if (pointer === '') return text;
  try {
    const found = valueAt(parseForeignJson(text), pointer);
    if (found === undefined) return { fault: `nothing stands at ${pointer} of its answer` };
    return typeof found === 'string' ? found : JSON.stringify(found);
  } catch (error) {
    if (!(error instanceof ForeignJsonError)) throw error;
    return { fault: error.message };
  }
};

/** Throws StepFailed where nothing was kept: the undo would send something else. */
export const bodyOf = (before: HttpRequestBefore): string => {
  if (typeof before?.body === 'string') return before.body;
  throw new StepFailed('what was there before is not known, so it cannot be sent back', {
    effect: 'none',
    remedy: 'Restore it by hand, then say that the undo is done',
  });
};
