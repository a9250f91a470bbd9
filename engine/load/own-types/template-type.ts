/** A template type as a step type like any other: what it declares follows from the calls it makes. */
import type * as z from 'zod';
import { ExprError } from '../../expr/evaluate.ts';
import { isSecretMarker } from '../../expr/markers.ts';
import type { Json } from '../../plan.ts';
import {
  type AnyStepType,
  defineStep,
  type OnInterrupt,
  type Secret,
  type Traits,
  withActs,
} from '../../step.ts';
import {
  fieldAt,
  fieldItself,
  fieldsIn,
  inputScope,
  judgeCall,
  lateText,
  ownFile,
  partAt,
  renderTyped,
  type Template,
  type TypeCall,
  type TypeInput,
  typeBefore,
} from './template.ts';

type Path = readonly PropertyKey[];

export const templateType = (template: Template): AnyStepType => {
  const { run, undo, probe } = template;
  const reads = new Reader(template);
  const all = [template.before, run, undo].flatMap((calls) => calls?.calls ?? []);
  const types = [...all, ...(probe ? [probe.call] : [])].map(({ type }) => type);
  const runs = run.calls.map(({ type }) => type);
  const [only] = run.calls;
  const single = run.several || !only ? null : only;
  const undoes = undo !== null || runs.every((type) => type.undoes);
  const kinds = types.map(({ targets }) => targets).filter((targets) => targets.length > 0);

  const declaration = defineStep({
    type: template.name,
    summary: template.description.replace(/\.?$/, '.'),
    input: reads.input(),
    output: template.outputType,
    before: typeBefore,
    examples: [...template.examples],
    targets: (kinds[0] ?? []).filter((kind) => kinds.every((some) => some.includes(kind))),
    places: (['local', 'ssh'] as const).filter((place) =>
      types.every(({ places }) => places.includes(place)),
    ),
    evidence: types.every(({ evidence }) => evidence === 'target') ? 'target' : 'place',
    onUnknown: single?.type.onUnknown ?? 'ask',
    ...(single?.type.rerunsSafely && {
      rerunsSafely: () => single.type.rerunsSafely?.(single.with) ?? false,
    }),
    undoes,
    ...(undo === null && {
      canUndo: () => run.calls.every((call) => call.type.canUndo?.(call.with) ?? true),
    }),
    onInterrupt: (input) =>
      interruptOf(run.calls.map((call) => reads.of(call, input, 'onInterrupt', 'finish'))),
    ...(single?.type.sensitive && template.output === null && { sensitive: single.type.sensitive }),
    effects: (input) =>
      run.calls.some((call) => reads.of(call, input, 'effects', 'write') === 'write') ? 'write' : 'read',
    files: (input) => [
      template.file,
      ...new Set(reads.calls.flatMap((call) => reads.files(call, input as TypeInput))),
    ],
    reads: (input) =>
      reads.calls.flatMap((call) =>
        reads.of(call, input, 'reads', []).map((text) => ({ ...text, path: fieldAt(call, text.path) })),
      ),
    uses: (input) =>
      reads.calls.flatMap((call) =>
        reads.of(call, input, 'uses', []).map((use) => ({ ...use, path: fieldAt(call, use.path) })),
      ),
    traits: (input) =>
      joined(
        run.calls.map((call) => traitsOf(call, reads.of(call, input, 'traits', {}))),
        probe !== null,
      ),
    preview: (input, written) => reads.preview(input as TypeInput, written),
  });
  return withActs(declaration as never, async () => {
    const { templateActs } = await import('./template-acts.ts');
    return { acts: templateActs(template) as never };
  });
};

const interruptOf = (found: readonly OnInterrupt[]): OnInterrupt => {
  const [first = 'finish'] = found;
  if (found.every((each) => each === first)) return first === 'rest' && found.length > 1 ? 'finish' : first;
  // A list may be left where every call that writes may be.
  return found.includes('leave') && !found.includes('rest') ? 'leave' : 'finish';
};

const traitsOf = (call: TypeCall, traits: Traits): Traits => {
  const moved = <T extends { readonly path: Path }>(list: readonly T[]) =>
    list.map((each) => ({ ...each, path: fieldAt(call, each.path) }));
  const { commands, writes, claims, ...rest } = traits;
  return {
    ...rest,
    ...(commands && { commands: moved(commands) }),
    ...(writes && { writes: moved(writes) }),
    ...(claims && { claims: claims.map((path) => fieldAt(call, path)) }),
  };
};

/** Of calls one after the other: what each of them does; whether they make a backup is only known of one. */
const joined = (all: readonly Traits[], probed: boolean): Traits => {
  const list = <K extends 'commands' | 'writes' | 'changesFiles' | 'claims'>(key: K) => {
    const found = all.flatMap((traits) => (traits[key] ?? []) as readonly unknown[]);
    return found.length > 0 && { [key]: found };
  };
  const { unprobed: _, ...only } = (all.length === 1 && all[0]) || {};
  return {
    ...only,
    ...list('commands'),
    ...list('writes'),
    ...list('changesFiles'),
    ...list('claims'),
    ...(all.some(({ unproven }) => unproven) && { unproven: true }),
    ...(!probed && all.some(({ unprobed }) => unprobed) && { unprobed: true }),
  } as Traits;
};

