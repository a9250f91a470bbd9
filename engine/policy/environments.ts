/** CEL for policies: `plan`, `t0`, and functions that read the clocks of a time zone. */
import type { Environment } from '@marcbachmann/cel-js';
import { withDivision } from '../expr/division.ts';
import { baseEnvironment } from '../expr/environment.ts';
import { local, localFields, within } from './local-time.ts';
import { planTypes } from './plan-facts.ts';

const timestamp = 'google.protobuf.Timestamp';

const withFunctions = (env: Environment, localType: string): Environment =>
  env
    .registerFunction(`local(${timestamp}, string): ${localType}`, local)
    .registerFunction(`within(${timestamp}, ${timestamp}, string, string): bool`, within);

let checking: Environment | undefined;
export const checkEnvironment = (): Environment => {
  if (checking) return checking;
  const env = baseEnvironment().clone().registerType('Local', { fields: localFields });
  for (const [name, fields] of Object.entries(planTypes)) env.registerType(name, { fields });
  checking = withFunctions(env, 'Local').registerVariable('plan', 'Plan').registerVariable('t0', timestamp);
  return checking;
};

let judging: Environment | undefined;
/** Types were checked when the policy was loaded. */
export const judgeEnvironment = (): Environment => {
  judging ??= withFunctions(withDivision(baseEnvironment().clone()), 'dyn')
    .registerVariable('plan', 'dyn')
    .registerVariable('t0', 'dyn');
  return judging;
};

export const roots = ['plan', 't0'] as const;
