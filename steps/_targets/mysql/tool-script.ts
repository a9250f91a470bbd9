/** Base tables that a dump defines. Rows cannot fake these lines: a line break inside a value is written as \\n. */
export const tablesOfDump = `
tables() { sed -n 's/^CREATE TABLE \`\\(.*\\)\` ($/\\1/p' "$1" | sed 's/\`\`/\`/g'; }
complete() { tail -n 1 -- "$1" | grep -q '^-- Dump completed' || die 'the last line "-- Dump completed" is missing' "\${2:-1}"; }
`;
