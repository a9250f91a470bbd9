import type { Plan } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { coreOutputOf } from './core-outputs.ts';
import { type JsonSchema, schemaOf } from './json-schema.ts';

/** Output schemas by step id, for Scope.schemas. */
export const outputSchemas = (plan: Plan, registry: Registry): { readonly [id: string]: JsonSchema } => {
  const schemas: { [id: string]: JsonSchema } = {};
  for (const step of Object.values(plan.steps)) {
    const core = coreOutputOf(step.kind);
    if (core) schemas[step.id] = schemaOf(core, 'output');
    const type = step.kind === 'act' ? registry.steps.get(step.act.type) : undefined;
    if (type) schemas[step.id] = schemaOf(type.output, 'output');
  }
  return schemas;
};
