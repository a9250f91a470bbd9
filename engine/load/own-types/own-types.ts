/** The step types of one runbook: those of the engine, and its own. */
import { dirname, posix, resolve } from 'node:path';
import type { JsonObject, Plan, PlanStepType } from '../../plan.ts';
import type { Registry } from '../../registry.ts';
import type { AnyStepType } from '../../step.ts';
import { shown } from '../describe.ts';
import { isMap } from '../is-map.ts';
import { faultOf, type ReadFile, readNamedFile } from '../named-files.ts';
import { parseYaml } from '../parse-yaml.ts';
import { Problems } from '../problems.ts';
import { decodeText, readText, shownPath } from '../read-source.ts';
import { isCore } from '../schema/steps.ts';
import { namesIn, rawSection } from '../sections.ts';
import type { YamlSource } from '../yaml-source.ts';
import { compileTemplate } from './compile-template.ts';
import { declaredType } from './declared-type.ts';
import { type ImportModule, loadModule } from './module.ts';
import { templateType } from './template-type.ts';

export interface TypesGiven {
  /** The types of the engine. */
  readonly registry: Registry;
  /** Path of the runbook. */
  readonly path: string;
  readonly readFile: ReadFile;
  /** Runs the code of a module; without it, a module is refused. */
  readonly importModule?: ImportModule | undefined;
  /** Files of a module whose code is not to be run: its steps are then read as they are written. */
  readonly moduleFiles?: ((module: string) => readonly string[]) | undefined;
}

export interface OwnTypes {
  readonly registry: Registry;
  /** undefined: the runbook declares none. */
  readonly declared: { readonly [name: string]: PlanStepType } | undefined;
}

export const joined = (registry: Registry, own: ReadonlyMap<string, AnyStepType>): Registry =>
  own.size === 0 ? registry : { ...registry, steps: new Map([...registry.steps, ...own]) };

const isTemplate = (written: string): boolean => /\.ya?ml$/.test(written);
const isModule = (written: string): boolean => /^\.{1,2}\//.test(written);

/** Never throws for what is wrong: it is in `problems`, and steps of such a type are not judged. */
export const ownTypesOf = async (
  root: JsonObject,
  source: YamlSource,
  problems: Problems,
  given: TypesGiven,
): Promise<OwnTypes> => {
  const section = rawSection('step_types', { root, source, problems });
  if (section === null)
    return {
      registry: { ...given.registry, unloaded: new Set(namesIn(root.step_types)) },
      declared: undefined,
    };
  const types = new Map<string, AnyStepType>();
  const unrun = new Set<string>();
  const declared: { [name: string]: PlanStepType } = {};
  for (const [name, written] of Object.entries(section)) {
    const found = await new Declaration(name, written, source, problems, given).load();
    if (found) declared[name] = found.plan;
    if (found) types.set(name, found.type);
    if (found?.unrun) unrun.add(name);
  }
  const unloaded = new Set(namesIn(root.step_types).filter((name) => !types.has(name)));
  return { registry: { ...joined(given.registry, types), unloaded, unrun }, declared };
};

interface Found {
  readonly type: AnyStepType;
  readonly plan: PlanStepType;
  readonly unrun?: boolean;
}

class Declaration {
  readonly #name: string;
  readonly #written: string;
  readonly #source: YamlSource;
  readonly #problems: Problems;
  readonly #given: TypesGiven;

  constructor(name: string, written: string, source: YamlSource, problems: Problems, given: TypesGiven) {
    this.#name = name;
    this.#written = written;
    this.#source = source;
    this.#problems = problems;
    this.#given = given;
  }

  async load(): Promise<Found | null> {
    const [name, written] = [this.#name, this.#written];
    const taken = this.#given.registry.steps.has(name)
      ? ('a step type of the engine' as const)
      : isCore(name)
        ? ('a kind of step of the engine' as const)
        : null;
    if (taken) {
      this.#problems.add('RB350', { name, what: taken }, this.#source.key(['step_types', name]));
      return null;
    }
    if (written.startsWith('npm:')) return this.#module();
    if (!isModule(written) && !isTemplate(written)) {
      this.#problems.add('RB352', { name, got: shown(written) }, this.#at);
      return null;
    }
    if (posix.normalize(written).startsWith('..') || posix.isAbsolute(written)) {
      this.#problems.add('RB351', { name, path: written, fault: { kind: 'outside' } }, this.#at);
      return null;
    }
    return isTemplate(written) ? this.#template() : this.#module();
  }

  get #at() {
    return this.#source.value(['step_types', this.#name]);
  }

  async #template(): Promise<Found | null> {
    const [name, path] = [this.#name, this.#written];
    const full = resolve(dirname(this.#given.path), path);
    let text: string;
    try {
      text = decodeText(await this.#given.readFile(full), shownPath(full));
    } catch (error) {
      this.#problems.add('RB351', { name, path, fault: faultOf(error) }, this.#at);
      return null;
    }
    const file = { name, path, shown: shownPath(full), text };
    const template = compileTemplate(file, this.#given.registry, this.#problems);
    return template && { type: templateType(template), plan: { template: path, text } };
  }

  async #module(): Promise<Found | null> {
    const { importModule, moduleFiles, path } = this.#given;
    const [name, module] = [this.#name, this.#written];
    if (!importModule && moduleFiles) {
      const files = moduleFiles(module);
      return { type: declaredType(name, files), plan: { module, files }, unrun: true };
    }
    if (!importModule) {
      this.#problems.add('RB359', { name, module }, this.#at);
      return null;
    }
    const found = await loadModule({ name, module, folder: dirname(path), importModule });
    if (!('fault' in found)) return { type: found.type, plan: { module, files: found.files } };
    this.#problems.addDiagnostic(found.fault, this.#at);
    return null;
  }
}

/** Of a plan that was saved with its run. Throws DiagnosticError where a module is gone or cannot be used. */
export const registryOfPlan = async (
  plan: Plan,
  {
    registry,
    folder,
    importModule,
  }: { readonly registry: Registry; readonly folder: string; readonly importModule: ImportModule },
): Promise<Registry> => {
  const problems = new Problems();
  const types = new Map<string, AnyStepType>();
  for (const [name, of] of Object.entries(plan.stepTypes ?? {})) {
    if ('template' in of) {
      const file = { name, path: of.template, shown: of.template, text: of.text };
      const template = compileTemplate(file, registry, problems);
      if (template) types.set(name, templateType(template));
      continue;
    }
    const found = await loadModule({ name, module: of.module, folder, importModule, digests: plan.files });
    if ('fault' in found) problems.addDiagnostic(found.fault);
    else types.set(name, found.type);
  }
  problems.throwIfAny();
  return joined(registry, types);
};

/** Of a runbook file that may be wrong elsewhere. Throws DiagnosticError. */
export const registryOf = async (
  path: string,
  given: Pick<TypesGiven, 'registry' | 'importModule'>,
): Promise<Registry> => {
  const problems = new Problems();
  const { file, text } = await readText(path);
  const { source, value } = parseYaml(text, file, problems);
  problems.throwIfAny();
  const { registry } = await ownTypesOf(isMap(value) ? value : {}, source, problems, {
    ...given,
    path,
    readFile: readNamedFile,
  });
  problems.throwIfAny();
  return registry;
};
