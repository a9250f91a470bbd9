/** `runbook diff BASE HEAD`: what a change of runbooks means, and how dangerous it is. */
import { existsSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, relative, resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import { type Danger, dangers, isAtLeast } from '../diff/change.ts';
import { diffRecord } from '../diff/json.ts';
import { diffMarkdown } from '../diff/markdown.ts';
import { diffRemarks, diffRule } from '../diff/remarks.ts';
import {
  type AskWhatIf,
  type DiffReport,
  diffRunbook,
  type RunbookDiff,
  worstDanger,
} from '../diff/runbook-diff.ts';
import { diffText } from '../diff/text.ts';
import type { Plan } from '../plan.ts';
import { readPolicy } from '../policy/find.ts';
import { repositoryRoot } from '../review/repository-root.ts';
import { shownAs } from '../review/shown-as.ts';
import { sourceLines } from '../review/source-lines.ts';
import { jsonText } from '../text.ts';
import { mayPaint } from '../views/paint.ts';
import { diffOptions } from './diff-options.ts';
import { givenPolicies, givenVars, givenVarsFiles } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import type { Handler, Input } from './spec.ts';
import { changedFiles, runbookPairs } from './versions/changed-runbooks.ts';
import { Git, type Revision } from './versions/git.ts';
import { type LoadGiven, loadVersion } from './versions/load-version.ts';
import { inRevision, onDisk, type Place } from './versions/place.ts';
import { varNames, varsFileChanges } from './versions/vars-files.ts';

const formats = ['text', 'markdown', 'json', 'sarif', 'github'] as const;
type Format = (typeof formats)[number];

export const diff: Handler = async (host, input) => {
  const format = formatOf(input);
  const failOn = failOnOf(input);
  const session = new Session(host, {
    registry: await host.loadRegistry(),
    varsFiles: givenVarsFiles(host, input),
    vars: givenVars(input),
    policies: await Promise.all(givenPolicies(host, input).map(readPolicy)),
  });
  try {
    const whatIf = input.flag(diffOptions.whatIf)
      ? 'always'
      : input.flag(diffOptions.noWhatIf)
        ? 'never'
        : 'auto';
    const report = await session.compare(input.needed(0), input.needed(1), whatIf);
    host.stdout.write(await shown(report, format, host));
    return failOn !== null && isAtLeast(worstDanger(report), failOn) ? 1 : 0;
  } finally {
    session.close();
  }
};

const formatOf = (input: Input): Format => {
  if (input.flag(options.json)) return 'json';
  const given = input.text(diffOptions.format) ?? 'text';
  return (
    formats.find((each) => each === given) ?? fail('RB651', { flag: '--format', given, allowed: formats })
  );
};

const failOnOf = (input: Input): Danger | null => {
  const given = input.text(diffOptions.failOn);
  if (given === undefined) return null;
  const allowed = dangers.filter((danger) => danger !== 'none');
  return allowed.find((each) => each === given) ?? fail('RB651', { flag: '--fail-on', given, allowed });
};

const shown = async (report: DiffReport, format: Format, host: Host): Promise<string> => {
  switch (format) {
    case 'text':
      return diffText(report, mayPaint(host.stdout));
    case 'markdown':
      return diffMarkdown(report);
    case 'json':
      return `${jsonText(diffRecord(report))}\n`;
    case 'sarif':
    case 'github':
      return shownAs(format, diffRemarks(report), {
        color: false,
        cwd: host.cwd,
        root: await repositoryRoot(host.cwd),
        lineOf: sourceLines(host.cwd),
        ruleOf: diffRule,
        version: host.version,
      });
  }
};

/** What the operator named: a file, a path in a revision, or a whole revision. */
type Side =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'path'; readonly revision: Revision; readonly path: string }
  | { readonly kind: 'revision'; readonly revision: Revision };

class Session {
  readonly #host: Host;
  readonly #given: LoadGiven;
  readonly #git: Git;
  readonly #folders: string[] = [];
  #root: string | null = null;

  constructor(host: Host, given: LoadGiven) {
    this.#host = host;
    this.#given = given;
    this.#git = new Git(host.cwd, host.env);
  }

