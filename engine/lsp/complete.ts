/** Completion: the file is read once with a mark at the cursor, so that the place is known while it is incomplete. */
import { keysOf } from '../expr/json-schema.ts';
import { isMap } from '../load/is-map.ts';
import { type Outline, outlineOf } from '../load/outline.ts';
import { LOCAL } from '../load/places.ts';
import { coreKinds } from '../load/schema/core-kinds.ts';
import { variable } from '../load/schema/document.ts';
import type { Path } from '../load/yaml-source.ts';
import { tellEvents } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { inputOf, typeAt, valueAt } from './calls.ts';
import { completeExpression, requirable } from './complete-expression.ts';
import { isEntryPath } from './entry-path.ts';
import { isCondition } from './expression-sites.ts';
import { isSpanStep, isTold } from './mentions.ts';
import type { Offer } from './offer.ts';
import { schemasAtPath } from './schema-at.ts';
import { insideOf, type Spot, spotAt } from './spot.ts';

/** A word that no runbook holds. Its end may be taken for the quote that is missing at the end of a file. */
const MARK = 'zqCursorqz';
const FOUND = MARK.slice(0, -1);

export interface Completion {
  readonly offers: readonly Offer[];
  /** The word around the cursor, which an offer replaces. Offsets. */
  readonly start: number;
  readonly end: number;
}

interface Here {
  readonly outline: Outline;
  readonly registry: Registry;
  readonly spot: Spot;
  /** Nothing but a word is before the cursor in its line: a map may begin here. */
  readonly begins: boolean;
}

