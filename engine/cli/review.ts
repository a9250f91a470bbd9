/** `runbook review [BASE] [HEAD]`: diff, lint and plan of a pull request, put where its reviewers read. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { commentOf, markerOf, type Section } from '../ci/comment.ts';
import { findRunbooks } from '../ci/find-runbooks.ts';
import { type PullRequest, pullRequestOf, runUrlOf } from '../ci/github-event.ts';
import { remarksTable } from '../ci/remarks-table.ts';
import { DiagnosticError, fail } from '../diagnostic.ts';
import { diagnosticRecord } from '../diagnostics/render.ts';
import { text } from '../report/markdown.ts';
import type { Remark } from '../review/remark.ts';
import { repositoryRoot } from '../review/repository-root.ts';
import { shownAs } from '../review/shown-as.ts';
import { sourceLines } from '../review/source-lines.ts';
import { countOf } from '../review/view.ts';
import { plural } from '../words/format.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Host } from './host.ts';
import { type Given, hasOption, type InnerEnded, runInner } from './inner-command.ts';
import { options } from './options.ts';
import { postReview, targetOf } from './post-review.ts';
import { reviewOptions } from './review-options.ts';
import type { CommandSpec, Handler, Input } from './spec.ts';

const dangers = ['high', 'medium', 'low', 'never'] as const;

/** Runs another command of ours, with what all of them are given; throws what it throws. */
type Run = (command: string, args: readonly string[], given: Given) => Promise<InnerEnded>;

export const reviewWith =
  (commands: readonly CommandSpec[]): Handler =>
  async (host, input) => {
    const pull = pullRequestOf(host.env);
    const [base, head] = await revisions(host, input, pull);
    const failOn = dangerOf(input);
    const key = keyOf(input);
    const target = targetOf(host, input, pull);
    const run = runOf(commands, host, sharedOptions(input));
    const token = host.env.GITHUB_TOKEN ?? null;
    // Children of this process (git) have no need of it.
    host.forgetEnv(['GITHUB_TOKEN']);

    const limit: Given = failOn === 'never' ? {} : { '--fail-on': failOn };
    const changes = await diffSection(() => run('diff', [base, head], { ...limit, '--format': 'markdown' }));
    const runbooks = findRunbooks(host.cwd);
    const linted = runbooks.length === 0 ? null : await run('lint', runbooks, { '--format': 'json' });
    const remarks = linted === null ? [] : remarksOf(linted.stdout);
    const outDir = input.text(reviewOptions.out);
    const out = outDir === undefined ? null : resolve(host.cwd, outDir);
    const plans = await planSections(runbooks, run, out);

    const runUrl = runUrlOf(host.env);
    const body = commentOf(
      key,
      [changes.section, lintSection(remarks, runbooks.length), ...plans],
      moreOf(runUrl, out),
    );
    if (out !== null) {
      write(out, 'review.md', body);
      for (const [format, file] of [
        ['sarif', 'review.sarif'],
        ['code-quality', 'code-quality.json'],
      ] as const)
        if (runbooks.length > 0)
          write(out, file, (await run('lint', runbooks, { '--format': format })).stdout);
    }
    if (host.env.GITHUB_ACTIONS === 'true') {
      // GitHub shows the first few only.
      host.stdout.write(await diffAnnotations(() => run('diff', [base, head], { '--format': 'github' })));
      host.stdout.write(await annotations(host, remarks));
    } else host.stdout.write(body);

    await postReview(host, target, { marker: markerOf(key), body, token });
    return worst([changes.code, linted?.code ?? 0]);
  };

const worst = (codes: readonly ExitCode[]): ExitCode =>
  codes.includes(2) ? 2 : codes.some((each) => each !== 0) ? 1 : 0;

const runOf =
  (commands: readonly CommandSpec[], host: Host, shared: Given): Run =>
  (name, args, given) => {
    const spec = commands.find((each) => each.name === name);
    if (!spec) throw new Error(`there is no command ${name}`);
    const known = Object.entries(shared).filter(([option]) => hasOption(spec, option));
    return runInner(host, spec, args, { ...Object.fromEntries(known), ...given });
  };

