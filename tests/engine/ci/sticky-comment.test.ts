/** One comment of ours, against a fake of GitHub on loopback. */
import { expect, onTestFinished, test } from 'vitest';
import { ApiError, GithubApi } from '../../../engine/ci/github-api.ts';
import { postComment } from '../../../engine/ci/sticky-comment.ts';
import { startFakeGithub } from '../../support/fake-github.ts';

const marker = '<!-- runbook-review: runbooks -->';
const author = 'github-actions[bot]';
const now = 1_800_000_000_000;

const setUp = async (pageSize?: number) => {
  const github = await startFakeGithub(pageSize);
  onTestFinished(() => github.close());
  const slept: number[] = [];
  const api = new GithubApi({
    url: github.url,
    token: 'the-token',
    fetch,
    sleep: async (ms) => void slept.push(ms),
    now: () => now,
  });
  const add = (login: string | null, body: string) =>
    github.comments.push({ id: github.comments.length + 1, body, user: login === null ? null : { login } });
  return {
    github,
    slept,
    add,
    post: (text: string) =>
      postComment(api, { repository: 'o/r', pull: 7, author }, marker, `${marker}\n\n${text}`),
    methods: () => github.requests.map(({ method }) => method),
    failure: async (text: string): Promise<ApiError> => {
      const error = await postComment(api, { repository: 'o/r', pull: 7, author }, marker, text).catch(
        (e) => e,
      );
      expect(error).toBeInstanceOf(ApiError);
      expect(String(error.stack)).not.toContain('the-token');
      return error;
    },
  };
};

test('it is made once and replaced from then on; an equal one is left alone', async () => {
  const { github, post, methods } = await setUp();
  expect([await post('one'), await post('two'), await post('two')]).toEqual([
    'created',
    'updated',
    'unchanged',
  ]);
  expect(github.comments.map(({ body }) => body)).toEqual([`${marker}\n\ntwo`]);
  expect(methods()).toEqual(['GET', 'POST', 'GET', 'PATCH', 'GET']);
  expect(new Set(github.requests.map(({ token }) => token))).toEqual(new Set(['the-token']));
});

test('only one that we wrote ourselves and that begins with the marker is ours', async () => {
  const { github, post, add } = await setUp();
  add('somebody', `${marker}\n\nplanted`);
  add(author, `> ${marker}\nquoted`);
  add(author, '<!-- runbook-review: other -->\n');
  add(null, marker);
  expect(await post('mine')).toBe('created');
  expect(github.comments).toHaveLength(5);
  expect(github.comments[0]?.body).toContain('planted');
});

test('it is found on a later page, with line ends of a browser', async () => {
  const { github, post, add } = await setUp(2);
  for (let i = 0; i < 5; i++) add('somebody', 'talk');
  add(author, `${marker}\r\n\r\nold`);
  expect(await post('old')).toBe('unchanged');
  expect(await post('new')).toBe('updated');
  expect(github.requests.filter(({ method }) => method === 'GET')).toHaveLength(6);
});

test('a page on another server is not asked for: it would get the token', async () => {
  const { github, failure, add } = await setUp();
  const other = await startFakeGithub();
  onTestFinished(() => other.close());
  add('somebody', 'talk');
  github.fail('GET', { status: 200, body: [], headers: { link: `<${other.url}/x>; rel="next"` } });
  expect((await failure('x')).message).toBe('an answer leads to another server');
  expect(other.requests).toEqual([]);
});

test('one that was deleted meanwhile is made again', async () => {
  const { github, post } = await setUp();
  await post('one');
  github.fail('PATCH', { status: 404 });
  expect(await post('two')).toBe('created');
});

test.each([
  ['a read-only token', { status: 403, message: 'Resource not accessible by integration' }, 403],
  ['no such pull request', { status: 404, message: 'Not Found' }, 404],
  ['a refused body', { status: 422, message: 'Validation Failed' }, 422],
])('%s is told at once', async (_, given, status) => {
  const { github, failure, slept } = await setUp();
  github.fail('POST', given);
  const error = await failure('x');
  expect([error.status, error.message, slept]).toEqual([status, `${status} ${given.message}`, []]);
});

test('a limit is waited for as long as GitHub says', async () => {
  const { github, post, slept } = await setUp();
  github.fail(
    'GET',
    { status: 429, headers: { 'retry-after': '7' } },
    { status: 403, headers: { 'retry-after': '2' } },
  );
  const reset = String(now / 1000 + 30);
  github.fail('POST', { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } });
  expect(await post('x')).toBe('created');
  expect(slept).toEqual([7_000, 2_000, 30_000]);
});

test('but not for an hour', async () => {
  const { github, failure, slept } = await setUp();
  github.fail('GET', { status: 403, headers: { 'retry-after': '3600' } });
  expect((await failure('x')).status).toBe(429);
  expect(slept).toEqual([]);
});

test('a server that fails, or a cut connection, is asked again, and not for ever', async () => {
  const { github, post, failure, slept } = await setUp();
  github.fail('GET', { status: 502 }, 'cut');
  expect(await post('x')).toBe('created');
  expect(slept).toEqual([1_000, 2_000]);
  github.fail('GET', 'cut', 'cut', 'cut', 'cut');
  expect((await failure('x')).message).toMatch(/^no (connection|answer)/);
});

test.each([
  ['late cut', 'late cut' as const, 1],
  ['cut', 'cut' as const, 2],
  ['a failed server', { status: 500 }, 2],
])('a comment whose answer is lost (%s) is looked for before it is made again', async (_, given, posts) => {
  const { github, post, methods } = await setUp();
  github.fail('POST', given);
  expect(await post('x')).toBe('created');
  expect(github.comments).toHaveLength(1);
  expect(methods().filter((method) => method === 'POST')).toHaveLength(posts);
});

test('a server that is not there is told without the token', async () => {
  const { github, failure } = await setUp();
  await github.close();
  expect((await failure('x')).status).toBeNull();
});
