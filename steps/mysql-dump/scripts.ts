/**
 * What runs at the place. `$work` names this step's unfinished files: `$work.<attempt>` is a dump being
 * written, `$work.<attempt>.pid` the process group that writes it, and its mark.
 */
import { ownFile } from '../_kits/files/own-file.ts';
import { tablesOfDump } from '../_targets/mysql/tool-script.ts';
import { workVariable } from '../_work/living-work.ts';

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
 * STATE RUN TAG PATH WORK ATTEMPT MODE TABLES TOOL ARGS...; the option file on stdin. `cat` because what the tool opens as
 * /dev/stdin may be a socket, which cannot be opened. `ln` puts the file in place only where there is none.
 */
export const dumpScript = `${describe}${ownFile}
state=$1 run=$2 tag=$3; shift 3
p=$1 work=$2 tmp=$2.$3 mode=$4 want=$5 tool=$6; shift 6
d=$(dirname -- "$p")
[ -d "$d" ] || die "the folder $d does not exist" 3
if [ -e "$p" ] || [ -L "$p" ]; then die 'it is already there, and a dump is never overwritten' 3; fi
umask 077
trap 'rm -f -- "$tmp" "$tmp.pid"' EXIT; trap 'exit 143' HUP INT TERM PIPE
kill -0 "-$$" 2>/dev/null || die 'it has no process group of its own and could not be ended' 3
echo "$$ \${${workVariable}-}" >"$tmp.pid" || exit 1
cat | "$tool" --defaults-extra-file=/dev/stdin "$@" >"$tmp" || exit 1
# The disk writes while the file is read back.
flush "$tmp" & flushing=$!
found=$(describe "$tmp") || exit 1
if [ "$(printf '%s\\n' "$found" | sed 1,2d | sort)" != "$(printf '%s' "$want" | sort)" ]; then
  die 'the tables in the dump are not those of the database'
fi
chmod -- "$mode" "$tmp" || exit 1
wait "$flushing"
note_own "$state" "$run" "$tag" "$tmp" || exit 1
ln -- "$tmp" "$p" || exit 1
flush "$d"
printf '%s\\n' "$found"
`;

/** TOOL ARGS...; the same dump without data, to nowhere: every right that the real one needs is used. */
export const rehearseScript = `
tool=$1; shift
cat | "$tool" --defaults-extra-file=/dev/stdin --no-data "$@" >/dev/null
`;

/** WORK -> the bytes written so far. */
export const sizeScript = `
for f in "$1".*; do case $f in *.pid) ;; *) [ -f "$f" ] && wc -c <"$f" | tr -d ' ' ;; esac; done
`;

/** PATH -> as dumpScript answers; fails when the file is no finished dump. */
export const describeScript = `${describe}
describe "$1"
`;

/** STATE RUN TAG PATH WORK -> own | there | absent, then how many unfinished ones there are. */
export const lookScript = `${ownFile}
if is_own "$1" "$2" "$3" "$4"; then echo own
elif [ -e "$4" ] || [ -L "$4" ]; then echo there
else echo absent
fi
n=0; for f in "$5".*; do if [ -e "$f" ]; then n=$((n + 1)); fi; done; echo "$n"
`;
