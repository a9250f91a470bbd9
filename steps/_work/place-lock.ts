/**
 * A lock in the state folder of a place. Its entries are files with rising numbers, the highest counts: one is made by
 * `ln`, which fails where it exists, so that of two runs one wins. The newest is never removed; given back, it says so.
 * Times are those of the place, so that no two clocks are compared.
 */
import type { PlaceLock } from '../../engine/target.ts';
import { runScript } from './script.ts';
import type { Shell } from './shell.ts';
import { stateFailure } from './supervisor/over-exec.ts';

const exits = { other: 3, moved: 4 } as const;

/** STATE NAME: `d` is its folder, `newest` sets `top`. */
const head = `
umask 077
d=$(state "$1")/locks/$2 || exit 1
newest() {
  top=0
  for f in "$d"/*; do
    n=\${f##*/}
    case $n in '' | *[!0-9]*) continue ;; esac
    if [ "$n" -gt "$top" ]; then top=$n; fi
  done
}
newest
`;

/** Prints number, now, sign of life, entry, writable. */
const lookScript = `${head}
entry=; taken=; beat=
if [ "$top" -gt 0 ]; then
  { IFS= read -r entry && read -r taken; } <"$d/$top" || { [ -e "$d/$top" ] && die "$d/$top cannot be read"; exit ${exits.moved}; }
  { read -r beat <"$d/$top.beat"; } 2>/dev/null || beat=
fi
p=$d
while [ ! -e "$p" ] && [ "$p" ]; do p=\${p%/*}; done
writable=no
if [ -d "\${p:-/}" ] && [ -w "\${p:-/}" ]; then writable=yes; fi
printf '%s\\n' "$top" "$(date +%s)" "\${beat:-$taken}" "$writable" "$entry"
`;

/** STATE NAME NUMBER ENTRY. What is left of a slower one has a lower number, and goes with the next. */
const claimScript = `${head}
[ "$top" -eq "$(($3 - 1))" ] || exit ${exits.other}
mkdir -p -- "$d" || exit 1
t=$d/.$3.$$
printf '%s\\n%s\\n' "$4" "$(date +%s)" >"$t" && flush "$t" || { rm -f -- "$t"; exit 1; }
if ! ln -- "$t" "$d/$3" 2>/dev/null; then
  rm -f -- "$t"
  [ -e "$d/$3" ] && exit ${exits.other}
  die "no hard link can be made in $d"
fi
rm -f -- "$t"
newest
if [ "$top" -ne "$3" ]; then rm -f -- "$d/$3"; exit ${exits.other}; fi
for f in "$d"/*; do
  n=\${f##*/}
  n=\${n%.beat}
  case $n in '' | *[!0-9]*) continue ;; esac
  if [ "$n" -lt "$3" ]; then rm -f -- "$f"; fi
done
sync -- "$d" 2>/dev/null || sync
`;

/** STATE NAME NUMBER WHAT */
const beatScript = `${head}
[ "$top" -eq "$3" ] || exit ${exits.other}
if [ "$4" = kept ]; then v=kept; else v=$(date +%s); fi
t=$d/.$3.beat.$$
printf '%s\\n' "$v" >"$t" && mv -f -- "$t" "$d/$3.beat" || exit 1
newest
if [ "$top" -ne "$3" ]; then rm -f -- "$d/$3.beat"; exit ${exits.other}; fi
`;

/** Entries that were replaced while they were read. */
const mostLooks = 5;

/** `remedy`: where the state folder cannot be written. */
export const placeLock = (shell: Shell, name: string, remedy?: string): PlaceLock => {
  const run = async (script: string, ...args: readonly string[]) => {
    const found = await runScript(shell, script, [shell.stateDir ?? '', name, ...args], { exits });
    if (found.ended === 'failed') throw stateFailure(shell.place, found.complaint, remedy);
    return found;
  };
  return {
    async look() {
      for (let n = 1; n <= mostLooks; n++) {
        const { ended, lines } = await run(lookScript);
        if (ended !== 'done') continue;
        const [token = '0', now = '', sign = '', writable = '', ...entry] = lines;
        const silent = (Number(now) - Number(sign)) * 1000;
        return {
          token: Number(token),
          entry: token === '0' ? null : entry.join('\n'),
          // What cannot be read as a time is no reason to take it over.
          silentMs: sign === 'kept' || Number.isNaN(silent) ? null : Math.max(0, silent),
          writable: writable === 'yes',
        };
      }
      throw new Error(
        `lock ${name} on ${shell.place}: its entries changed ${mostLooks} times while they were read`,
      );
    },
    claim: async (token, entry) => (await run(claimScript, String(token), entry)).ended === 'done',
    beat: async (token, kept) =>
      (await run(beatScript, String(token), kept ? 'kept' : 'now')).ended === 'done',
  };
};
