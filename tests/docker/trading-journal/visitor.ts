/** Somebody with a browser's cookies, who sees each answer before it is followed. */
import type { LabInfo } from '../../../docker/native/lab.ts';

export interface Answer {
  readonly status: number;
  /** Path and query that a redirect leads to. */
  readonly location: string | null;
  readonly text: string;
  readonly headers: Headers;
}

export interface Visitor {
  get(path: string): Promise<Answer>;
  /** As a form on the site sends it. */
  post(path: string, form?: Readonly<Record<string, string>> | FormData): Promise<Answer>;
  /** As a form on another site. */
  postFromElsewhere(path: string, form: Readonly<Record<string, string>>): Promise<Answer>;
  cookies(): readonly string[];
}

export const visit = ({ web }: LabInfo): Visitor => {
  const jar = new Map<string, string>();
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = { cookie: [...jar.values()].join('; '), ...init.headers };
    const response = await fetch(web.url + path, { redirect: 'manual', ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(';')[0] ?? '';
      jar.set(pair.split('=')[0] ?? '', pair);
    }
    const { status } = response;
    return {
      status,
      location: response.headers.get('location'),
      text: await response.text(),
      headers: response.headers,
    };
  };
  const post = (path: string, form: Readonly<Record<string, string>> | FormData, origin: string) =>
    ask(path, {
      method: 'POST',
      headers: { origin },
      body: form instanceof FormData ? form : new URLSearchParams(form),
    });
  return {
    get: (path) => ask(path, {}),
    post: (path, form = {}) => post(path, form, web.url),
    postFromElsewhere: (path, form) => post(path, form, 'http://elsewhere.test'),
    cookies: () => [...jar.keys()],
  };
};
