/** Names inside of an expression, by the text before the cursor. */
import { RUN_FIELDS } from '../expr/check.ts';
import { type JsonSchema, keysOf, schemaOf, schemasAt } from '../expr/json-schema.ts';
import { STEP_FIELDS } from '../expr/step-chain.ts';
import { isMap } from '../load/is-map.ts';
import type { Outline } from '../load/outline.ts';
import { namesIn } from '../load/sections.ts';
import type { Path } from '../load/yaml-source.ts';
import type { Registry } from '../registry.ts';
import { typeAt } from './calls.ts';
import { localOffers, localSchema, varOffers, varSchema } from './complete-values.ts';
import { readOf } from './expression-sites.ts';
import type { Offer } from './offer.ts';

interface At {
  readonly outline: Outline;
  readonly registry: Registry;
  /** Of the value that the expression is in. */
  readonly path: Path;
  /** A quote that may be written inside. */
  readonly quote: "'" | '"';
}

const ROOTS: readonly Offer[] = [
  { label: 'vars', kind: 'name', detail: 'values that differ between environments' },
  { label: 'locals', kind: 'name', detail: 'values computed from vars' },
  { label: 'secrets', kind: 'name', detail: 'revealed only where they are needed' },
  { label: 'steps', kind: 'name', detail: 'outputs and times of earlier steps' },
  { label: 'run', kind: 'name', detail: Object.keys(RUN_FIELDS).join(', ') },
];

const typeWord = ({ type, enum: choices, const: fixed }: JsonSchema): string =>
  choices
    ? choices.map((c) => JSON.stringify(c)).join(' | ')
    : fixed !== undefined
      ? JSON.stringify(fixed)
      : [type ?? 'anything'].flat().join(' | ');

const fieldsOf = (schemas: readonly JsonSchema[]): readonly Offer[] =>
  keysOf(schemas).map((key): Offer => {
    const field = schemas.map((s) => s.properties?.[key]).find((s) => typeof s === 'object') as JsonSchema;
    const type = schemasAt(field, []).map(typeWord).join(' | ');
    return {
      label: key,
      kind: 'field',
      detail: type,
      ...(field.description !== undefined && { documentation: field.description }),
    };
  });

