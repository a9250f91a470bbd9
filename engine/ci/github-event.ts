/** What GitHub Actions says of the pull request that is reviewed. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { fail } from '../diagnostic.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const sha = z.string().regex(/^[0-9a-f]{40,64}$/);

const event = z.object({
  pull_request: z
    .object({
      number: z.int().min(1),
      base: z.object({ sha }),
      head: z.object({ sha, repo: z.object({ full_name: z.string() }).nullable() }),
    })
    .optional(),
});

export interface PullRequest {
  readonly number: number;
  readonly base: string;
  readonly head: string;
  /** From another repository: its token can only read. */
  readonly isFork: boolean;
}

/** null: it runs for something else, or not in GitHub Actions. Throws RB685. */
export const pullRequestOf = (env: Env): PullRequest | null => {
  const path = env.GITHUB_EVENT_PATH;
  if (path === undefined || path === '') return null;
  const pull = parse(path).pull_request;
  if (!pull) return null;
  const { number, base, head } = pull;
  const isFork = head.repo?.full_name !== env.GITHUB_REPOSITORY;
  return { number, base: base.sha, head: head.sha, isFork };
};

const parse = (path: string): z.output<typeof event> => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return fail('RB685', { name: 'GITHUB_EVENT_PATH', why: 'names no file with JSON' });
  }
  const parsed = event.safeParse(value);
  if (parsed.success) return parsed.data;
  return fail('RB685', { name: 'GITHUB_EVENT_PATH', why: 'names a file that is no event of a pull request' });
};

/** `owner/name`; null: not set. Throws RB685. */
export const repositoryOf = ({ GITHUB_REPOSITORY: name }: Env): string | null => {
  if (name === undefined || name === '') return null;
  const known = /^[\w.-]+\/[\w.-]+$/.test(name);
  return known ? name : fail('RB685', { name: 'GITHUB_REPOSITORY', why: 'is not owner/name' });
};

/** Without a slash at the end. Throws RB685: a token is not sent in clear text over a network. */
export const apiUrlOf = ({ GITHUB_API_URL: given }: Env): string => {
  if (given === undefined || given === '') return 'https://api.github.com';
  const url = URL.canParse(given) ? new URL(given) : null;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !isLocal)
    return fail('RB685', { name: 'GITHUB_API_URL', why: 'is not an https address' });
  return given.replace(/\/+$/, '');
};

/** Of this run of the workflow; null: not in GitHub Actions. */
export const runUrlOf = (env: Env): string | null => {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_RUN_ID: id } = env;
  return server && name && id ? `${server}/${name}/actions/runs/${id}` : null;
};