  close(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  async compare(base: string, head: string, whatIf: AskWhatIf): Promise<DiffReport> {
    const [was, is] = [await this.#side(base), await this.#side(head)];
    if (was.kind === 'revision' && is.kind === 'revision')
      return { base, head, runbooks: await this.#revisions(was.revision, is.revision, whatIf) };
    if (was.kind === 'revision' || is.kind === 'revision')
      return fail('RB673', {
        revision: was.kind === 'revision' ? base : head,
        file: was.kind === 'revision' ? head : base,
      });
    const [before, after] = [await this.#place(was), await this.#place(is)];
    const versions = [await loadVersion(before, this.#given), await loadVersion(after, this.#given)] as const;
    const also =
      was.kind === 'path' && is.kind === 'path'
        ? await this.#varsFiles(was.revision, is.revision, is.path, versions)
        : [];
    const file = is.kind === 'path' ? this.#fromHere(is.path) : relative(this.#host.cwd, is.path) || is.path;
    return { base, head, runbooks: [diffRunbook(file, ...versions, { whatIf, also })] };
  }

  async #side(given: string): Promise<Side> {
    const path = resolve(this.#host.cwd, given);
    if (existsSync(path) && statSync(path).isFile()) return { kind: 'file', path };
    const colon = given.indexOf(':');
    if (colon < 1) return { kind: 'revision', revision: await this.#revision(given, given) };
    const revision = await this.#revision(given.slice(0, colon), given);
    const written = given.slice(colon + 1);
    const inside = /^\.\.?\//.test(written)
      ? this.#inRepository(resolve(this.#host.cwd, written))
      : posix.normalize(written);
    if (!revision.files.has(inside)) {
      const known = [...revision.files.keys()].filter(
        (each) => posix.basename(each) === posix.basename(inside),
      );
      return fail('RB671', { revision: revision.name, path: inside, near: known[0] ?? null });
    }
    return { kind: 'path', revision, path: inside };
  }

  async #revision(name: string, given: string): Promise<Revision> {
    this.#root ??= await this.#git.root();
    if (this.#root === null) return fail('RB674', { given });
    return this.#git.revision(name);
  }

  /** Real: the work tree may be reached by a link. */
  #inRepository(path: string): string {
    return relative(realpathSync(this.#root ?? ''), path)
      .split('\\')
      .join('/');
  }

  /** As the operator would type it. */
  #fromHere(path: string): string {
    return relative(realpathSync(this.#host.cwd), join(realpathSync(this.#root ?? ''), path)) || path;
  }

  async #place(side: Exclude<Side, { kind: 'revision' }>): Promise<Place> {
    if (side.kind === 'file') return onDisk(side.path, relative(this.#host.cwd, side.path) || side.path);
    return this.#inRevision(side.revision, side.path);
  }

  #inRevision(revision: Revision, path: string): Promise<Place> {
    // Private (0700): the files of the revision may not be meant for everyone on this machine.
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'runbook-diff-')));
    this.#folders.push(folder);
    return inRevision({ git: this.#git, revision, root: realpathSync(this.#root ?? ''), folder, path });
  }

  async #revisions(base: Revision, head: Revision, whatIf: AskWhatIf): Promise<readonly RunbookDiff[]> {
    const changed = changedFiles(base, head);
    if (changed.length === 0) return [];
    const found: RunbookDiff[] = [];
    for (const pair of await runbookPairs(this.#git, base, head)) {
      const [before, after] = [
        pair.before === null ? null : await this.#load(base, pair.before),
        pair.after === null ? null : await this.#load(head, pair.after),
      ] as const;
      // Nothing of it changed, and nothing was there to compare: it is not the business of this diff.
      if (!pair.changed && !before?.plan && !after?.plan) continue;
      const path = pair.after ?? pair.before ?? '';
      const also = before && after ? await this.#varsFiles(base, head, path, [before, after]) : [];
      const renamed = pair.before !== null && pair.after !== null && pair.before !== pair.after;
      const one = diffRunbook(this.#fromHere(path), before, after, {
        whatIf,
        also: renamed ? [renamedFile(pair.before ?? '', path), ...also] : also,
      });
      if (pair.changed || one.changes.length > 0) found.push(one);
    }
    return found;
  }

  async #load(revision: Revision, path: string) {
    return loadVersion(await this.#inRevision(revision, path), this.#given);
  }

  #varsFiles(
    base: Revision,
    head: Revision,
    runbook: string,
    versions: readonly { readonly plan: Plan | null }[],
  ) {
    const given = new Set(this.#given.varsFiles.map((file) => this.#inRepository(file)));
    const names = varNames(...versions.map(({ plan }) => plan));
    return varsFileChanges(
      this.#git,
      { base, head },
      { runbook, names, changed: changedFiles(base, head), given },
    );
  }
}

const renamedFile = (before: string, after: string) => ({
  kind: 'runbook' as const,
  danger: 'low' as const,
  step: null,
  what: 'file renamed',
  before,
  after,
  reason: 'What starts it by its path does not find it any more',
});
