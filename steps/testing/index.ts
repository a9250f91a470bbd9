/**
 * What the tests of own step types import, as `@runbook-engine/runbook/step/testing`: the contract as a suite for vitest.
 *
 *     testStepType(type, [{ title: 'a record', setUp: async ({ dir }) => ({ with: { path: `${dir}/x` } }) }]);
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { DiagnosticError } from '../../engine/diagnostic.ts';
import { renderDiagnostic } from '../../engine/diagnostics/render.ts';
import { compileTemplate } from '../../engine/load/own-types/compile-template.ts';
import { templateType as typeOf } from '../../engine/load/own-types/template-type.ts';
import { Problems } from '../../engine/load/problems.ts';
import type { AnyStepType, Clients } from '../../engine/step.ts';
import { placeIdentity } from '../_work/place-identity.ts';
import { registry } from '../index.ts';
import { actContext } from './act-context.ts';
import { usePlace } from './place.ts';
import { enter, testDeclaration, testWorld } from './suite.ts';

export interface StepWorld {
  /** As written in a runbook, for a step that will succeed in this world. */
  readonly with: Record<string, unknown>;
  /** What the step changes, as plain JSON: compared before, after its check, and after its undo. Default: the files in `dir`. */
  image?(): Promise<unknown>;
  /** Of targets that the step connects to, by kind; `shell` is this machine. */
  readonly clients?: { readonly [K in keyof Clients]?: Clients[K] };
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface StepCase {
  readonly title: string;
  /** Makes a world that the step has not touched yet. `dir` is a folder of its own, removed after the test. */
  setUp(place: { readonly dir: string }): Promise<StepWorld>;
}

/**
 * The contract as tests, of a declaration and, for each case, of its acts on a real world: a check changes nothing, a run
 * gives what its schema says, the probe agrees before and after, and an undo restores what was there, however often.
 * @param folder that files named by the input are relative to; default: the current one
 */
export const testStepType = (
  type: AnyStepType,
  cases: readonly StepCase[],
  { folder = '.' }: { readonly folder?: string } = {},
): void => {
  describe(type.type, () => {
    testDeclaration(type);
    describe.each(cases.map((each) => [each.title, each] as const))('%s', (_, { setUp }) => {
      testWorld(type, async () => {
        const { dir, shell, image } = await usePlace();
        const world = await setUp({ dir });
        const ctx = actContext({
          clients: { ...world.clients, shell },
          runbookDir: folder,
          ...(world.secrets && { secrets: world.secrets }),
        });
        // As the engine does before the first intent at a place.
        await placeIdentity(shell).mark(ctx.runId, 'marker');
        return enter(type, { with: world.with, ctx, image: () => world.image?.() ?? image() });
      });
    });
  });
};

/** A template type from its file; throws what is wrong with it, as `runbook validate` says it. */
export const templateType = async (file: URL | string, name = 'own.type'): Promise<AnyStepType> => {
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  const problems = new Problems();
  const text = await readFile(path, 'utf8');
  const template = compileTemplate(
    { name, path: `./${basename(path)}`, shown: path, text },
    registry,
    problems,
  );
  try {
    problems.throwIfAny();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const said = error.diagnostics.map((each) => renderDiagnostic(each, { color: false }));
    throw new Error(`${dirname(path)}: the template is not valid\n${said.join('\n')}`);
  }
  if (!template) throw new Error(`${path} is no template type`);
  return typeOf(template);
};
