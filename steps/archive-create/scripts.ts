/**
 * What runs at the place. `$tmp` is the archive being written, `$tmp.*` what it is compared with. The list of
 * names is made by `find` and given to tar, so that excluding means the same with every tar, and what the
 * archive holds can be compared with it.
 */
import { madeFile, makingExits } from '../_work/made-file.ts';

/** How a script that reads the source ends; beside `makingExits`. */
export const sourceExits = { ...makingExits, absent: 5, inside: 6, unfit: 7 } as const;

const tar = `
command -v tar >/dev/null 2>&1 || die 'tar is not there' ${sourceExits.noTool}
command -v gzip >/dev/null 2>&1 || die 'gzip is not there' ${sourceExits.noTool}
case $(tar --version 2>/dev/null) in *'GNU tar'*) gnu=1 ;; *) gnu=0 ;; esac
case $gnu$(tar --version 2>&1 </dev/null; tar --help 2>&1 </dev/null) in
  1* | *bsdtar* | *'-T'*) ;;
  *) die 'this tar takes no list of names: GNU tar is needed' ${sourceExits.noTool} ;;
esac
# Never tar's own escapes: a name with a backslash or an accent must come back as it is.
names_in() {
  if [ "$gnu" = 1 ]; then tar --quoting-style=literal -tzf "$1"; else tar -tzf "$1"; fi | sed 's,/$,,' | sort
}
`;

/** \`only NAMES...\` turns what is excluded into arguments of find, in "$@" of whoever calls it by \`eval\`. */
const entries = `
only='n=$#; for e in "$@"; do set -- "$@" -path "./$e" -prune -o; done; shift "$n"'
ls='ls -dlin'; ! ls -d --full-time . >/dev/null 2>&1 || ls='ls --full-time -dlin'
# A line for each entry: inode, rights, links, owner, size, time, name.
standing() { find . "$@" -exec $ls {} + | sort; }
count() { awk '$2 ~ /^-/ { n++; if ($3 < 2 || !seen[$1]++) s += $6 } END { printf "%d %.0f\\n", n, s }'; }
enter() {
  [ -e "$1" ] || die "$1 does not exist" ${sourceExits.final}
  [ -d "$1" ] || die "$1 is not a directory" ${sourceExits.final}
  CDPATH= cd -- "$1" || exit ${sourceExits.final}
  if [ ! -r . ] || [ ! -x . ]; then die "no permission to read $1" ${sourceExits.final}; fi
}
`;

/**
 * An archive is decompressed once for all that is to be known of it: that takes most of the time. tar stops reading
 * at its own end mark, but only the end of the stream has the checksum.
 */
const describe = `
# ARCHIVE TAR-ARGUMENTS...: fails where gzip or tar does. Each says so in the pipe of the substitution.
through() (
  archive=$1; shift
  exec 4>&1
  ended=$({ { gzip -dc <"$archive" && echo gzip >&3; } | { if tar "$@" >&4; then echo tar >&3; fi; cat >/dev/null; }; } 3>&1)
  case $ended in *gzip*tar* | *tar*gzip*) ;; *) exit 1 ;; esac
)
# PATH -> hash and size.
identity_of() {
  s=$(sha "$1"); [ \${#s} -eq 64 ] || die 'it cannot be read'
  echo "$s $(wc -c <"$1" | tr -d ' ')"
}
# PATH -> as identity_of, then regular files, bytes of them unpacked.
describe() {
  if [ "$gnu" = 1 ]; then
    held=$({ through "$1" --numeric-owner -tvf - || echo damaged; } |
      awk '/^[-h]/ { n++; if (/^-/) s += $3 } /^damaged$/ { exit bad = 1 } END { if (bad) exit 1; printf "%d %.0f", n, s }') ||
      die 'the archive is damaged'
  else
    names_in "$1" >/dev/null && gzip -t <"$1" || die 'the archive is damaged'
    held="$(tar -tvzf "$1" | grep -c '^[-h]') $(tar -xOzf "$1" | wc -c | tr -d ' ')"
  fi
  found=$(identity_of "$1") || exit 1
  echo "$found $held"
}
`;

/**
 * As `begin_file`, then SOURCE EXCLUDE... -> as describe. tar's checkpoints go to `$tmp.err`, where the progress is
 * read.
 */
