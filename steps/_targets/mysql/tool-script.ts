/**
 * Finds a tool of the server at the place and speaks its dialect: MySQL's and MariaDB's name the options for
 * TLS differently, and warn of any other or refuse it. Expects `$tls` (SqlConfig's mode); leaves `$tool`,
 * `$maria` (0 or 1) and the options in front of "$@".
 */
export const findTool = (...names: readonly [string, ...string[]]): string => `
for tool in ${names.join(' ')} -; do command -v "$tool" >/dev/null 2>&1 && break; done
[ "$tool" != - ] || die 'neither ${names.join(' nor ')} is there' 4
case $("$tool" --version </dev/null 2>/dev/null) in *MariaDB*) maria=1 ;; *) maria=0 ;; esac
case $maria-$tls in
  1-disable) set -- --skip-ssl "$@" ;;
  1-require) set -- --ssl --disable-ssl-verify-server-cert "$@" ;;
  1-verify) set -- --ssl --ssl-verify-server-cert "$@" ;;
  0-disable) set -- --ssl-mode=DISABLED "$@" ;;
  0-require) set -- --ssl-mode=REQUIRED "$@" ;;
  0-verify) set -- --ssl-mode=VERIFY_IDENTITY "$@" ;;
esac
`;

/** Base tables that a dump defines. Rows cannot fake these lines: a line break inside a value is written as \\n. */
export const tablesOfDump = `
tables() { sed -n 's/^CREATE TABLE \`\\(.*\\)\` ($/\\1/p' "$1" | sed 's/\`\`/\`/g'; }
complete() { tail -n 1 -- "$1" | grep -q '^-- Dump completed' || die 'the last line "-- Dump completed" is missing' "\${2:-1}"; }
`;
