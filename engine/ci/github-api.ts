/** The few calls of GitHub's REST interface that a review needs. A failure never has the token in it. */

export interface ApiOptions {
  /** `https://api.github.com`, without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  sleep(ms: number): Promise<void>;
  /** Epoch ms. */
  now(): number;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** null: no answer. */
  readonly status: number | null;
  constructor(status: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface Answer {
  readonly body: unknown;
  /** Of the next page; null: this is the last one. */
  readonly next: string | null;
}

const tries = 4;
const answerMs = 30_000;
/** A job waits no longer than this for one answer. */
const longestWaitMs = 60_000;

export class GithubApi {
  readonly #o: ApiOptions;

  constructor(options: ApiOptions) {
    this.#o = options;
  }

  /** Throws ApiError. @param path begins with a slash, or is the `next` of an answer */
  async call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Answer> {
    const url = path.startsWith('/') ? `${this.#o.url}${path}` : path;
    // The token goes nowhere else, whatever an answer says.
    if (new URL(url).origin !== new URL(this.#o.url).origin)
      throw new ApiError(null, 'an answer leads to another server');
    for (let attempt = 1; ; attempt++) {
      const { answer, error, waitMs } = await this.#once(method, url, body, attempt);
      if (answer) return answer;
      if (waitMs === null || attempt === tries) throw error;
      await this.#o.sleep(waitMs);
    }
  }

  async #once(method: string, url: string, body: unknown, attempt: number): Promise<Tried> {
    const pauseMs = 1_000 * 2 ** (attempt - 1);
    let response: Response;
    let text: string;
    try {
      response = await this.#o.fetch(url, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${this.#o.token}`,
          'x-github-api-version': '2022-11-28',
          'user-agent': 'runbook',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(answerMs),
      });
      text = await response.text();
    } catch (error) {
      // A comment that was made although the answer was lost would be there twice: the caller looks again.
      const waitMs = method === 'POST' ? null : pauseMs;
      return { error: new ApiError(null, reasonOf(error), { cause: error }), waitMs };
    }
    if (response.ok) return { answer: { body: parse(text), next: nextOf(response.headers.get('link')) } };
    // A limit may come as 403, which otherwise says that the token may not.
    const status = isLimit(response) ? 429 : response.status;
    const error = new ApiError(status, messageOf(response.status, text));
    return { error, waitMs: this.#waitMs(method, response, pauseMs) };
  }

  /** null: asking again would not help. */
  #waitMs(method: string, { status, headers }: Response, pauseMs: number): number | null {
    // A server that failed may have made the comment.
    if (!isLimit({ status, headers })) return status >= 500 && method !== 'POST' ? pauseMs : null;
    const after = headers.get('retry-after');
    const exhausted = headers.get('x-ratelimit-remaining') === '0';
    const reset = Number(headers.get('x-ratelimit-reset')) * 1_000 - this.#o.now();
    const asked = after !== null && /^\d+$/.test(after) ? Number(after) * 1_000 : exhausted ? reset : pauseMs;
    const waitMs = Math.max(1_000, asked);
    return waitMs <= longestWaitMs ? waitMs : null;
  }
}

type Tried =
  | { readonly answer: Answer; readonly error?: never; readonly waitMs?: never }
  | { readonly answer?: never; readonly error: ApiError; readonly waitMs: number | null };

const isLimit = ({ status, headers }: Pick<Response, 'status' | 'headers'>): boolean =>
  status === 429 ||
  (status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'));

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(null, 'the answer is not JSON');
  }
};

const messageOf = (status: number, text: string): string => {
  let said: unknown = null;
  try {
    said = (JSON.parse(text) as { message?: unknown }).message;
  } catch {
    // A proxy's page: the status says it.
  }
  return typeof said === 'string' ? `${status} ${said.slice(0, 200)}` : `status ${status}`;
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${answerMs / 1_000} s`;
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? `no connection: ${code}` : `no answer: ${error.message}`;
};

/** `<https://…&page=2>; rel="next", …` */
const nextOf = (link: string | null): string | null =>
  /<([^>]*)>;[^,]*\brel="next"/.exec(link ?? '')?.[1] ?? null;
