/** `notify`: who is told of the run, and of what. */
import { nearest } from '../diagnostics/near.ts';
import { type Path, schemaOf } from '../expr/json-schema.ts';
import { type Json, type JsonObject, type PlanNotify, type TellEvent, tellEvents } from '../plan.ts';
import type { Secretable } from '../step.ts';
import type { LoadContext } from './context.ts';
import { shown } from './describe.ts';
import { idsOf, isWrong, resolve, type Scope } from './expand/names.ts';
import { fill } from './expressions.ts';
import { isMap } from './is-map.ts';
import { reportIssues } from './issues.ts';
import { type Notify, notify as schema } from './schema/notify.ts';

export const compileNotify = (
  root: JsonObject,
  names: Scope,
  ctx: LoadContext,
): { readonly notify?: readonly PlanNotify[] } => {
  const { notify: declared } = root;
  if (declared === undefined) return {};
  if (!Array.isArray(declared) || declared.length === 0) {
    const why = `a list was expected, not ${shown(declared)}`;
    ctx.problems.add('RB203', { what: '`notify`', why }, ctx.source.value(['notify']));
    return {};
  }
  const all = (declared as readonly Json[]).flatMap((given, i) => compileOne(given, i, names, ctx) ?? []);
  return { notify: unique(all) };
};

/** Two places of the same name are told apart by their numbers. */
const unique = (all: readonly PlanNotify[]): readonly PlanNotify[] => {
  const seen = new Map<string, number>();
  return all.map((each) => {
    const n = (seen.get(each.id) ?? 0) + 1;
    seen.set(each.id, n);
    return n === 1 ? each : { ...each, id: `${each.id} ${n}` };
  });
};

const compileOne = (given: Json, i: number, names: Scope, ctx: LoadContext): PlanNotify | null => {
  const path: Path = ['notify', i];
  const label = `entry ${i + 1} of \`notify\``;
  if (!isMap(given)) {
    const why = `a map was expected, not ${shown(given)}`;
    ctx.problems.add('RB203', { what: label, why }, ctx.source.value(path));
    return null;
  }
  const site = {
    ctx,
    path,
    schema,
    level: 'secrets',
    where: label,
    sure: () => true,
    doubt: () => null,
  } as const;
  const { value, failed } = fill(given, site);
  if (failed.length > 0) return null;
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const { source, problems } = ctx;
    reportIssues(parsed.error.issues, {
      source,
      problems,
      path,
      label,
      value,
      schema: schemaOf(schema, 'input'),
    });
    return null;
  }
  return planOf(parsed.data, path, names, ctx);
};

const planOf = (given: Notify, path: Path, names: Scope, ctx: LoadContext): PlanNotify => {
  const { events, steps } = told(given.on, [...path, 'on'], names, ctx);
  const { webhook, mail } = given;
  if (webhook) {
    if (typeof webhook.url === 'string')
      ctx.problems.add('RB344', {}, ctx.source.value([...path, 'webhook', 'url']));
    if (webhook.ca_file !== undefined)
      ctx.files.add(webhook.ca_file, ctx.source.value([...path, 'webhook', 'ca_file']));
  }
  if (mail) checkThrough(mail.through, [...path, 'mail', 'through'], ctx);
  const where = given.name ?? (webhook ? webhookName(webhook) : `mail to ${mail?.to.join(', ')}`);
  const channel = webhook
    ? { kind: 'webhook', url: webhook.url, shape: webhook.shape, caFile: webhook.ca_file ?? null }
    : { kind: 'mail', through: mail?.through ?? '', to: mail?.to ?? [], subject: mail?.subject ?? null };
  return {
    id: where,
    where,
    on: events,
    steps,
    channel: channel as unknown as JsonObject,
    line: ctx.source.lineOf(path),
  };
};

/** An address by the names of its secrets. */
const webhookName = ({ url, shape }: { readonly url: Secretable; readonly shape: string }): string => {
  const parts = typeof url === 'string' ? [] : url.secret;
  const secrets = parts.flatMap((part) => (typeof part === 'string' ? [] : part.name));
  return `${shape} ${secrets.join(' ')}`.trim();
};

const isEvent = (name: string): name is TellEvent => (tellEvents as readonly string[]).includes(name);

const told = (
  on: readonly string[],
  path: Path,
  names: Scope,
  ctx: LoadContext,
): { readonly events: readonly TellEvent[]; readonly steps: readonly string[] } => {
  const steps = new Set<string>();
  for (const [i, name] of on.entries()) {
    const resolved = resolve(name, names);
    const position = () => ctx.source.value([...path, i]);
    if (isEvent(name)) {
      if (resolved.ok) ctx.problems.add('RB345', { name }, position());
    } else if (resolved.ok) {
      if (!isWrong(resolved.named)) for (const id of idsOf(resolved.named)) steps.add(id);
    } else {
      const known = [...tellEvents, ...ctx.steps.ids()];
      ctx.problems.add('RB343', { name, near: nearest(name, known), events: tellEvents }, position());
    }
  }
  return { events: [...new Set(on.filter(isEvent))], steps: [...steps] };
};

const checkThrough = (name: string, path: Path, ctx: LoadContext): void => {
  const target = ctx.targets.get(name);
  const position = ctx.source.value(path);
  if (target?.type === 'smtp') return;
  if (target) {
    const data = {
      type: '`notify`',
      why: 'wrong kind',
      kinds: ['smtp'],
      got: target.type,
      key: 'through',
    } as const;
    ctx.problems.add('RB220', data, position);
    return;
  }
  const known = [...ctx.targets].filter(([, { type }]) => type === 'smtp').map(([smtp]) => smtp);
  ctx.problems.add('RB212', { kind: 'target', name, near: nearest(name, known), known }, position);
};
