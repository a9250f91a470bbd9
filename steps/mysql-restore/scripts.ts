/** What runs at the place. The dump is a file there; the option file with the password comes over stdin. */

import { restoreExits } from '../_kits/sql/restore-kind.ts';
import { tablesOfDump } from '../_targets/mysql/tool-script.ts';

/**
 * Statements that reach beyond the database the dump is restored into. A dump of one database has none of
 * them, and rows cannot fake them: a line break inside a value is written as \\n.
 */
const reachesOut = [
  '^USE `',
  '^(CREATE|DROP) DATABASE ',
  '^/\\*![0-9]* *(CREATE|DROP) DATABASE ',
  '^SET @@GLOBAL\\.',
  '^CHANGE (MASTER|REPLICATION) ',
].join('|');

/**
 * PATH -> `there SHA256 BYTES EVENTS`, which tool wrote it, of which server, how many columns are generated, then a
 * table a line; or `absent`. Complains of what is no dump of one database.
 */
export const inspectScript = `${tablesOfDump}
p=$1
if [ ! -e "$p" ]; then
  [ -x "$(dirname -- "$p")" ] || die "the folder of $p is not there, or may not be looked into" ${restoreExits.final}
  echo absent; exit 0
fi
[ -f "$p" ] && [ -r "$p" ] || die "$p is no file that can be read" ${restoreExits.final}
complete "$p" ${restoreExits.final}
# Without what it quotes: it may be a password.
out=$(grep -nE '${reachesOut}' "$p" | head -n 1 | sed "s/'.*/'.../" | cut -c1-80)
[ -z "$out" ] || die "line $out: it reaches beyond its own database, and would be carried out there" ${restoreExits.final}
s=$(sha "$p"); [ \${#s} -eq 64 ] || die "$p cannot be read"
echo "there $s $(wc -c <"$p" | tr -d ' ') $(grep -cE '^/\\*!50106 CREATE\\*/.* EVENT |^CREATE .* EVENT ' "$p")"
head -n 20 -- "$p" | sed -n '/^-- [A-Za-z]* dump /{s/^-- //;p;q;}' | grep . || echo
head -n 20 -- "$p" | sed -n 's/^-- Server version[[:space:]]*//p' | grep . || echo
grep -c '^  \`.* GENERATED ALWAYS AS (' "$p" || :
tables "$p"
`;

// The client sees only SQL: with --binary-mode it takes no command of its own (\\!, source, tee) from a dump.
const client = `
set -- --batch --binary-mode --skip-reconnect --local-infile=0 --max-allowed-packet=1G --default-character-set=utf8mb4 "$@"
`;

/**
 * Lines are emptied rather than deleted: the number in the client's complaint stays that of the file. The
 * first one is MariaDB's, in either of its spellings: MySQL's client refuses it, and --binary-mode replaces it.
 */
const filter = `
filter() {
  sed -e '1{/^\\/\\*M\\{0,1\\}!999999.*enable the sandbox mode/s/.*//;}' \\
    -e '/^-- Dumping events for database /,/^-- Dumping routines for database /s/.*//'
}
`;

/**
 * STATE RUN TAG PATH TOOL ARGS...; the option file on stdin. It reaches the client through a pipe of its own, because the
 * dump needs the client's stdin. The dump stays open as 5 in the script's own process: its position there is the
 * progress.
 */
export const restoreScript = `${filter}
kept "$1" "$2"; tmp=$kept/restore.$3
p=$4 tool=$5; shift 5
${client}
umask 077
rm -f -- "$tmp.cut"
trap 'rm -f -- "$tmp.pid" "$tmp.cut"' EXIT; trap 'exit 143' HUP INT TERM PIPE
echo "$$" >"$tmp.pid" || exit 1
exec 5<"$p" || exit ${restoreExits.final}
cat | {
  exec 3<&0
  { filter <&5 3<&- || : >"$tmp.cut"; } | "$tool" --defaults-extra-file=/dev/fd/3 "$@" >/dev/null
} || exit 1
[ ! -e "$tmp.cut" ] || die "$p could not be read to its end"
`;

/** PATH LINE -> the kind of statement that stands there, and what it is about. */
export const statementScript = `
head -n "$2" -- "$1" |
  grep -aoE '^(INSERT INTO|REPLACE INTO|CREATE TABLE|DROP TABLE IF EXISTS|LOCK TABLES|CREATE DATABASE|USE) \`[^\`]*\`' |
  tail -n 1
`;

/** TOOL ARGS...: logs in and out again. */
export const rehearseScript = `
tool=$1; shift
${client}
cat | { exec 3<&0; echo 'SELECT 1;' | "$tool" --defaults-extra-file=/dev/fd/3 "$@" >/dev/null; }
`;

/** STATE RUN TAG -> the bytes of the dump that have been read, where the place has /proc. */
export const positionScript = `
read -r pid <"$(state "$1")/$2/restore.$3.pid" || exit 1
sed -n 's/^pos:[^0-9]*//p' "/proc/$pid/fdinfo/5"
`;

/** FOLDER -> free bytes; nothing where the folder cannot be seen. */
export const freeScript = `df -Pk -- "$1" 2>/dev/null | awk 'NR == 2 { print $4 * 1024 }'`;