/** `.rows[0].id` as keys; null: something computed. */
const keysIn = (rest: string): Path | null => {
  const keys: (string | number)[] = [];
  let left = rest;
  while (left !== '') {
    const part = /^(?:\.([A-Za-z_]\w*)|\[(\d+)\]|\[(['"])([^'"]*)\3\])/.exec(left);
    if (!part) return null;
    keys.push(part[1] ?? (part[2] === undefined ? (part[4] ?? '') : Number(part[2])));
    left = left.slice(part[0].length);
  }
  return keys;
};

const stepOffers = (at: At, as: 'index' | 'dot' | 'scalar'): readonly Offer[] => {
  const { outline, path, registry } = at;
  const entry = typeof path[1] === 'number' && path[0] === 'steps' ? path[1] : Number.POSITIVE_INFINITY;
  const own = outline.steps.ids().find((id) => {
    const step = outline.steps.find(id);
    return step?.path.every((key, i) => key === path[i]);
  });
  const reader = path.includes('verify') ? 'verify' : path.includes('rollback') ? 'undo' : 'act';
  return outline.steps.ids().flatMap((id): readonly Offer[] => {
    const step = outline.steps.find(id);
    if (!step || (id === own && reader !== 'verify')) return [];
    if (as !== 'scalar' && outline.steps.get(id)?.output === null) return [];
    const doubt = outline.steps.doubt(id, { id: own ?? null, entry }, reader);
    const isPlain = /^[A-Za-z_]\w*$/.test(id);
    const insert =
      as === 'dot'
        ? isPlain
          ? { insert: `${id}.output` }
          : { insert: `[${at.quote}${id}${at.quote}].output`, before: 1 }
        : {};
    const summary = registry.steps.get(step.type)?.summary;
    return [
      {
        label: id,
        kind: 'step',
        detail: step.type,
        ...(summary !== undefined && { documentation: summary }),
        ...insert,
        ...(doubt !== null && { doubt }),
      },
    ];
  });
};

/** Steps that a gate may require. */
export const requirable = (at: At): readonly Offer[] => stepOffers(at, 'scalar');

/** `before`: the expression up to the cursor. */
export const completeExpression = (before: string, at: At): readonly Offer[] => {
  const { outline, registry } = at;
  if (/\bsteps\[\s*['"][^'"]*$/.test(before)) return stepOffers(at, 'index');
  const ofStep = /\bsteps(?:\.([A-Za-z_]\w*)|\[\s*(['"])([^'"]*)\2\s*\])((?:\.\w+|\[[^\]]*\])*)\.\w*$/.exec(
    before,
  );
  if (ofStep) return stepFields(ofStep[1] ?? ofStep[3] ?? '', ofStep[4] ?? '', outline);
  const member =
    /(?:^|[^\w.\]'"])(vars|locals|secrets|steps|run|result|facts)((?:\.\w+|\[[^\]]*\])*)\.\w*$/.exec(before);
  const [, root, rest = ''] = member ?? [];
  if (root === 'steps' && rest === '') return stepOffers(at, 'dot');
  if (root === 'vars' || root === 'locals') {
    if (rest === '') return root === 'vars' ? varOffers(outline) : localOffers(outline);
    const [name, ...path] = keysIn(rest) ?? [];
    const schema = root === 'vars' ? varSchema(outline, name) : localSchema(outline, name);
    return schema ? fieldsOf(schemasAt(schema, path)) : [];
  }
  if (root === 'secrets' && rest === '')
    return namesIn(outline.root.secrets).map((name) => ({ label: name, kind: 'name', detail: 'secret' }));
  if (root === 'facts' && rest === '' && isMap(outline.root.facts))
    return Object.entries(outline.root.facts).map(([label, value]) => ({
      label,
      kind: 'name',
      detail: typeof value,
    }));
  if (root === 'run' && rest === '')
    return isInvariant(at)
      ? [
          { label: 'state', kind: 'field', detail: 'string' },
          { label: 'crossed', kind: 'field', detail: 'bool' },
        ]
      : Object.keys(RUN_FIELDS).map((label) => ({ label, kind: 'field', detail: 'string' }));
  if (root === 'result') {
    const measure = typeAt(outline.root, readOf(at.path), registry);
    const keys = keysIn(rest);
    return measure && keys ? fieldsOf(schemasAt(schemaOf(measure.output, 'output'), keys)) : [];
  }
  if (/[\w.\]'"]$/.test(before.replace(/\w*$/, ''))) return [];
  return rootsFor(at);
};

const isInvariant = ({ path }: At): boolean => path[0] === 'invariants';

const rootsFor = (at: At): readonly Offer[] => {
  if (isInvariant(at))
    return [
      { label: 'facts', kind: 'name', detail: 'what steps set' },
      ...ROOTS.filter(({ label }) => label === 'run'),
    ];
  const key = String(at.path.at(-1));
  const isMeasured = /_condition$|^samples$|^until$/.test(key);
  return isMeasured ? [{ label: 'result', kind: 'name', detail: 'what was measured' }, ...ROOTS] : ROOTS;
};

const stepFields = (id: string, rest: string, outline: Outline): readonly Offer[] => {
  const step = outline.steps.get(id);
  if (!step) return [];
  const times = Object.entries(STEP_FIELDS).map(
    ([label, detail]): Offer => ({ label, kind: 'field', detail }),
  );
  if (rest === '')
    return step.output ? [{ label: 'output', kind: 'field', detail: step.type }, ...times] : times;
  if (!step.output) return [];
  const keys = keysIn(rest);
  if (keys?.[0] !== 'output') return [];
  const fields = fieldsOf(schemasAt(step.output, keys.slice(1)));
  return keys.length > 1 ? fields : fields.filter(({ label }) => !step.sensitive.includes(label));
};
