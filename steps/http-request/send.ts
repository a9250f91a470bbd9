/** One request that changes something, and what is known of it when its answer is not as it should be. */
import { type ActContext, ForeignJsonError, parseForeignJson, StepFailed } from '../../engine/step.ts';
import { type Answer, ask } from '../_kits/http/ask.ts';
import { complaint, type Expected, faultsOf } from '../_kits/http/compare.ts';
import { networkReason, questionOf, type Written } from '../_kits/http/question.ts';
import { valueAt } from '../_kits/json-pointer.ts';
import type { HttpRequestOutput } from './step.ts';

/** The server did not take the request up, and may take the next one. */
const later = new Set([408, 425, 429]);
/** Of a request with the same key that is being worked on, or of one that this one contradicts. */
const conflict = 409;

/** What a status says of the work: 4xx refuses it, anything else unexpected leaves it open. */
const effectOf = (status: number): 'none' | 'unknown' =>
  status >= 400 && status < 500 && status !== conflict ? 'none' : 'unknown';

/** Sends it once. Throws StepFailed where the answer is not as expected, or there is none. */
export const send = async (ctx: ActContext, written: Written, expected: Expected): Promise<Answer> => {
  const shell = await ctx.connect('shell');
  let sending = false;
  const question = await questionOf(ctx, written, {
    signal: ctx.signal,
    onSending: () => {
      sending = true;
    },
  });
  let answer: Answer;
  try {
    answer = await ask(shell, question);
  } catch (error) {
    const host = written.resolve ?? question.url.host;
    const why = ctx.signal.aborted ? `stopped (${String(ctx.signal.reason)})` : networkReason(error);
    const far = sending ? 'the request was sent, and no answer came' : 'no connection';
    throw new StepFailed(`${far} from ${host} (asked from ${shell.place}): ${why}`, {
      effect: sending ? 'unknown' : 'none',
      retryable: !sending && !ctx.signal.aborted,
      cause: error,
    });
  }
  const faults = faultsOf(expected, answer, question.url, 0, ctx.mask);
  if (faults.length === 0) return answer;
  const taken = [expected.status].flat().includes(answer.status);
  throw new StepFailed(complaint(faults, answer, shell.place, ctx.mask), {
    effect: taken ? 'unknown' : effectOf(answer.status),
    retryable: later.has(answer.status),
    ...(answer.status === 401 || answer.status === 403
      ? { remedy: 'Check the credentials in `headers`, and what they allow' }
      : {}),
  });
};

/** A read beside the request; null: no answer, so nothing is known. */
export const look = async (
  ctx: ActContext,
  written: Omit<Written, 'method'>,
): Promise<{ readonly answer: Answer; readonly from: string } | { readonly why: string }> => {
  const shell = await ctx.connect('shell');
  const question = await questionOf(ctx, { ...written, method: 'GET' }, { signal: ctx.signal });
  try {
    return { answer: await ask(shell, question), from: shell.place };
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    const host = written.resolve ?? question.url.host;
    return { why: `no answer from ${host} (asked from ${shell.place}): ${networkReason(error)}` };
  }
};

/** The values that later steps read. Throws StepFailed where one is missing: the request itself was carried out. */
export const keptOf = (
  { body }: Answer,
  keep: Readonly<Record<string, string>>,
): HttpRequestOutput['kept'] => {
  if (Object.keys(keep).length === 0) return {};
  const missing = (what: string): never => {
    throw new StepFailed(`the request was carried out, but ${what}`, {
      effect: 'some',
      remedy: 'Look at what it made by hand, then say whether the step is done, or roll back',
    });
  };
  let document: unknown;
  try {
    document =
      body.partial === null
        ? parseForeignJson(body.text)
        : missing(`its answer cannot be read: ${body.partial}`);
  } catch (error) {
    if (!(error instanceof ForeignJsonError)) throw error;
    return missing(`its answer is not JSON: ${error.message}`);
  }
  return Object.fromEntries(
    Object.entries(keep).map(([name, pointer]) => {
      const found = valueAt(document, pointer);
      return [
        name,
        found === undefined
          ? missing(`nothing stands at ${pointer} of its answer`)
          : (found as HttpRequestOutput['kept'][string]),
      ];
    }),
  );
};
