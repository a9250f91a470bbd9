/** How a dump is read at the place: with the first pg_restore there that can. */
import { pathsOf } from './tools.ts';

/**
 * `describe FILE EXIT` -> SHA256 and size; by which tool, of which server; then a table a line, as schema.name.
 * Rows cannot fake a table: they stand in archives apart from the definitions, and in SQL between COPY and `\\.`.
 */
export const describeDump = `
is_archive() { [ "$(dd if="$1" bs=5 count=1 2>/dev/null)" = PGDMP ]; }
reader() {
  said=
  for r in ${pathsOf('pg_restore').join(' ')}; do
    command -v "$r" >/dev/null 2>&1 || continue
    if said=$("$r" --list "$1" 2>&1 >/dev/null); then echo "$r"; return; fi
  done
  die "no pg_restore at this place can read it\${said:+ ($(printf '%s' "$said" | sed q))}" "$2"
}
# Sets \`definitions\`. An archive says nothing of its end: all of it is read.
read_dump() {
  if is_archive "$1"; then
    restore=$(reader "$1" "$2") || exit "$2"
    "$restore" --file=/dev/null "$1" || die 'it cannot be read to its end' "$2"
    definitions=$("$restore" --schema-only --file=- "$1" | facts)
  else
    tail -n 12 -- "$1" | grep -q '^-- PostgreSQL database dump complete$' ||
      die 'it is no archive of pg_dump, and the last line "-- PostgreSQL database dump complete" is missing' "$2"
    definitions=$(sed '/^COPY .* FROM stdin;$/,/^\\\\\\.$/d' "$1" | facts)
  fi
}
facts() {
  sed -n -e 's/^-- Dumped from database \\(version .*\\)/F\\1/p' -e 's/^-- Dumped by \\(.*\\)/B\\1/p' \\
    -e 's/^-- Name: \\(.*\\); Type: TABLE; Schema: \\(.*\\); Owner: .*/T\\2.\\1/p'
}
fact() { printf '%s\\n' "$definitions" | sed -n "s/^$1//p"; }
describe() {
  both=$(sha "$1" & read_dump "$1" "\${2:-1}"; wait; printf '%s\\n' "$definitions") || exit "\${2:-1}"
  definitions=$(printf '%s\\n' "$both" | sed 1d)
  s=$(printf '%s\\n' "$both" | sed q); [ \${#s} -eq 64 ] || die 'it cannot be read'
  echo "$s $(wc -c <"$1" | tr -d ' ')"
  echo "$(fact B | sed q), database $(fact F | sed q)"
  fact T
}
`;
