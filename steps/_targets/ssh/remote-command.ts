import { bootstrap, bootstrapLine, exports, quote } from '../posix-shell.ts';

/** All that a process list shows of the way to a command. */
export const remoteBootstrap = `exec sh -c '${bootstrap}'`;

/**
 * The line for the bootstrap: it becomes the command, in place, so that the pid it tells leads the group
 * that will be ended. sshd makes such a group for each command; where a server does not, setsid does.
 */
export const remoteLine = (
  token: string,
  argv: readonly [string, ...string[]],
  options: { env?: Readonly<Record<string, string>>; cwd?: string },
): string => {
  const folder =
    options.cwd === undefined ? '' : `CDPATH= cd -- ${quote(options.cwd)} 2>/dev/null || tell no-folder\n`;
  const script = `tell() { printf '\\036%s %s\\n' ${token} "$*" >&2; [ "$1" = pid ] || exit 1; }
printf '\\036%s\\n' ${token}
${folder}${exports(options.env ?? {})}command -v -- "$1" >/dev/null 2>&1 || tell no-binary
if kill -0 "-$$" 2>/dev/null; then tell pid $$; exec "$@"; fi
command -v setsid >/dev/null 2>&1 || tell no-group
tell pid $$
exec setsid "$@"`;
  return bootstrapLine(script, argv);
};
