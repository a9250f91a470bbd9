import type { Secretable } from '../../engine/step.ts';

/** What of the input is shown. Not the input's own type: step.ts imports this file. */
interface Shown {
  readonly run: string | readonly string[];
  readonly env: Readonly<Record<string, Secretable>>;
  readonly cwd?: string | undefined;
}

const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const byName = (value: Secretable): string =>
  typeof value === 'string'
    ? word(value)
    : value.secret.map((part) => (typeof part === 'string' ? part : `[${part.name}]`)).join('');

const oneLine = (text: string): string => {
  const [first = '', ...rest] = text.trim().split(/\s*\n/);
  return rest.length === 0
    ? first
    : `${first} … (and ${rest.length} more ${rest.length === 1 ? 'line' : 'lines'})`;
};

/** As an operator would type it; secrets by name. */
export const preview = ({ run, env, cwd }: Shown): string => {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${byName(value)} `);
  const line = typeof run === 'string' ? run : run.map(word).join(' ');
  return oneLine(`${variables.join('')}${line}`) + (cwd === undefined ? '' : `   (in ${cwd})`);
};
