/** What runs at the place, a few calls a second at most. Everything that decides stands in TypeScript. */

const common = `
# GNU and BSD spell it differently: mode in hex, device, inode, size, changed, born (0 or - where unknown), name.
if stat -c %i / >/dev/null 2>&1; then
  stats() { stat -L -c '%f %d %i %s %Y %W %n' -- "$@" 2>/dev/null; }
else
  stats() { stat -L -f '%Xp %d %i %z %m %B %N' -- "$@" 2>/dev/null; }
fi
inode() { stats "$1" | cut -d ' ' -f 3; }
hash() { { if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi; } | cut -c1-64; }
# By the content: a name may promise a compression that is not there.
unpacker() {
  case $(head -c 6 <"$1" | od -An -tx1 | tr -d ' \\n') in
    1f8b*) echo gzip ;; 425a68*) echo bzip2 ;; fd377a585a00) echo xz ;; 28b52ffd*) echo zstd ;; *) echo ;;
  esac
}
# FILE OFFSET: a hash that tells this file from others by what stands before OFFSET: its beginning, and the last
# bytes before OFFSET. Not all of it: a log may have gigabytes, and is looked at each second.
print_of() {
  near=4096; [ "$2" -ge "$near" ] || near=$2
  tool=$(unpacker "$1")
  if [ -n "$tool" ]; then
    [ "$("$tool" -dc <"$1" 2>/dev/null | head -c "$2" | wc -c)" -eq "$2" ] || return 1
    { "$tool" -dc <"$1" 2>/dev/null | head -c "$near"; "$tool" -dc <"$1" 2>/dev/null | head -c "$2" | tail -c "$near"; } | hash
  else
    { head -c "$near" <"$1"; tail -c "+$(($2 - near + 1))" <"$1" | head -c "$near"; } | hash
  fi
}
`;

/**
 * (PATH KNOWN)... -> \`time SECONDS\`, then for each path a line \`path refused WHY\`, \`path missing REAL\` or
 * \`path there REAL\`, and \`file MODE DEVICE INODE SIZE CHANGED BORN NAME\` for each file that may hold a part of that
 * log: those named like REAL (where the path leads to) and like KNOWN (where it led before; may be empty).
 */
export const lookScript = `${common}
family() {
  dir=$(dirname -- "$1"); base=$(basename -- "$1")
  stats "$dir/\${base%%[0-9.]*}"* | sed 's/^/file /'
}
echo "time $(date +%s)"
while [ $# -gt 0 ]; do
  p=$1 known=$2; shift 2
  real=$(readlink -f -- "$p" 2>/dev/null) || real=
  [ -n "$real" ] || real=$p
  if [ ! -e "$p" ]; then
    if [ -x "$(dirname -- "$p")" ] || [ ! -e "$(dirname -- "$p")" ]; then echo "path missing $real"
    else echo 'path refused its folder may not be looked into'; continue; fi
  elif [ ! -f "$p" ]; then echo 'path refused it is no regular file'; continue
  elif [ ! -r "$p" ]; then echo 'path refused it may not be read'; continue
  elif [ -n "$(unpacker "$p")" ]; then echo 'path refused it is compressed: name the log that is written to'; continue
  else echo "path there $real"; fi
  family "$real"
  if [ -n "$known" ] && [ "$known" != "$real" ]; then family "$known"; fi
done
`;

/**
 * (FILE INODE OFFSET)... -> a line for each: the hash, or \`-\` where the path leads to another file by now, or its
 * content ends before OFFSET, or \`unreadable\`.
 */
export const printScript = `${common}
while [ $# -gt 0 ]; do
  if [ "$(inode "$1")" != "$2" ]; then echo -
  elif [ ! -r "$1" ]; then echo unreadable
  else print_of "$1" "$3" || echo -; fi
  shift 3
done
`;

/** Longer lines are not judged; the splitter holds as much of one. */
export const longestLine = 1024 * 1024;

/**
 * (FILE INODE SIZE)... -> \`OFFSET HASH\`, where OFFSET is where the last whole line ends; \`-\` where the path leads to
 * another file by now, \`endless\` where the last line has no beginning within its longest length.
 */
export const markScript = `${common}
while [ $# -gt 0 ]; do
  f=$1 size=$3
  if [ "$(inode "$1")" != "$2" ]; then echo -; shift 3; continue; fi
  shift 3
  piece() { tail -c "+$((size - $1 + 1))" <"$f" | head -c "$1"; }
  half=0
  if [ "$size" -gt 0 ] && [ "$(piece 1 | wc -l)" -eq 0 ]; then
    back=${longestLine}; [ "$size" -ge "$back" ] || back=$size
    if [ "$(piece "$back" | wc -l)" -gt 0 ]; then half=$(piece "$back" | tail -n 1 | wc -c)
    elif [ "$back" -eq "$size" ]; then half=$size
    else echo endless; continue; fi
  fi
  offset=$((size - half))
  echo "$offset $(print_of "$f" "$offset")"
done
`;

/** How `readScript` ends when the path leads to another file than the one that is meant. */
export const otherFile = { other: 9 } as const;

/**
 * FILE INODE FROM HASH BYTES: what stands in FILE from FROM on (BYTES of it; empty: all). Says when the file is not
 * the one that is meant, before or after it was read: a log may be copied and cut short in between.
 */
export const readScript = `${common}
same() { [ "$(inode "$1")" = "$2" ] && { [ -z "$4" ] || [ "$(print_of "$1" "$3")" = "$4" ]; }; }
same "$@" || exit ${otherFile.other}
exec 4<"$1" || exit 1
tool=$(unpacker "$1")
if [ -n "$tool" ]; then
  exec 5>&1
  ended=$({ { "$tool" -dc <&4 4<&-; echo $? >&3; } | tail -c "+$(($3 + 1))" >&5; } 3>&1)
  [ "$ended" = 0 ] || die "it cannot be decompressed by $tool"
elif [ -n "$5" ]; then tail -c "+$(($3 + 1))" <&4 | head -c "$5"
else tail -c "+$(($3 + 1))" <&4; fi
same "$@" || exit ${otherFile.other}
`;
