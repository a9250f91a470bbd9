/** Texts that are sent to a target: its kind judges each, once the whole file is compiled. */
import type { Position } from '../diagnostic.ts';
import type { Path } from '../expr/json-schema.ts';
import type { Registry } from '../registry.ts';
import type { AnyStepType } from '../step.ts';
import type { AnyTargetKind } from '../target.ts';
import type { CallSite } from './call.ts';
import type { Problems } from './problems.ts';
import type { Source } from './source.ts';

/** What it needs of the load. */
interface Loading {
  readonly registry: Registry;
  readonly source: Source;
  readonly targets: ReadonlyMap<string, { readonly type: string }>;
}

interface Found {
  readonly text: string;
  readonly as: 'read' | 'transaction';
  readonly trusted: boolean;
  readonly kind: AnyTargetKind;
  readonly position: Position;
  readonly label: string;
}

export class ReadTexts {
  readonly #found: Found[] = [];

  /** @param target the step's own, where it has one */
  add(
    type: AnyStepType,
    input: unknown,
    site: CallSite,
    { target, label }: { readonly target: string | null; readonly label: string },
    ctx: Loading,
  ): void {
    for (const { text, path, target: other, as = 'read', trusted = false } of type.reads?.(input) ?? []) {
      const kind = ctx.registry.targets.get(ctx.targets.get(other ?? target ?? '')?.type ?? '');
      if (!kind) continue;
      const at: Path = [...site.path, 'with', ...path];
      this.#found.push({ text, as, trusted, kind, position: ctx.source.value(at), label });
    }
  }

  async judge(problems: Problems): Promise<void> {
    for (const { text, as, trusted, kind, position, label } of this.#found) {
      const refused =
        as === 'read' ? await kind.notRead?.(text, trusted) : await kind.notInTransaction?.(text);
      if (refused) problems.add(as === 'read' ? 'RB245' : 'RB247', { label, ...refused }, position);
    }
  }
}
