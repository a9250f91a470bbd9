/** A request as a runbook writes it, made ready to be sent. */
import type { ActContext, Secretable } from '../../../engine/step.ts';
import type { Question } from './ask.ts';

export interface Written {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, Secretable>>;
  readonly body?: Secretable | undefined;
  readonly resolve?: string | undefined;
  readonly ca_file?: string | undefined;
}

export const questionOf = async (
  ctx: ActContext,
  { url, method, headers, body, resolve, ca_file }: Written,
  told: Pick<Question, 'signal' | 'onSending' | 'onBegun'>,
): Promise<Question> => ({
  url: new URL(url),
  method,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, ctx.reveal(value)])),
  body: body === undefined ? undefined : ctx.reveal(body),
  resolve,
  ca: ca_file === undefined ? undefined : await ctx.readFile(ca_file),
  ...told,
});

/** What the network or TLS said. */
export const networkReason = (error: unknown): string => {
  // Happy eyeballs: the attempts' own errors say more than the sum of them.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
};
