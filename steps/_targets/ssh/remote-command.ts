import { bootstrap, bootstrapLine, exports, quote } from '../../_work/posix-shell.ts';

/** All that a process list shows of the way to a command. */
export const remoteBootstrap = `exec sh -c '${bootstrap}'`;

/** What the target gives to everything that runs there, beside what its login gives. */
export interface RemoteLogin {
  readonly env: Readonly<Record<string, string>>;
  /** In front of the PATH; `~/` is the home there. */
  readonly path: readonly string[];
}

export const plainLogin: RemoteLogin = { env: {}, path: [] };

const inHome = (folder: string): string =>
  folder.startsWith('~/') ? `"\${HOME:?has no value}"${quote(folder.slice(1))}` : quote(folder);

const pathLine = (path: readonly string[]): string =>
  path.length === 0 ? '' : `PATH=${path.map(inHome).join(':')}\${PATH:+:$PATH}; export PATH\n`;

/** OLDPWD is back as it was: the folder that it came from is none of the command's business. */
const folderLines = (cwd: string | undefined): string =>
  cwd === undefined
    ? ''
    : `_rb_had=\${OLDPWD+x} _rb_old=\${OLDPWD-}
CDPATH= cd -- ${quote(cwd)} 2>/dev/null || tell no-folder
if [ -n "$_rb_had" ]; then OLDPWD=$_rb_old; else unset OLDPWD; fi
`;

/**
 * The line for the bootstrap: it becomes the command, in place, so that the pid it tells leads the group
 * that will be ended. sshd makes such a group for each command; where a server does not, setsid does.
 */
export const remoteLine = (
  token: string,
  argv: readonly [string, ...string[]],
  options: { env?: Readonly<Record<string, string>>; cwd?: string },
  login: RemoteLogin = plainLogin,
): string => {
  const script = `tell() { printf '\\036%s %s\\n' ${token} "$*" >&2; [ "$1" = pid ] || exit 1; }
printf '\\036%s\\n' ${token}
${exports(login.env)}${pathLine(login.path)}${folderLines(options.cwd)}${exports(options.env ?? {})}command -v -- "$1" >/dev/null 2>&1 || tell no-binary
if kill -0 "-$$" 2>/dev/null; then tell pid $$; exec "$@"; fi
command -v setsid >/dev/null 2>&1 || tell no-group
tell pid $$
exec setsid "$@"`;
  return bootstrapLine(script, argv);
};
