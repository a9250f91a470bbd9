/** CEL environments: one base with the operators we add, cloned for checking and for running. */
import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { withDivision } from './division.ts';
import { branches, type JsonSchema } from './json-schema.ts';

/** Bounds what an expression can cost before it runs. */
const LIMITS = {
  maxAstNodes: 2000,
  maxDepth: 50,
  maxListElements: 1000,
  maxMapEntries: 1000,
  maxCallArguments: 32,
};

const withMixedNumbers = (env: Environment): Environment => {
  // The library compares doubles with integers by order, yet not by equality, and never computes with both.
  env.registerOperator('double == int', (a: number, b: bigint) => a === Number(b));
  const compute: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [op, apply] of Object.entries(compute)) {
    env.registerOperator(`double ${op} int: double`, (a: number, b: bigint) => apply(a, Number(b)));
    env.registerOperator(`int ${op} double: double`, (a: bigint, b: number) => apply(Number(a), b));
  }
  return env;
};

let shared: Environment | undefined;
export const baseEnvironment = (): Environment => {
  shared ??= withMixedNumbers(new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS }));
  return shared;
};

/** null: it is not well-formed. */
export const syntaxOf = (expr: string): ASTNode | null => {
  try {
    return baseEnvironment().parse(expr).ast;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
};

let running: Environment | undefined;
/** Types were checked at load; here values speak for themselves, and one parse serves every run. */
export const runEnvironment = (): Environment => {
  running ??= withDivision(baseEnvironment().clone())
    .registerVariable('vars', 'dyn')
    .registerVariable('locals', 'dyn')
    .registerVariable('steps', 'dyn')
    .registerVariable('run', 'dyn')
    .registerVariable('result', 'dyn');
  return running;
};

/** Registers the message types that `schema` needs under names starting with `name`; returns the CEL type. */
export const declareType = (
  env: Environment,
  name: string,
  schema: JsonSchema,
  root: JsonSchema = schema,
  /** Gets what each message type is. */
  told?: Map<string, JsonSchema>,
): string => {
  const shapes = branches(schema, root);
  const only = shapes.length === 1 ? shapes[0] : undefined;
  switch (only?.type) {
    case 'string':
      return 'string';
    case 'integer':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'array':
      if (only.prefixItems || typeof only.items !== 'object' || Array.isArray(only.items)) return 'list<dyn>';
      return `list<${declareType(env, `${name}_i`, only.items, root, told)}>`;
    case 'object':
      return declareObject(env, name, only, root, told);
  }
  return 'dyn';
};

const declareObject = (
  env: Environment,
  name: string,
  schema: JsonSchema,
  root: JsonSchema,
  told: Map<string, JsonSchema> | undefined,
): string => {
  const properties = Object.entries(schema.properties ?? {});
  const rest = schema.additionalProperties;
  if (properties.length === 0)
    return typeof rest === 'object'
      ? `map<string, ${declareType(env, `${name}_v`, rest, root, told)}>`
      : 'map<string, dyn>';
  // A map with known and unknown keys has no CEL type that would refuse a wrong key and take a right one.
  if (typeof rest === 'object') return 'map<string, dyn>';
  const fields: Record<string, string> = {};
  for (const [index, [key, field]] of properties.entries())
    fields[key] = typeof field === 'object' ? declareType(env, `${name}_${index}`, field, root, told) : 'dyn';
  env.registerType(name, { fields });
  told?.set(name, schema);
  return name;
};
