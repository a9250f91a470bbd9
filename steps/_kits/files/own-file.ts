/**
 * Which file at a path is the step's own. Written down before the file gets its name, so that neither a probe nor
 * an undo takes one that somebody else put there meanwhile for it. A file that was written to since is not ours either.
 */

/**
 * `note_own STATE RUN TAG FILE` before the file is linked into place; `is_own STATE RUN TAG PATH` later. A rename and
 * a link keep what is written down: number, size and time. The number alone would be given to the next file.
 */
export const ownFile = `
identity() { stat -c '%i %s %Y' -- "$1" 2>/dev/null || stat -f '%i %z %m' -- "$1"; }
note_own() {
  own=$(state "$1")/$2/made.$3
  (umask 077; mkdir -p -- "$(dirname -- "$own")" && identity "$4" >"$own") && flush "$own"
}
is_own() {
  own=$(state "$1")/$2/made.$3
  [ -f "$own" ] && [ ! -L "$4" ] && [ "$(cat -- "$own")" = "$(identity "$4")" ]
}
`;

/** STATE RUN TAG PATH: removes the file if it is the step's own, and says what is there then: `absent` or `another's`. */
export const removeOwnScript = `${ownFile}
if is_own "$1" "$2" "$3" "$4"; then rm -f -- "$4" || exit 1; fi
if [ -e "$4" ] || [ -L "$4" ]; then echo "another's"; else echo absent; fi
`;
