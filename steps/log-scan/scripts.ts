/** What runs at the place, a few calls a second at most: one to look at every file, one to read a piece. */

/** `inode size`, of what a link leads to; GNU and BSD spell it differently. */
const identity = `
identity() { stat -L -c '%i %s' -- "$1" 2>/dev/null || stat -L -f '%i %z' -- "$1"; }
`;

/**
 * PATHS... -> a line for each: `missing OLD`, `refused WHY`, or `there INODE SIZE HALF OLD`, where HALF are the
 * bytes of a last line without an end (looked for in the last 64 KiB) and OLD is the inode that PATH.1 has.
 */
export const lookScript = `${identity}
for p in "$@"; do
  old=; if [ -f "$p.1" ]; then old=$(identity "$p.1"); fi
  old=\${old%% *}
  if [ ! -e "$p" ]; then
    if [ -x "$(dirname -- "$p")" ] || [ ! -e "$(dirname -- "$p")" ]; then echo "missing $old"; else echo 'refused its folder may not be looked into'; fi
    continue
  fi
  [ -f "$p" ] || { echo 'refused it is no regular file'; continue; }
  [ -r "$p" ] || { echo 'refused it may not be read'; continue; }
  id=$(identity "$p") || { echo "missing $old"; continue; }
  size=\${id#* }
  from=$((size - 65536)); [ "$from" -gt 0 ] || from=0
  piece() { tail -c "+$((from + 1))" -- "$p" | head -c "$((size - from))"; }
  half=0
  if [ "$size" -gt 0 ] && [ "$(piece | tail -c 1 | wc -l)" -eq 0 ]; then half=$(piece | tail -n 1 | wc -c); fi
  echo "there $id $((half)) $old"
done
`;

/** PATH INODE FROM BYTES: that piece of the file; exits 9 when the path leads to another file by now. */
export const readScript = `${identity}
exec 4<"$1" || exit 1
id=$(identity "$1") || exit 9
[ "\${id%% *}" = "$2" ] || exit 9
tail -c "+$(($3 + 1))" <&4 | head -c "$4"
`;
