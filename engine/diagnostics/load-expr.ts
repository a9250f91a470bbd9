import { entry } from './entry.ts';
import { type ExpressionFault, expressionFault } from './expression-fault.ts';
import { habitOfName } from './habits.ts';
import { loadValues } from './load-values.ts';
import { choose, list } from './remedies.ts';
import { type ShellFault, shellFault } from './shell-fault.ts';

/** RB3xx: expressions, vars, secrets. */
export const loadExpr = {
  RB301: entry<{ fault: ExpressionFault }>({
    exit: 2,
    message: ({ fault }) => `The expression cannot be read: ${expressionFault(fault)}`,
    remedy: () => 'Expressions are CEL: text in quotes, == to compare, && and || to combine',
  }),
  RB302: entry<{ name: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name }) => `Unknown name "${name}" in an expression`,
    remedy: ({ name, near, known }) => {
      const habit = habitOfName(name);
      const others = choose(habit === null ? near : null, 'Available', known, 'No name is available here');
      return habit === null ? others : `${habit}.  ${others}`;
    },
  }),
  RB303: entry<{ name: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name }) => `There is no var "${name}"`,
    remedy: ({ near, known }) => choose(near, 'Known', known, 'Declare it under `vars`'),
  }),
  RB304: entry<{ name: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name }) => `There is no secret "${name}"`,
    remedy: ({ near, known }) => choose(near, 'Known', known, 'Declare it under `secrets`'),
  }),
  RB305: entry<{ name: string; near: string | null; known: readonly string[]; dash: string | null }>({
    exit: 2,
    message: ({ name }) => `There is no step "${name}"`,
    remedy: ({ near, known, dash }) =>
      dash === null
        ? choose(near, 'Known', known, 'No step has this id')
        : `Write steps['${dash}']: a dash means minus`,
  }),
  RB306: entry<{ name: string; of: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name, of }) => `${of} has no field "${name}"`,
    remedy: ({ near, known }) => choose(near, 'Fields', known, 'It has no fields'),
  }),
  RB307: entry<{ why: string }>({
    exit: 2,
    message: ({ why }) => `The types do not match: ${why}`,
    remedy: () => 'Convert with string(...), int(...) or double(...), or compare values of the same type',
  }),
  RB308: entry<{ step: string; member: string; why: string }>({
    exit: 2,
    message: ({ step, member, why }) =>
      member === 'ran'
        ? `It is not known yet whether "${step}" has run: ${why}`
        : `${member === 'output' ? 'The output' : `\`${member}\``} of "${step}" may not exist yet: ${why}`,
    remedy: () => 'Read only outputs of steps that have ended before this one starts',
  }),
  RB309: entry<{ name: string }>({
    exit: 2,
    message: ({ name }) => `A secret must be alone in its "\${{ ${name} }}": nothing can be computed from it`,
    remedy: () => 'Put the other text outside the ${{ }}',
  }),
  RB310: entry<{ step: string }>({
    exit: 2,
    message: ({ step }) =>
      `One text cannot contain both a secret and a value that is only known during the run (${step})`,
    remedy: () => 'Pass the two in separate fields or environment variables',
  }),
  RB311: entry<object>({
    exit: 2,
    message: () => '`matches` is not allowed: a regular expression can run for hours on a short text',
    remedy: () => 'Use contains, startsWith, endsWith or ==',
  }),
  RB312: entry<{ field: string }>({
    exit: 2,
    message: ({ field }) =>
      `No \${{ }} is allowed in \`${field}\`: the text that a shell executes must be in the reviewed file`,
    remedy: () => 'Pass the value by `env` and read it as "$NAME"',
  }),
  RB313: entry<{ name: string; step: string }>({
    exit: 2,
    message: ({ name, step }) => `The output field "${name}" of "${step}" is sensitive and cannot be read`,
    remedy: () => 'Remove it: a sensitive value is never available to other steps',
  }),
  RB314: entry<{ name: string; type: string; description: string | null }>({
    exit: 2,
    message: ({ name, type, description }) =>
      `The var "${name}" (${type}) has no value${description === null ? '' : `: ${description}`}`,
    remedy: ({ name, type }) =>
      `Give it ${type === 'list' || type === 'map' ? `in a file with --vars FILE, or as JSON with --var '${name}=...'` : `with --var ${name}=VALUE, or in a file with --vars FILE`}`,
  }),
  RB315: entry<{ noun: 'var' | 'input'; name: string; type: string; got: string; from: string }>({
    exit: 2,
    message: ({ noun, name, type, got, from }) => `The ${noun} "${name}" from ${from} is ${got}, not ${type}`,
    remedy: () => 'Correct the value',
  }),
  RB316: entry<{ name: string; from: string; near: string | null; known: readonly string[] }>({
    exit: 2,
    message: ({ name, from }) => `${from} sets "${name}", which is not a var of this runbook`,
    remedy: ({ near, known }) =>
      `${near === null ? 'Remove it' : `Did you mean "${near}"? If not, remove it`}, or declare it under \`vars\`.  ${
        known.length === 0 ? 'The runbook declares none' : `Declared: ${list(known)}`
      }`,
  }),
  RB317: entry<object>({
    exit: 2,
    message: () => 'The ${{ has no closing }}',
    remedy: () => 'Add }} at its end',
  }),
  RB318: entry<{ field: string; got: string; expected: readonly string[] }>({
    exit: 2,
    message: ({ field, got, expected }) =>
      `\`${field}\` must be ${list(expected)}, but the expression gives ${got}`,
    remedy: () => 'Convert it; for true or false, write a comparison',
  }),
  RB319: entry<{ where: string }>({
    exit: 2,
    message: ({ where }) =>
      `${where} is evaluated before the run starts: only vars and locals can be used here`,
    remedy: () => "Use a var or a local, or move the value into a step's `with`",
  }),
  RB320: entry<{ why: string }>({
    exit: 2,
    message: ({ why }) => `The expression fails: ${why}`,
    remedy: () => 'Correct the expression, or the vars in it',
  }),
  RB321: entry<{ where: string; remedy: string }>({
    exit: 2,
    message: ({ where }) => `\${{ }} is not evaluated in ${where}`,
    remedy: ({ remedy }) => remedy,
  }),
  RB322: entry<{ text: string; remedy: string }>({
    exit: 2,
    message: ({ text }) => `"${text}" looks like an expression, but would be used as plain text`,
    remedy: ({ remedy }) => remedy,
  }),
  RB323: entry<{ fault: ShellFault; remedy: string }>({
    exit: 2,
    message: ({ fault }) => `No shell reads this: ${shellFault(fault)}`,
    remedy: ({ remedy }) => remedy,
  }),
  ...loadValues,
} as const;