export const complete = (text: string, offset: number, registry: Registry): Completion | null => {
  const outline = outlineOf(text.slice(0, offset) + MARK + text.slice(offset), registry);
  const spot = spotAt(outline.source, offset + 1);
  if (!spot?.node.range || !String(spot.node.value).includes(FOUND)) return null;
  const before = text.slice(insideOf(spot.node, outline.source.text).start, offset);
  const begins = /^[\s-]*[\w.]*$/.test(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset));
  const here = { outline, registry, spot, begins };
  const inExpression = expressionBefore(before, spot);
  const word = inExpression === null ? /[\w.-]*$/ : /\w*$/;
  const isIndex = inExpression !== null && /\[\s*['"][^'"]*$/.test(inExpression);
  const start = offset - ((isIndex ? /[^'"]*$/ : word).exec(before)?.[0].length ?? 0);
  const after = (isIndex || inExpression === null ? /^[\w.-]*/ : /^\w*/).exec(text.slice(offset))?.[0] ?? '';
  const offers = inExpression === null ? plainOffers(here) : expressionOffers(inExpression, here);
  return { offers, start, end: offset + after.length };
};

/** null: the cursor is in no expression. */
const expressionBefore = (before: string, { path, isKey }: Spot): string | null => {
  if (isKey) return null;
  const open = before.lastIndexOf('${{');
  if (open !== -1 && before.indexOf('}}', open) === -1) return before.slice(open + 3);
  return isCondition(path) ? before : null;
};

const expressionOffers = (before: string, { outline, registry, spot }: Here): readonly Offer[] => {
  const quote = spot.node.type === 'QUOTE_SINGLE' ? '"' : "'";
  return completeExpression(before, { outline, registry, path: spot.path, quote });
};

const plainOffers = (here: Here): readonly Offer[] => {
  const { spot, begins } = here;
  if (spot.isKey) return keyOffers(here, spot.path.slice(0, -1));
  const names = nameOffers(here);
  if (names) return names;
  return begins ? [...valueOffers(here), ...keyOffers(here, spot.path)] : valueOffers(here);
};

/** Names of the runbook itself; null: no name is expected here. */
const nameOffers = ({ outline, registry, spot }: Here): readonly Offer[] | null => {
  const { path } = spot;
  const { root } = outline;
  const key = path.at(-1);
  const parent = path.slice(0, -1);
  if (key === 'type') return typeOffers(parent, registry);
  if (key === 'via' && path[0] === 'targets')
    return targetOffers(outline, (type) => registry.targets.get(type)?.client === 'shell').filter(
      ({ label }) => label !== path[1],
    );
  if (key === 'run_on') return placeOffers(outline, registry);
  if (key === 'target' && path.at(-2) !== 'with') {
    const kinds = typeAt(root, parent, registry)?.targets ?? [];
    return targetOffers(outline, (type) => kinds.length === 0 || kinds.includes(type));
  }
  const ids = (): readonly Offer[] => outline.steps.ids().map((label) => ({ label, kind: 'name' }));
  if (isSpanStep(path)) return ids();
  if (isTold(path)) return [...tellEvents.map((label): Offer => ({ label, kind: 'value' })), ...ids()];
  if (key === 'through' && path[0] === 'notify') return targetOffers(outline, (type) => type === 'smtp');
  if (typeof key === 'number' && path.at(-3) === 'with') {
    const others = valueAt(root, parent);
    const given = new Set(Array.isArray(others) ? others : []);
    if (path.at(-2) === 'require')
      return requirable({ outline, registry, path, quote: "'" }).filter(({ label }) => !given.has(label));
    if (path.at(-2) === 'approvers') return approverOffers(outline).filter(({ label }) => !given.has(label));
  }
  return usedTargets(outline, registry, path);
};

const typeOffers = (parent: Path, registry: Registry): readonly Offer[] => {
  if (parent[0] === 'vars') return variable.shape.type.options.map((label) => ({ label, kind: 'value' }));
  if (parent[0] === 'targets')
    return [...registry.targets.keys()]
      .filter((kind) => kind !== LOCAL)
      .map((label) => ({ label, kind: 'type' }));
  const isStep = isEntry(parent);
  const kinds = isStep ? [...registry.steps.values(), ...coreKinds] : [...registry.steps.values()];
  return kinds
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, summary }) => ({ label: type, kind: 'type', documentation: summary }));
};

const targetOffers = ({ root }: Outline, takes: (type: string) => boolean): readonly Offer[] =>
  Object.entries(isMap(root.targets) ? root.targets : {}).flatMap(([label, target]): readonly Offer[] => {
    const type = isMap(target) ? String(target.type) : '';
    return takes(type) ? [{ label, kind: 'name', detail: type }] : [];
  });

const placeOffers = (outline: Outline, registry: Registry): readonly Offer[] => [
  { label: LOCAL, kind: 'name', detail: 'this machine' },
  ...targetOffers(outline, (type) => registry.targets.get(type)?.client === 'shell'),
];

const approverOffers = ({ root }: Outline): readonly Offer[] =>
  Object.entries(isMap(root.approvers) ? root.approvers : {}).map(([label, approver]) => ({
    label,
    kind: 'name',
    detail: isMap(approver) ? String(approver.name) : '',
  }));

/** A target that the input of a step type names, such as `against` of data.compare. */
const usedTargets = (outline: Outline, registry: Registry, path: Path): readonly Offer[] | null => {
  const at = path.lastIndexOf('with');
  const type = at > 0 ? typeAt(outline.root, path.slice(0, at), registry) : null;
  if (!type?.uses) return null;
  const input = inputOf(type, valueAt(outline.root, path.slice(0, at + 1)));
  const inner = JSON.stringify(path.slice(at + 1));
  const use = input === null ? undefined : type.uses(input).find((u) => JSON.stringify(u.path) === inner);
  return use ? targetOffers(outline, (kind) => use.kinds.includes(kind)) : null;
};

const valueOffers = ({ outline, registry, spot }: Here): readonly Offer[] => {
  const schemas = schemasAtPath(outline.root, spot.path, registry);
  const values = schemas.flatMap((s) => [
    ...(s.enum ?? []),
    ...(s.const === undefined ? [] : [s.const]),
    ...(s.type === 'boolean' ? [true, false] : []),
  ]);
  return [...new Set(values.map(String))].map((label) => ({ label, kind: 'value' }));
};

/** Where a whole entry of the list may stand: not as a branch of a block, which holds acts and groups. */
const isEntry = (path: Path): boolean => isEntryPath(path) && path.at(-2) !== 'parallel';

const keyOffers = ({ outline, registry }: Here, parent: Path): readonly Offer[] => {
  const schemas = schemasAtPath(outline.root, parent, registry);
  const given = valueAt(outline.root, parent);
  return keysOf(schemas)
    .concat(isEntry(parent) && !isMap(given) ? ['parallel', 'group', 'point_of_no_return'] : [])
    .filter((key) => !(isMap(given) && Object.hasOwn(given, key)))
    .map((label): Offer => {
      const own = schemas.map(({ properties }) => properties?.[label]).find((s) => typeof s === 'object');
      const needed = schemas.some(({ required }) => required?.includes(label));
      return {
        label,
        kind: 'key',
        insert: `${label}: `,
        ...(needed && { detail: 'required' }),
        ...(own?.description !== undefined && { documentation: own.description }),
      };
    });
};
