import type { Wire } from './client.ts';

/** Nobody was spoken to: no address, nobody listening, or a certificate that was refused before the request. */
const unsent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_.*|UNABLE_TO_.*|DEPTH_ZERO_.*|SELF_SIGNED.*|ERR_TLS_.*)$/;

const codesOf = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  // An address with several IPs fails once for each: only if none was reached is nothing sent.
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : codesOf(error.cause);
  return [...code, ...inner];
};

const isUnsent = (error: unknown): boolean => {
  const codes = codesOf(error);
  return codes.length > 0 && codes.every((code) => unsent.test(code));
};

/** A fetch with a time limit that writes down what it knows of its last call. */
export const watchedFetch = (
  timeoutMs: number,
  signal?: AbortSignal,
): { fetch: typeof fetch; wire: Wire } => {
  const wire: Wire = { outcome: 'none', status: null, headers: null };
  return {
    wire,
    async fetch(input, init) {
      Object.assign(wire, { outcome: 'lost', status: null, headers: null });
      const limits = [AbortSignal.timeout(timeoutMs), init?.signal, signal].filter((s) => s != null);
      try {
        // A redirect would carry the keys to wherever it points.
        const answer = await fetch(input, { redirect: 'error', ...init, signal: AbortSignal.any(limits) });
        Object.assign(wire, { outcome: 'answered', status: answer.status, headers: answer.headers });
        return answer;
      } catch (error) {
        if (isUnsent(error)) wire.outcome = 'unsent';
        throw spoken(error, timeoutMs);
      }
    },
  };
};

/** fetch says `fetch failed`; why stands in the cause. */
const spoken = (error: unknown, timeoutMs: number): Error => {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name === 'TimeoutError')
    return new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error });
  const cause = error.cause instanceof Error ? error.cause : error;
  const why = cause.message || codesOf(cause)[0];
  return new Error(why || error.message, { cause: error });
};