export const createScript = `${tar}${entries}${describe}${madeFile}
begin_file 'an archive' "$@"; shift 6
src=$1; shift
enter "$src"
case $(cd -- "$d" && pwd -P)/ in "$(pwd -P)"/*) die 'it would lie inside what it archives' ${sourceExits.final} ;; esac
eval "$only"
first() { grep -v -e 'tar: runbook ' -e 'tar: Exiting' -e '^$' "$1" | head -n 1; }
find . "$@" -print | sort >"$tmp.names" || exit 1
[ -z "$(find . "$@" -name '*
*' -print | head -n 1)" ] || die 'a name holds a line break, and could not be compared' ${sourceExits.final}
standing "$@" >"$tmp.was" || exit 1
want=$(count <"$tmp.was")
if [ "$gnu" = 1 ]; then
  echo "\${want#* }" >"$tmp.total"
  tar -czf "$tmp" --no-recursion --no-unquote --checkpoint=100 --checkpoint-action='echo=runbook %u' \\
    -T "$tmp.names" 2>"$tmp.err"
else tar -czf "$tmp" --no-recursion -T "$tmp.names" 2>"$tmp.err"
fi || die "tar: $(first "$tmp.err")"
if [ "$gnu" = 1 ]; then
  # Names and differences come in one list; what is no name is a difference.
  through "$tmp" --quoting-style=literal --index-file="$tmp.diff" -dvf - 2>"$tmp.bad"
  same=$?
  sed 's,/$,,' "$tmp.diff" | sort >"$tmp.held"
else names_in "$tmp" >"$tmp.held"; same=0
fi
lacking=$(diff "$tmp.names" "$tmp.held" | sed -n '/^</{p;q;}')
[ -z "$lacking" ] || die "the names in the archive are not those of the source: $lacking"
more=$(diff "$tmp.names" "$tmp.held" | sed -n '/^>/{s/^> //;p;q;}')
if [ -n "$more" ] || [ "$same" -ne 0 ]; then die "the archive is not as the source: \${more:-$(first "$tmp.bad")}"; fi
if [ "$gnu" = 1 ]; then
  found="$(identity_of "$tmp") $want" || exit 1
else
  found=$(describe "$tmp") || exit 1
  [ "\${found#* * }" = "$want" ] || die "files and bytes are \${found#* * } in the archive, $want in the source"
fi
standing "$@" >"$tmp.now" || exit 1
if ! cmp -s "$tmp.was" "$tmp.now"; then
  die "the source changed while it was read: $(diff "$tmp.was" "$tmp.now" | sed -n '/^[<>]/{s,.* \\./,,;p;q;}')"
fi
end_file
echo "$found"
`;

/** PATH -> as createScript answers. */
export const describeScript = `${tar}${describe}
describe "$1"
`;

/** TEMPORARY -> bytes of the source read so far and its total; of a tar without checkpoints the archive's bytes. */
export const progressScript = `
[ -f "$1" ] || exit 1
if ! { read -r total <"$1.total"; } 2>/dev/null; then wc -c <"$1" | tr -d ' '; exit; fi
records=$(sed -n 's/^.*tar: runbook //p' "$1.err" | tail -n 1)
echo "$((\${records:-0} * 10240)) $total"
`;

/** SOURCE EXCLUDE... -> files and bytes; then the first one that may not be read. */
export const rehearseScript = `${tar}${entries}
src=$1 p=$2; shift 2
[ -e "$src" ] || die "$src does not exist" ${sourceExits.absent}
d=$(dirname -- "$p"); if [ -d "$d" ]; then d=$(CDPATH= cd -- "$d" && pwd -P) || exit 1; fi
enter "$src"
case $d/ in "$(pwd -P)"/*) die "the archive $p would lie inside what it archives" ${sourceExits.inside} ;; esac
eval "$only"
socket=$(find . "$@" -type s -print | head -n 1)
[ -z "$socket" ] || die "it holds a socket, which tar leaves out: $socket" ${sourceExits.unfit}
[ -z "$(find . "$@" -name '*
*' -print | head -n 1)" ] || die 'a name holds a line break, and could not be compared' ${sourceExits.unfit}
standing "$@" | count
find . "$@" -type f -exec sh -c 'for f; do [ -r "$f" ] || { echo "$f"; exit; }; done' sh {} + | head -n 1
`;
