/** What runs at the place. */
import { tablesOfDump } from '../_targets/mysql/tool-script.ts';
import { madeFile } from '../_work/made-file.ts';

/** Options of every dump, whichever tool takes it. */
export const dumpOptions = [
  '--single-transaction',
  '--quick',
  '--routines',
  '--triggers',
  '--events',
  '--hex-blob',
  '--no-tablespaces',
  '--default-character-set=utf8mb4',
] as const;

const describe = `${tablesOfDump}
describe() {
  complete "$1"
  # The two that read all of it read it at the same time; the hash comes first, since it is waited for.
  both=$(sha "$1" & t=$(tables "$1"); wait; printf '%s\\n' "$t")
  s=$(printf '%s\\n' "$both" | sed q); [ \${#s} -eq 64 ] || die 'it cannot be read'
  echo "$s $(wc -c <"$1" | tr -d ' ')"
  sed -n '/^-- [A-Za-z]* dump /{s/^-- //;p;q;}' "$1"
  printf '%s\\n' "$both" | sed '1d;/^$/d'
}
`;

/**
 * As `begin_file`, then TABLES TOOL ARGS...; the option file on stdin. `cat` because what the tool opens as /dev/stdin
 * may be a socket, which cannot be opened.
 */
export const dumpScript = `${describe}${madeFile}
begin_file 'a dump' "$@"; shift 6
want=$1 tool=$2; shift 2
cat | "$tool" --defaults-extra-file=/dev/stdin "$@" >"$tmp" || exit 1
# The disk writes while the file is read back.
flush "$tmp" & flushing=$!
found=$(describe "$tmp") || exit 1
if [ "$(printf '%s\\n' "$found" | sed 1,2d | sort)" != "$(printf '%s' "$want" | sort)" ]; then
  die 'the tables in the dump are not those of the database'
fi
wait "$flushing"
end_file
printf '%s\\n' "$found"
`;

/** TOOL ARGS...; the same dump without data, to nowhere: every right that the real one needs is used. */
export const rehearseScript = `
tool=$1; shift
cat | "$tool" --defaults-extra-file=/dev/stdin --no-data "$@" >/dev/null
`;

/** PATH -> as dumpScript answers; fails when the file is no finished dump. */
export const describeScript = `${describe}
describe "$1"
`;
