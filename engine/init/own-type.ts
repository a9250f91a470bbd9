/** An own step type to begin with: it works as it is written, and so does its test. */
import { moduleTexts } from './own-type-module.ts';
import type { TypeFile, TypeNames } from './own-type-names.ts';
import { templateTexts } from './own-type-template.ts';

/** null: no name for a step type can be made of it. */
export const typeNames = (name: string): TypeNames | null => {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return null;
  const type = name.includes('-') ? name.replace('-', '.') : `own.${name}`;
  return { name, type, code: name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) };
};

export const typeFiles = (names: TypeNames, template: boolean): readonly TypeFile[] =>
  template ? templateTexts(names) : moduleTexts(names);

/** @param written as the operator named it, without an ending; @param test path of the test */
export const nextStepsOf = (
  names: TypeNames,
  written: string,
  test: string,
  template: boolean,
): readonly string[] => [
  'In the runbook, with the path as seen from its folder:',
  '  step_types:',
  `    ${names.type}: ${written}${template ? '.yaml' : ''}`,
  '',
  'Its test, which passes as it is written:',
  '  npm install --save-dev vitest @runbook-engine/runbook',
  `  npx vitest run ${test}`,
];
