/**
 * Scripts that reach a shell over its stdin. What `ps` shows is `bootstrap`, always the same; the script,
 * with the secrets of its environment, is the one line that the bootstrap reads. `read` takes a byte at a
 * time from a pipe, so what follows the line is left for the command's own stdin.
 */

/** No single quote, no newline, no `!` in it: it must pass through whatever login shell an account has. */
export const bootstrap = '_rbn=$(printf "\\nx"); _rbn=${_rbn%x}; IFS= read -r _rbl && eval "$_rbl"';

/** One POSIX word; without a newline of its own, so that it may stand in a line for `bootstrap`. */
export const quote = (word: string): string => {
  if (word.includes('\0')) throw new Error('a NUL byte cannot be passed to a command');
  return `'${word.replaceAll("'", "'\\''").replaceAll('\n', `'"$_rbn"'`)}'`;
};

/** A cut line is never run: `read` fails without its newline. */
export const bootstrapLine = (script: string, args: readonly string[] = []): string =>
  `set -- ${args.map(quote).join(' ')}; eval ${quote(script)}\n`;

const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const exports = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => {
      if (!variable.test(name))
        throw new Error(`${JSON.stringify(name)} is no name for an environment variable`);
      return `export ${name}=${quote(value)}\n`;
    })
    .join('');
