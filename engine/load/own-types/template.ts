/** A template type once its file is judged, and its calls filled in. */
import { posix } from 'node:path';
import * as z from 'zod';
import type { JsonSchema, Path } from '../../expr/json-schema.ts';
import { isDeferred, isMarker, isSecretMarker } from '../../expr/markers.ts';
import { renderValue } from '../../expr/render.ts';
import { evaluateTyped, type TypeScope, typeReads } from '../../expr/type-scope.ts';
import type { Json, JsonObject } from '../../plan.ts';
import type { AnyStepType, Secret } from '../../step.ts';
import type { Deferred } from '../expressions.ts';
import { isMap } from '../is-map.ts';
import { type Judgement, judge } from '../with-input.ts';

export interface TypeCall {
  /** In messages, and in the names of what an act keeps. */
  readonly id: string;
  readonly type: AnyStepType;
  /** With the marked objects of plan.ts; a secret is named by the field of the input. */
  readonly with: JsonObject;
  readonly deferred: readonly Deferred[];
  /** Texts of `with` that stand in the template itself: a file of such a name lies beside it. */
  readonly constants: ReadonlySet<string>;
}

export interface TypeCalls {
  readonly calls: readonly TypeCall[];
  /** Written as a list: outputs are read by id. */
  readonly several: boolean;
  /** Of the output, or of the outputs by id. */
  readonly schema: JsonSchema;
}

export interface TypeProbe {
  readonly call: TypeCall;
  readonly schema: JsonSchema;
  readonly done: string;
  /** null: whatever is not done. */
  readonly notDone: string | null;
}

export interface Template {
  readonly name: string;
  /** As the runbook names it. */
  readonly file: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly inputSchema: JsonSchema;
  readonly secrets: ReadonlySet<string>;
  readonly before: TypeCalls | null;
  readonly run: TypeCalls;
  readonly probe: TypeProbe | null;
  readonly undo: TypeCalls | null;
  /** By field, with the marked objects; null: the output of `run`. */
  readonly output: JsonObject | null;
  readonly outputType: z.ZodType;
  readonly preview: Json;
  readonly examples: readonly { readonly title: string; readonly with: JsonObject }[];
}

export type TypeInput = { readonly [field: string]: Json };

export const inputScope = ({ inputSchema, secrets }: Template, input: TypeInput): TypeScope => {
  const fields = Object.keys(inputSchema.properties ?? {});
  const value = Object.fromEntries(
    fields.map((name) => [name, secrets.has(name) ? null : (input[name] ?? null)]),
  );
  return { input: { value, schema: inputSchema } };
};

const isSecret = (value: Json | undefined): value is Json & Secret =>
  value !== undefined && isSecretMarker(value);

/** The parts of a compiled secret, with those of the input in place of its fields. */
const spliced = (marker: Json, input: TypeInput): Json => {
  const parts = (marker as unknown as Secret).secret.flatMap((part): Secret['secret'] => {
    if (typeof part === 'string') return [part];
    const given = input[part.name.replace(/^input\./, '')];
    if (isSecret(given)) return given.secret;
    return typeof given === 'string' ? [given] : [];
  });
  return parts.every((part) => typeof part === 'string') ? parts.join('') : { secret: [...parts] };
};

/** Throws ExprError. */
export const renderTyped = (value: Json, input: TypeInput, scope: TypeScope): Json =>
  renderValue(value, {
    value: (expr) => evaluateTyped(expr, scope),
    secret: (marker) => spliced(marker, input),
  });

const exprsIn = (marker: Json): readonly string[] => {
  const { $expr, $template } = marker as {
    $expr?: string;
    $template?: readonly (string | { expr: string })[];
  };
  return $expr === undefined
    ? ($template ?? []).flatMap((part) => (typeof part === 'string' ? [] : part.expr))
    : [$expr];
};

const at = (value: Json, path: Path): Json =>
  path.reduce<Json>(
    (here, key) => (here as { readonly [key: string | number]: Json } | null)?.[key] ?? null,
    value,
  );

