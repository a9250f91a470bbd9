import type { Secretable } from '../../engine/step.ts';

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

interface Previewed {
  readonly run: string | readonly string[];
  readonly env: { readonly [name: string]: Secretable };
  readonly cwd?: string | undefined;
}

/** As an operator would type it; secrets by name. */
export const preview = ({ run, env, cwd }: Previewed): string => {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${byName(value)} `);
  const line = typeof run === 'string' ? run : run.map(word).join(' ');
  return oneLine(`${variables.join('')}${line}`) + (cwd === undefined ? '' : `   (in ${cwd})`);
};
