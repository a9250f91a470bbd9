import { type ActContext, type StepActs, StepFailed } from '../../engine/step.ts';
import { checkedNow } from '../_kits/checked-now.ts';
import { type Answer, ask, type Question } from '../_kits/http/ask.ts';
import { complaint, faultsOf } from '../_kits/http/compare.ts';
import { networkReason, questionOf } from '../_kits/http/question.ts';
import type { HttpCheckInput, HttpCheckOutput } from './step.ts';

const redirects = new Set([301, 302, 303, 307, 308]);
const shownHeaders = ['content-type', 'location', 'retry-after', 'server'] as const;

/** How far the answer came. */
interface Begun {
  status: number | null;
  bytes: number;
}

/** Aborts its signal once `max_ms` are over: a body that never ends would else be told as a time-out of the act. */
const inTime = (ctx: ActContext, { max_ms }: HttpCheckInput) => {
  const late = new AbortController();
  const over = new AbortController();
  if (max_ms !== undefined)
    void ctx.clock.sleep(max_ms + 1, over.signal).then(
      () => {
        if (!over.signal.aborted) late.abort('late');
      },
      () => undefined,
    );
  return { late: late.signal, signal: AbortSignal.any([ctx.signal, late.signal]), end: () => over.abort() };
};

/** A redirect to another origin is an answer, not a hop: headers with secrets must not follow it. */
const nextHop = (question: Question, { status, headers }: Answer): Question | null => {
  if (!redirects.has(status) || headers.location === undefined) return null;
  const url = URL.parse(headers.location, question.url.href);
  if (url?.origin !== question.url.origin) return null;
  const keeps = status === 307 || status === 308 || question.method === 'HEAD';
  return { ...question, url, ...(!keeps && { method: 'GET', body: undefined }) };
};

const shown = (headers: Answer['headers']): Record<string, string> =>
  Object.fromEntries(shownHeaders.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));

const outputOf = (answer: Answer, from: string, durationMs: number): HttpCheckOutput => ({
  status: answer.status,
  duration_ms: durationMs,
  from,
  address: answer.address,
  peer_certificate_sha256: answer.certificateSha256,
  bytes: answer.body.bytes,
  headers: shown(answer.headers),
});

/** A read changes nothing, and may find another answer the next time. */
const asked = { effect: 'none', retryable: true } as const;

const tooLate = (
  { max_ms, resolve }: HttpCheckInput,
  { url }: Question,
  { status, bytes }: Begun,
  place: string,
): StepFailed => {
  const far = status === null ? 'no answer' : `status ${status} and ${bytes} bytes, but no end of the body,`;
  return new StepFailed(
    `${far} within ${max_ms} ms from ${resolve ?? url.host} (asked from ${place}): at most ${max_ms} ms allowed`,
    asked,
  );
};

const asking = async (ctx: ActContext, input: HttpCheckInput): Promise<HttpCheckOutput> => {
  const shell = await ctx.connect('shell');
  const begun: Begun = { status: null, bytes: 0 };
  const { late, signal, end } = inTime(ctx, input);
  let question = await questionOf(ctx, input, {
    signal,
    onBegun: (status, bytes) => Object.assign(begun, { status, bytes }),
  });
  const startedAt = ctx.clock.now();
  let answer: Answer;
  try {
    answer = await ask(shell, question);
    for (let hops = 0; input.follow_redirects && hops < 5; hops += 1) {
      const next = nextHop(question, answer);
      if (next === null) break;
      question = next;
      answer = await ask(shell, question);
    }
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    if (late.aborted) throw tooLate(input, question, begun, shell.place);
    throw new StepFailed(
      `no answer from ${input.resolve ?? question.url.host} (asked from ${shell.place}): ${networkReason(error)}`,
      { ...asked, cause: error },
    );
  } finally {
    end();
  }
  const durationMs = Math.round(ctx.clock.now() - startedAt);
  const faults = faultsOf(input, answer, question.url, durationMs, ctx.mask);
  if (faults.length === 0) return outputOf(answer, shell.place, durationMs);
  const noAnswer = faults.every(({ open }) => open);
  throw new StepFailed(complaint(faults, answer, shell.place, ctx.mask), {
    ...asked,
    ...(noAnswer && { noAnswer }),
  });
};

export const acts: StepActs<HttpCheckInput, HttpCheckOutput, unknown> = {
  /** A read: the dry run asks for real. A mismatch may be what an earlier step is there to change. */
  check: (ctx, input) => checkedNow(asking(ctx, input), ({ status }) => `${input.url} answers ${status}`),

  run: async (ctx, input) => ({ done: true, output: await asking(ctx, input) }),

  async probe() {
    return { state: 'not-done' };
  },
};
