import {
  type ActContext,
  type Finding,
  type Outcome,
  type Probed,
  type StepActs,
  StepFailed,
} from '../../engine/step.ts';
import { complaint, type Expected, faultsOf } from '../_kits/http/compare.ts';
import type { Written } from '../_kits/http/question.ts';
import { bodyOf, imageOf } from './image.ts';
import { keptOf, look, send } from './send.ts';
import type { HttpRequestBefore, HttpRequestInput, HttpRequestOutput } from './step.ts';

/** Of a read that stands beside the request: its own URL and headers, or those of the request. */
const readOf = (
  input: HttpRequestInput,
  { url, headers }: Pick<HttpRequestInput, 'headers'> & { readonly url?: string | undefined },
): Omit<Written, 'method'> => ({
  url: url ?? input.url,
  headers: { ...input.headers, ...headers },
  resolve: input.resolve,
  ca_file: input.ca_file,
});

/** Answers to a probe that say by themselves that nothing is there. */
const saysNo = (status: number): boolean =>
  (status >= 200 && status < 300) || status === 404 || status === 410;

const probe = async (ctx: ActContext, input: HttpRequestInput): Promise<Probed<HttpRequestOutput>> => {
  if (input.probe === undefined)
    return {
      state: 'unknown',
      why: 'the step has no probe, which would ask whether the request was carried out',
    };
  const looked = await look(ctx, readOf(input, input.probe));
  if ('why' in looked) return { state: 'unknown', why: looked.why };
  const { answer, from } = looked;
  const fits = (expected: Expected): boolean =>
    faultsOf(expected, answer, new URL(input.url), 0, ctx.mask).length === 0;
  if (fits(input.probe.done)) return { state: 'done', output: { status: null, from, kept: {} } };
  const no = input.probe.not_done
    ? fits(input.probe.not_done)
    : saysNo(answer.status) && answer.body.partial === null;
  if (no) return { state: 'not-done' };
  const faults = faultsOf(input.probe.done, answer, new URL(input.url), 0, ctx.mask);
  return {
    state: 'unknown',
    why: `the probe was answered, but ${complaint(faults, answer, from, ctx.mask)}`,
  };
};

const run = async (ctx: ActContext, input: HttpRequestInput): Promise<Outcome<HttpRequestOutput>> => {
  const { idempotency_header } = input;
  const headers =
    idempotency_header === undefined
      ? input.headers
      : { ...input.headers, [idempotency_header]: ctx.idempotencyKey };
  const answer = await send(ctx, { ...input, headers }, input);
  const { place } = await ctx.connect('shell');
  return { done: true, output: { status: answer.status, from: place, kept: keptOf(answer, input.keep) } };
};

const undo = async (
  ctx: ActContext,
  input: HttpRequestInput,
  before: HttpRequestBefore,
): Promise<Outcome<null>> => {
  if (input.undo === undefined)
    throw new StepFailed('the step has no request that undoes it', { effect: 'none' });
  const { method, status, body, body_of_before: pointer } = input.undo;
  const sent = pointer === undefined ? body : bodyOf(before);
  const written = { ...readOf(input, input.undo), method, body: sent };
  await send(ctx, written, { status, body_contains: [], json: {} });
  return { done: true, output: null };
};

const check = async (ctx: ActContext, input: HttpRequestInput): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  if (input.before) {
    const image = await imageOf(ctx, input, readOf(input, input.before));
    findings.push({ level: 'verified', what: `the read before answers ${image?.status}`, passing: true });
  }
  if (input.probe) {
    const probed = await probe(ctx, input);
    findings.push(
      probed.state === 'unknown'
        ? { level: 'problem', what: probed.why, passing: true }
        : probed.state === 'done'
          ? { level: 'problem', what: 'the probe says that it has happened already', passing: true }
          : { level: 'verified', what: 'the probe says that it has not happened', passing: true },
    );
  }
  const what = `${input.method} ${input.url} is not sent in a dry run`;
  return [...findings, { level: 'unchecked', what }];
};

export const acts: StepActs<HttpRequestInput, HttpRequestOutput, HttpRequestBefore> = {
  check,
  prepare: async (ctx, input) => (input.before ? imageOf(ctx, input, readOf(input, input.before)) : null),
  run,
  probe,
  undo,
};
