/**
 * Fills in `${{ }}`: vars become values; secrets and values known only in the run become the marked objects of plan.ts.
 */
import type * as z from 'zod';
import type { Position } from '../diagnostic.ts';
import type { Checked, CheckResult, StepRead } from '../expr/check.ts';
import { ExprError, evaluate } from '../expr/evaluate.ts';
import { type Path, schemaOf, schemasAt } from '../expr/json-schema.ts';
import { isMarker, markerIn } from '../expr/markers.ts';
import { hasPlaceholder, type Segment, splitPlaceholders } from '../expr/placeholders.ts';
import type { Json, JsonObject } from '../plan.ts';
import { compose, type Part } from './compose.ts';
import type { LoadContext } from './context.ts';

type ExprSegment = Segment & { readonly kind: 'expr' };

/** A value that only the run will know. */
export interface Deferred {
  /** Path below the filled value. */
  readonly path: Path;
  /** CEL type; a text with parts is `string`. */
  readonly type: string;
  /** As written, with vars filled in: for messages, and for checks of paths. */
  readonly text: string;
  /** Not only the run will know it: its vars have no values yet. */
  readonly undecided?: true;
}

/** null: no text with parts. */
const shownTemplate = (value: Json): string | null => {
  const parts = (value as { readonly $template?: readonly (string | { readonly expr: string })[] } | null)
    ?.$template;
  return parts?.map((part) => (typeof part === 'string' ? part : `\${{ ${part.expr} }}`)).join('') ?? null;
};

export interface Site {
  readonly ctx: LoadContext;
  readonly path: Path;
  /** The schema of the values. */
  readonly schema: z.ZodType;
  /**
   * `vars`: settled at load. `locals`: also what waits for a var. `secrets`: also secrets, by name. `run`: also what
   * only the run knows.
   */
  readonly level: 'vars' | 'locals' | 'secrets' | 'run';
  /** Its name in messages about values settled before the run. */
  readonly where: string;
  /** Reports why the step may not have ended here, or may not have run. true: it is sure. */
  sure(read: StepRead, at: Position): boolean;
}

export interface Filled {
  readonly value: Json;
  readonly deferred: readonly Deferred[];
  readonly reads: ReadonlySet<string>;
  /** Where an expression was wrong or its var has no value: reported, and the text is kept as written. */
  readonly failed: readonly Path[];
  /** Vars without a value that it depends on. */
  readonly waitsFor: readonly string[];
}

/** Keys that are used as written. */
const FIXED = new Set(['id', 'type']);

const NONE: ReadonlySet<string> = new Set();

/** Most of a file has no expression in it: to find that out costs less than to copy it. */
const hasWork = (value: Json): boolean => {
  if (typeof value === 'string') return hasPlaceholder(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasWork);
  if (isMarker(value)) return true;
  const map = value as JsonObject;
  for (const key in map) if (hasWork(map[key] ?? null)) return true;
  return false;
};

export const fill = (value: Json, site: Site, skip: (path: Path) => boolean = () => false): Filled => {
  if (!hasWork(value)) return { value, deferred: [], reads: NONE, failed: [], waitsFor: [] };
  const filler = new Filler(site, skip);
  const filled = filler.fill(value, []);
  const { deferred, reads, failed } = filler;
  return { value: filled, deferred, reads, failed, waitsFor: [...filler.waitsFor] };
};

const isOfRun = (part: Part): boolean =>
  typeof part !== 'string' && part.checked.needsRun && part.undecided === undefined;

/** A text with a secret in it is complete before the run: a var without a value stays in it as written. */
const besideSecret = (parts: readonly Part[]): readonly Part[] =>
  parts.some((part) => typeof part !== 'string' && part.checked.secret !== null)
    ? parts.map((part) =>
        typeof part !== 'string' && part.undecided ? `\${{ ${part.checked.expr} }}` : part,
      )
    : parts;

class Filler {
  readonly deferred: Deferred[] = [];
  readonly reads = new Set<string>();
  readonly failed: Path[] = [];
  readonly waitsFor = new Set<string>();
  readonly #site: Site;
  readonly #skip: (path: Path) => boolean;

  constructor(site: Site, skip: (path: Path) => boolean) {
    this.#site = site;
    this.#skip = skip;
  }