const sharedOptions = (input: Input): Given => ({
  '--vars': input.list(options.vars),
  '--var': input.list(options.var),
  '--policy': input.list(options.policy),
});

const dangerOf = (input: Input): (typeof dangers)[number] => {
  const given = input.text(reviewOptions.failOn) ?? 'never';
  return (
    dangers.find((each) => each === given) ?? fail('RB651', { flag: '--fail-on', given, allowed: dangers })
  );
};

/** It stands in an HTML comment, which must not end early. */
const keyOf = (input: Input): string => {
  const key = input.text(reviewOptions.key) ?? 'runbooks';
  return /^[a-z0-9][a-z0-9-]*$/.test(key)
    ? key
    : fail('RB651', { flag: '--key', given: key, allowed: ['small letters, digits and dashes'] });
};

/** Against what the branch started from: what the base got since then is not a change of this pull request. */
const revisions = async (host: Host, input: Input, pull: PullRequest | null): Promise<[string, string]> => {
  const base = input.argument(0) ?? pull?.base;
  const head = input.argument(1) ?? pull?.head ?? 'HEAD';
  if (base === undefined)
    return fail('RB684', {
      what: 'which revisions to compare',
      remedy: 'Give BASE and HEAD, or run it in a workflow on pull_request',
    });
  const found = await promisify(execFile)('git', ['merge-base', '--end-of-options', base, head], {
    cwd: host.cwd,
  }).catch(() => null);
  // Without one (a shallow clone, or a name that `diff` then explains) the base is compared itself.
  return [found?.stdout.trim() || base, head];
};

const diffSection = async (run: () => Promise<InnerEnded>): Promise<{ section: Section; code: ExitCode }> => {
  try {
    const { code, stdout } = await run();
    return { section: { title: null, body: stdout, folded: false }, code };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const problems = error.diagnostics.map((each) => `- ${text(diagnosticRecord(each).message)}`);
    const body = ['The change could not be compared:', '', ...problems].join('\n');
    return { section: { title: 'Changes', body, folded: false }, code: 2 };
  }
};

/** What it could not compare, the comment says. */
const diffAnnotations = async (run: () => Promise<InnerEnded>): Promise<string> => {
  try {
    return (await run()).stdout;
  } catch (error) {
    if (error instanceof DiagnosticError) return '';
    throw error;
  }
};

const remarksOf = (stdout: string): readonly Remark[] =>
  (JSON.parse(stdout) as { readonly remarks: readonly Remark[] }).remarks;

const lintSection = (remarks: readonly Remark[], runbooks: number): Section => {
  const { error, warning, note } = countOf(remarks);
  const counts = [plural(error, 'error'), plural(warning, 'warning'), plural(note, 'note')].join(', ');
  return {
    title: `Lint of ${plural(runbooks, 'runbook')}: ${remarks.length === 0 ? 'nothing to remark' : counts}`,
    body: remarksTable(remarks),
    folded: error === 0,
  };
};

/** A runbook that does not load has no plan; lint says why. */
const planSections = async (
  runbooks: readonly string[],
  run: Run,
  out: string | null,
): Promise<readonly Section[]> => {
  const sections: Section[] = [];
  for (const file of runbooks)
    try {
      const { stdout } = await run('plan', [file], { '--format': 'markdown' });
      sections.push({ title: `Plan of ${file}`, body: stdout, folded: true });
      if (out === null) continue;
      const picture = await run('plan', [file], { '--format': 'svg' });
      write(out, join('plans', `${file.replace(/\.ya?ml$/, '')}.svg`), picture.stdout);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
    }
  return sections;
};

const write = (dir: string, name: string, content: string): void => {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};

const moreOf = (runUrl: string | null, out: string | null): string | null => {
  if (runUrl === null) return null;
  const artifact = out === null ? '' : ' Its artifact has the pictures of the plans.';
  return `<sub>Made by [this run of the workflow](${runUrl}).${artifact}</sub>`;
};

const annotations = async (host: Host, remarks: readonly Remark[]): Promise<string> =>
  shownAs('github', remarks, {
    color: false,
    cwd: host.cwd,
    root: await repositoryRoot(host.cwd),
    lineOf: sourceLines(host.cwd),
    ruleOf: () => null,
    version: host.version,
  });
