/** The review to the pull request, or where its readers find it instead. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, GithubApi } from '../ci/github-api.ts';
import { apiUrlOf, type PullRequest, repositoryOf } from '../ci/github-event.ts';
import { type Place, postComment } from '../ci/sticky-comment.ts';
import { fail } from '../diagnostic.ts';
import { clean } from '../text.ts';
import type { Host } from './host.ts';
import { reviewOptions } from './review-options.ts';
import type { Input } from './spec.ts';

export interface Review {
  readonly marker: string;
  readonly body: string;
  readonly token: string | null;
}

export interface Target extends Place {
  readonly apiUrl: string;
  readonly isFork: boolean;
}

/** Where the comment goes; null: `--comment` is not given. Throws RB660, RB684, RB685. */
export const targetOf = (host: Host, input: Input, event: PullRequest | null): Target | null => {
  if (!input.flag(reviewOptions.comment)) return null;
  const repository = repositoryOf(host.env);
  const pull = pullNumber(input, event);
  if (repository === null)
    return fail('RB684', {
      what: 'in which repository the pull request is',
      remedy: 'Set GITHUB_REPOSITORY to owner/name',
    });
  const author = input.text(reviewOptions.author) ?? 'github-actions[bot]';
  return { repository, pull, author, apiUrl: apiUrlOf(host.env), isFork: event?.isFork ?? false };
};

/** Throws RB683 where it should have been posted and was not. */
export const postReview = async (host: Host, target: Target | null, review: Review): Promise<void> => {
  if (target === null) {
    summarize(host, review.body);
    return;
  }
  if (!review.token) return instead(host, target, review, 'GITHUB_TOKEN is not set');
  const api = new GithubApi({
    url: target.apiUrl,
    token: review.token,
    fetch,
    sleep: (ms) => sleep(ms),
    now: () => host.now(),
  });
  try {
    const posted = await postComment(api, target, review.marker, review.body);
    host.stderr.write(`The comment of pull request ${target.pull} is ${words[posted]}\n`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // The token of a fork can only read, and that is as it should be.
    if (error.status === 403)
      return instead(host, target, review, `the token may not write (${error.message})`);
    const kept = summarize(host, review.body) ? 'the summary of the job' : null;
    return fail('RB683', { why: error.message, kept });
  }
};

const words = { created: 'new', updated: 'replaced', unchanged: 'as it was' } as const;

const pullNumber = (input: Input, pull: PullRequest | null): number => {
  const given = input.text(reviewOptions.pull);
  if (given !== undefined)
    return /^[1-9]\d{0,9}$/.test(given) ? Number(given) : fail('RB660', { flag: '--pull', given });
  if (pull) return pull.number;
  return fail('RB684', {
    what: 'which pull request is reviewed',
    remedy: 'Give --pull, or run it in a workflow on pull_request',
  });
};

const instead = (host: Host, { isFork }: Target, { body }: Review, why: string): void => {
  const reason = isFork ? ': the pull request comes from a fork' : '';
  const where = summarize(host, body) ? 'It is in the summary of the job' : 'It is on stdout, or in --out';
  host.stderr.write(`The review was not posted, as ${clean(why)}${reason}. ${where}\n`);
};

/** False: there is none. */
const summarize = ({ env }: Host, body: string): boolean => {
  const path = env.GITHUB_STEP_SUMMARY;
  if (!path) return false;
  appendFileSync(path, `${body}\n`);
  return true;
};
