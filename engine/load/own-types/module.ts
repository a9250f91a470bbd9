/** A step type that is code: a folder, a file or an npm package whose default export satisfies the contract. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as z from 'zod';
import { type Diagnostic, diagnose, fail } from '../../diagnostic.ts';
import { schemaOf } from '../../expr/json-schema.ts';
import { type AnyStepType, CONTRACT } from '../../step.ts';
import { locateModule } from './module-files.ts';

/** Imports a file by its path; what it gives is the namespace of the module. Throws what the module throws. */
export type ImportModule = (path: string) => Promise<unknown>;

export interface ModuleGiven {
  readonly name: string;
  /** As the runbook names it. */
  readonly module: string;
  readonly folder: string;
  readonly importModule: ImportModule;
  /** Of a plan: what each file has to be. */
  readonly digests?: { readonly [path: string]: string };
}

export type LoadedModule =
  | { readonly type: AnyStepType; readonly files: readonly string[] }
  | { readonly fault: Diagnostic };

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

const whyNot = (error: unknown): string =>
  (error as NodeJS.ErrnoException | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION'
    ? `Node ${process.versions.node} cannot read TypeScript: use Node 22.18 or newer, or a .js file`
    : firstLine(error);

export const loadModule = async (given: ModuleGiven): Promise<LoadedModule> => {
  const { name, module, folder, importModule, digests } = given;
  const [spec = '', wanted] = module.replace(/^npm:/, '').split('#');
  const located = locateModule(folder, spec);
  if ('missing' in located)
    return { fault: diagnose('RB351', { name, path: located.missing, fault: { kind: 'missing' } }) };
  if ('wrong' in located) return { fault: diagnose('RB358', { name, module, why: located.wrong }) };
  if ('strays' in located) return { fault: diagnose('RB360', { name, module, ...located.strays }) };
  const changed = digests && located.files.find((path) => digestOf(resolve(folder, path)) !== digests[path]);
  if (changed !== undefined) {
    const reason = 'it has changed since the plan was saved';
    return { fault: diagnose('RB351', { name, path: changed, fault: { kind: 'unreadable', reason } }) };
  }
  let exported: unknown;
  try {
    exported = ((await importModule(located.entry)) as { default?: unknown }).default;
  } catch (error) {
    return { fault: diagnose('RB357', { name, module, why: whyNot(error) }) };
  }
  const chosen = choose(exported, wanted);
  if (typeof chosen === 'string') return { fault: diagnose('RB358', { name, module, why: chosen }) };
  const { contract } = chosen;
  if (typeof contract === 'number' && contract > CONTRACT)
    return { fault: diagnose('RB356', { name, module, got: contract, known: CONTRACT }) };
  const why = faultOf(chosen);
  if (why !== null) return { fault: diagnose('RB358', { name, module, why }) };
  return { type: guarded(chosen as unknown as AnyStepType, located.files, given), files: located.files };
};

const digestOf = (path: string): string =>
  `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;

type Exported = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Exported => typeof value === 'object' && value !== null;

/** One type, or a list of which `#TYPE` names one. A text says why not. */
const choose = (exported: unknown, wanted: string | undefined): Exported | string => {
  if (exported === undefined) return 'it has no default export';
  const list = Array.isArray(exported) ? exported.filter(isObject) : isObject(exported) ? [exported] : [];
  if (list.length === 0) return 'its default export is no object';
  const names = list.map(({ type }) => String(type)).join(', ');
  if (wanted !== undefined)
    return list.find(({ type }) => type === wanted) ?? `it has no type "${wanted}"; there is ${names}`;
  const [only] = list;
  return list.length > 1 || !only ? `it has several types (${names}): name one by #TYPE` : only;
};

/** Of any copy of zod 4: the engine has its own, and reads schemas by what they say. */
const isSchema = (value: unknown): value is z.ZodType =>
  isObject(value) && isObject(value._zod) && typeof value.safeParse === 'function';

const isOld = (value: unknown): boolean => isObject(value) && '_def' in value && !('_zod' in value);

const schemaFault = (key: string, value: unknown): string | null => {
  if (isOld(value))
    return `\`${key}\` is a schema of zod 3: use \`z\` of @runbook-engine/runbook/step, or zod 4`;
  if (!isSchema(value)) return `\`${key}\` is no zod schema`;
  try {
    const { type } = schemaOf(value, key === 'input' ? 'input' : 'output');
    return key === 'input' && type !== 'object' ? '`input` is no z.strictObject' : null;
  } catch (error) {
    return `\`${key}\` has no JSON Schema: ${firstLine(error)}`;
  }
};

const needed = {
  summary: 'string',
  onInterrupt: 'function',
  effects: 'function',
  files: 'function',
  preview: 'function',
  load: 'function',
} as const;

/** What the engine relies on, and a compiler may not have judged. */
const faultOf = (type: Exported): string | null => {
  if (type.contract !== CONTRACT) return `it does not say \`contract: ${CONTRACT}\``;
  for (const [key, kind] of Object.entries(needed))
    if (typeof type[key] !== kind) return `\`${key}\` is no ${kind === 'string' ? 'text' : kind}`;
  const schemas = ['input', 'output', ...(type.before === undefined ? [] : ['before'])];
  const wrong = schemas.map((key) => schemaFault(key, type[key])).find((why) => why !== null);
  if (wrong !== undefined) return wrong;
  const places = Array.isArray(type.places) ? type.places : [];
  if (places.length === 0 || !places.every((place) => place === 'local' || place === 'ssh'))
    return '`places` is no list of local and ssh';
  if (!Array.isArray(type.targets) || !Array.isArray(type.examples))
    return '`targets` or `examples` is no list';
  if (!Number.isInteger(type.version)) return '`version` is no whole number';
  return type.onUnknown === 'rerun' || type.onUnknown === 'ask'
    ? null
    : '`onUnknown` is neither rerun nor ask';
};

const asked = [
  'effects',
  'onInterrupt',
  'preview',
  'reads',
  'uses',
  'traits',
  'rerunsSafely',
  'canUndo',
] as const;

/** Under the runbook's name; its files are the step's, and a mistake in it is told as one. */
const guarded = (type: AnyStepType, files: readonly string[], { name, module }: ModuleGiven): AnyStepType => {
  const safe =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return call.apply(type, args);
      } catch (error) {
        return fail('RB357', { name, module, why: firstLine(error) });
      }
    };
  const calls = asked.flatMap((key) => {
    const call = type[key];
    return call ? [[key, safe(call as (...args: unknown[]) => unknown)]] : [];
  });
  return {
    ...type,
    ...Object.fromEntries(calls),
    type: name,
    files: safe((input: unknown) => [...type.files(input), ...files]),
  };
};
