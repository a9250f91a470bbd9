/** One comment of ours in a pull request: made the first time, replaced from then on. */
import { ApiError, type GithubApi } from './github-api.ts';

export interface Place {
  /** `owner/name`. */
  readonly repository: string;
  readonly pull: number;
  /** Login that the token writes as: a comment of anybody else is left alone, whatever is in it. */
  readonly author: string;
}

export type Posted = 'created' | 'updated' | 'unchanged';

const pages = 100;

interface Found {
  readonly id: number;
  readonly body: string;
}

/** Throws ApiError. @param marker the comment's first line */
export const postComment = async (
  api: GithubApi,
  place: Place,
  marker: string,
  body: string,
): Promise<Posted> => {
  const found = await find(api, place, marker);
  if (found) {
    if (sameText(found.body, body)) return 'unchanged';
    const updated = await replace(api, place, found.id, body);
    if (updated) return 'updated';
  }
  return create(api, place, marker, body);
};

const commentsOf = ({ repository, pull }: Place): string => `/repos/${repository}/issues/${pull}/comments`;

const find = async (api: GithubApi, place: Place, marker: string): Promise<Found | null> => {
  let path: string | null = `${commentsOf(place)}?per_page=100`;
  for (let page = 0; path !== null; page++) {
    if (page === pages) throw new ApiError(null, `the pull request has more than ${pages * 100} comments`);
    const { body, next } = await api.call('GET', path);
    if (!Array.isArray(body)) throw new ApiError(null, 'the answer is not a list of comments');
    const mine = body
      .map(asComment)
      .find((each) => each?.author === place.author && begins(each.body, marker));
    if (mine) return mine;
    path = next;
  }
  return null;
};

const asComment = (value: unknown): (Found & { readonly author: string }) | null => {
  const { id, body, user } = (value ?? {}) as {
    id?: unknown;
    body?: unknown;
    user?: { login?: unknown } | null;
  };
  const author = user?.login;
  return typeof id === 'number' && typeof body === 'string' && typeof author === 'string'
    ? { id, body, author }
    : null;
};

/** GitHub stores what a browser sent with CR LF. */
const begins = (body: string, marker: string): boolean => body.split(/\r?\n/, 1)[0] === marker;
const sameText = (a: string, b: string): boolean => a.replaceAll('\r\n', '\n').trim() === b.trim();

/** False: it was deleted meanwhile. */
const replace = async (api: GithubApi, { repository }: Place, id: number, body: string): Promise<boolean> => {
  try {
    await api.call('PATCH', `/repos/${repository}/issues/comments/${id}`, { body });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
};

/** An answer that was lost does not say whether the comment is there: it is looked for before it is made again. */
const create = async (api: GithubApi, place: Place, marker: string, body: string): Promise<Posted> => {
  try {
    await api.call('POST', commentsOf(place), { body });
    return 'created';
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== null && error.status < 500)) throw error;
    if (await find(api, place, marker)) return 'created';
    await api.call('POST', commentsOf(place), { body });
    return 'created';
  }
};