  fill(value: Json, path: Path): Json {
    if (this.#skip(path)) return value;
    if (typeof value === 'string') {
      if (!hasPlaceholder(value)) return value;
      const filled = this.#fillText(value, path);
      if (filled === undefined) this.failed.push(path);
      return filled ?? value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, i) => this.fill(item, [...path, i]));
    if (isMarker(value)) {
      const key = Object.keys(value)[0] ?? '';
      this.#ctx.problems.add('RB231', { key }, this.#ctx.source.key([...this.#site.path, ...path, key]));
      return null;
    }
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.fill(v, [...path, k])]));
  }

  get #ctx(): LoadContext {
    return this.#site.ctx;
  }

  /** undefined: reported. */
  #fillText(text: string, path: Path): Json | undefined {
    const { problems, evaluated } = this.#ctx;
    evaluated.add([...this.#site.path, ...path]);
    const split = splitPlaceholders(text);
    const mark = (open: number) =>
      this.#ctx.source.within([...this.#site.path, ...path], { start: open, end: open + 3, open });
    if (!split.ok) {
      problems.add('RB317', {}, mark(split.open));
      return undefined;
    }
    const first = split.segments.find((s) => s.kind === 'expr');
    const schemas = schemasAt(schemaOf(this.#site.schema, 'input'), path);
    if (first && schemas.some((s) => s.type === 'string' && s.literal === true)) {
      problems.add('RB312', { field: path.join('.') }, mark(first.open));
      return undefined;
    }
    if (
      first &&
      (this.#site.level === 'vars' || this.#site.level === 'secrets') &&
      FIXED.has(String(path.at(-1)))
    ) {
      problems.add('RB230', { where: `\`${String(path.at(-1))}\`` }, mark(first.open));
      return undefined;
    }
    const found = split.segments.map((s) => (s.kind === 'text' ? s.text : this.#part(s, path)));
    if (found.some((p) => p === null)) return undefined;
    const parts = besideSecret(found as readonly Part[]);
    const composed = compose(parts, schemas, path.join('.'));
    if (!composed.ok) {
      problems.addDiagnostic(composed.flaw, this.#ctx.source.value([...this.#site.path, ...path]));
      return undefined;
    }
    if (composed.deferred !== null) {
      const shown = shownTemplate(composed.value) ?? text;
      const undecided = parts.some(isOfRun) ? {} : ({ undecided: true } as const);
      this.deferred.push({ path, type: composed.deferred, text: shown, ...undecided });
    }
    return composed.value;
  }

  #part(segment: ExprSegment, path: Path): Part | null {
    const checked = this.#checkSegment(segment, path);
    return checked && this.#settle(checked, segment, path);
  }

  /** null: reported. */
  #checkSegment(segment: ExprSegment, path: Path): Checked | null {
    const { checker, problems } = this.#ctx;
    const result: CheckResult = checker.check(segment.expr);
    if (!result.ok) {
      for (const { diagnostic, start, end } of result.flaws)
        problems.addDiagnostic(diagnostic, this.#positionOf(segment, path, start, end));
      return null;
    }
    const { checked } = result;
    const whole = () => this.#positionOf(segment, path, 0, segment.expr.length);
    if (checked.secret !== null && (this.#site.level === 'vars' || this.#site.level === 'locals')) {
      const field = (path.length > 0 ? path : this.#site.path).join('.');
      problems.add('RB229', { field }, whole());
      return null;
    }
    if (checked.needsRun && this.#site.level !== 'run') {
      problems.add('RB319', { where: this.#site.where }, whole());
      return null;
    }
    let sure = true;
    for (const read of checked.reads) {
      const isSure = this.#site.sure(read, this.#positionOf(segment, path, read.start, read.end));
      if (isSure) this.reads.add(read.step);
      sure &&= isSure;
    }
    return sure ? checked : null;
  }

  /** The value of an expression over vars and locals; null: reported. */
  #settle(checked: Checked, segment: ExprSegment, path: Path): Part | null {
    if (checked.secret !== null || checked.needsRun) return { checked, value: null };
    const { vars, locals, undecided, undecidedLocals, needed } = this.#ctx;
    const missing = [
      ...checked.vars.filter((name) => !Object.hasOwn(vars, name)),
      ...checked.locals.flatMap((name) =>
        Object.hasOwn(locals, name) ? [] : (undecidedLocals.get(name) ?? [name]),
      ),
    ];
    if (missing.length > 0) {
      // A var without a value, and a wrong local, are reported where they are declared.
      if (missing.some((name) => !undecided.has(name))) return null;
      if (this.#site.level === 'vars') {
        for (const name of missing) needed.add(name);
        return null;
      }
      for (const name of missing) this.waitsFor.add(name);
      return { checked: { ...checked, needsRun: true }, value: null, undecided: true };
    }
    try {
      const value = evaluate(checked.expr, { vars, locals, steps: {}, run: {} });
      const marked = markerIn(value);
      if (marked === null) return { checked, value };
      const whole = this.#positionOf(segment, path, 0, checked.expr.length);
      this.#ctx.problems.add('RB231', { key: marked }, whole);
      return null;
    } catch (error) {
      if (!(error instanceof ExprError)) throw error;
      const why = error.message.slice(checked.expr.length + 2);
      this.#ctx.problems.add('RB320', { why }, this.#positionOf(segment, path, 0, checked.expr.length));
      return null;
    }
  }

  #positionOf(segment: ExprSegment, path: Path, start: number, end: number) {
    const { source } = this.#ctx;
    const part = { start: segment.start + start, end: segment.start + end, open: segment.open };
    return source.within([...this.#site.path, ...path], part);
  }
}