/** It reads what only the run knows: not the input alone. */
const isLate = (call: TypeCall, { path }: Deferred): boolean =>
  exprsIn(at(call.with, path)).some((expr) => typeReads(expr).some(({ root }) => root !== 'input'));

const renderEarly = (
  value: Json,
  late: ReadonlySet<string>,
  render: (v: Json) => Json,
  path: Path = [],
): Json => {
  if (typeof value !== 'object' || value === null || late.has(JSON.stringify(path))) return value;
  if (isMarker(value)) return render(value);
  if (Array.isArray(value)) return value.map((item, i) => renderEarly(item, late, render, [...path, i]));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, renderEarly(item, late, render, [...path, key])]),
  );
};

/** Of the placeholder values, those are tried that a path, a URL or a hash takes. */
export const asUndecided = (deferred: Deferred): Deferred => ({ ...deferred, undecided: true });

/** The part at `path` as the template writes it, where only the run knows it; undefined: the input says it. */
export const lateText = (call: TypeCall, path: readonly PropertyKey[]): string | undefined =>
  call.deferred.find(
    (deferred) =>
      deferred.path.length === path.length &&
      deferred.path.every((key, i) => key === path[i]) &&
      isLate(call, deferred),
  )?.text;

/** A call as far as the input says it, with placeholder values for the rest. Throws ExprError. */
export const judgeCall = (template: Template, call: TypeCall, input: TypeInput): Judgement => {
  const late = call.deferred.filter((deferred) => isLate(call, deferred));
  const paths = new Set(late.map(({ path }) => JSON.stringify(path)));
  const scope = inputScope(template, input);
  const early = renderEarly(call.with, paths, (value) => renderTyped(value, input, scope));
  return judge(call.type.input, early as JsonObject, late.map(asUndecided));
};

/** Fields of the input that a part of a compiled `with` is made of. */
export const fieldsIn = (value: Json): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (isSecretMarker(value))
    return (value as unknown as Secret).secret.flatMap((part) =>
      typeof part === 'string' ? [] : part.name.replace(/^input\./, ''),
    );
  if (isDeferred(value))
    return exprsIn(value)
      .flatMap(typeReads)
      .flatMap(({ root, key }) => (root === 'input' && key !== null ? [key] : []));
  return Object.values(value).flatMap(fieldsIn);
};

/** What stands at `path` of a call, or the mark around it. */
export const partAt = (call: TypeCall, path: readonly PropertyKey[]): Json => {
  let here: Json = call.with;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || isMarker(here)) return here;
    here = (here as { readonly [key: PropertyKey]: Json })[key] ?? null;
  }
  return here;
};

/** The field that the part at `path` of a call is made of: where a reader of the runbook finds its cause. */
export const fieldAt = (call: TypeCall, path: readonly PropertyKey[]): Path =>
  fieldsIn(partAt(call, path)).slice(0, 1);

/** The one field that the part at `path` is, and nothing else. */
export const fieldItself = (call: TypeCall, path: readonly PropertyKey[]): string | null => {
  const part = partAt(call, path);
  const expr = isMap(part) && typeof part.$expr === 'string' ? part.$expr : null;
  return expr === null ? null : (/^\s*input\.(\w+)\s*$/.exec(expr)?.[1] ?? null);
};

/** A file that the template itself names lies beside it; one of the input beside the runbook. */
export const ownFile = ({ file }: Template, call: TypeCall, path: string): string => {
  if (!call.constants.has(path) || posix.isAbsolute(path)) return path;
  const beside = posix.join(posix.dirname(file), path);
  return beside.startsWith('.') ? beside : `./${beside}`;
};

/** What `prepare` keeps: what the reads before have found, and the images of the calls themselves. */
export const typeBefore = z.strictObject({ read: z.json(), own: z.array(z.json()) });
export type TypeBefore = z.output<typeof typeBefore>;