/** What a declaration says of an input: asked of the calls that the input makes. */
class Reader {
  readonly #template: Template;
  readonly #judged = new WeakMap<object, Map<TypeCall, unknown>>();

  constructor(template: Template) {
    this.#template = template;
  }

  get #onlyRead(): readonly TypeCall[] {
    const { before, probe } = this.#template;
    return [...(before?.calls ?? []), ...(probe ? [probe.call] : [])];
  }

  get calls(): readonly TypeCall[] {
    const { before, run, undo, probe } = this.#template;
    return [...[before, run, undo].flatMap((of) => of?.calls ?? []), ...(probe ? [probe.call] : [])];
  }

  /** A value that a call refuses is refused where the step gives it. */
  input(): z.ZodType {
    return this.#template.input.superRefine((input, ctx) => {
      for (const call of this.calls)
        for (const { fields, message } of this.#faults(call, input as TypeInput))
          for (const field of fields) ctx.addIssue({ code: 'custom', message, path: [field] });
    });
  }

  #faults(call: TypeCall, input: TypeInput): readonly { fields: readonly string[]; message: string }[] {
    const fieldsOf = (part: Json) => {
      const own = fieldsIn(part);
      return own.length > 0 ? own : fieldsIn(call.with);
    };
    const where = `${call.type.type}, which it calls, says`;
    try {
      const judgement = judgeCall(this.#template, call, input);
      if (judgement.ok) {
        const writes = judgement.input !== null && call.type.effects(judgement.input) !== 'read';
        if (!writes || !this.#onlyRead.includes(call)) return [];
        return [{ fields: fieldsIn(call.with), message: `with this value, \`${call.id}\` is no read` }];
      }
      return judgement.issues.map((issue) => ({
        fields: fieldsOf(partAt(call, issue.path)).slice(0, 1),
        message: `${where} of \`${issue.path.join('.')}\`: ${issue.message}`,
      }));
    } catch (error) {
      if (!(error instanceof ExprError)) throw error;
      return [{ fields: fieldsIn(call.with), message: `${where}: ${error.message}` }];
    }
  }

  /** null: no placeholder value satisfies the schema. */
  #parsed(call: TypeCall, input: TypeInput): unknown {
    const known = this.#judged.get(input) ?? new Map<TypeCall, unknown>();
    this.#judged.set(input, known);
    if (!known.has(call)) {
      const judgement = judgeCall(this.#template, call, input);
      known.set(call, judgement.ok ? judgement.input : null);
    }
    return known.get(call);
  }

  of<K extends 'effects' | 'onInterrupt' | 'reads' | 'uses' | 'traits'>(
    call: TypeCall,
    input: unknown,
    what: K,
    otherwise: ReturnType<NonNullable<AnyStepType[K]>>,
  ): ReturnType<NonNullable<AnyStepType[K]>> {
    const parsed = this.#parsed(call, input as TypeInput);
    if (parsed === null) return otherwise;
    return (call.type[what]?.(parsed) ?? otherwise) as ReturnType<NonNullable<AnyStepType[K]>>;
  }

  files(call: TypeCall, input: TypeInput): readonly string[] {
    const parsed = this.#parsed(call, input);
    return parsed === null ? [] : call.type.files(parsed).map((path) => ownFile(this.#template, call, path));
  }

  preview(
    input: TypeInput,
    written: (path: readonly (string | number)[]) => string | undefined = () => undefined,
  ): string {
    const { preview, run } = this.#template;
    if (preview !== null) return oneLine(this.#text(preview, input, written));
    return run.calls
      .map((call) => {
        const parsed = this.#parsed(call, input);
        if (parsed === null) return call.type.type;
        return call.type.preview(parsed, (path) => {
          const field = fieldItself(call, path);
          return field === null ? lateText(call, path) : written([field]);
        });
      })
      .join('; ');
  }

  #text(preview: Json, input: TypeInput, written: (path: readonly string[]) => string | undefined): string {
    const shown = Object.fromEntries(
      Object.entries(input).map(([name, value]) => [
        name,
        written([name]) ?? (isSecretMarker(value) ? secretText(value as unknown as Secret) : value),
      ]),
    );
    try {
      return String(renderTyped(preview, shown, inputScope(this.#template, shown)));
    } catch (error) {
      if (!(error instanceof ExprError)) throw error;
      return `${this.#template.name} ${JSON.stringify(shown)}`;
    }
  }
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();

/** By name, as the runbook writes it. */
const secretText = ({ secret }: Secret): string =>
  secret.map((part) => (typeof part === 'string' ? part : `\${{ secrets.${part.name} }}`)).join('');
