/** What runs at the place. */
import { workVariable } from '../_work/living-work.ts';

/** How a script ends. `final`: trying again cannot help; `living`: processes of a deleted app do not end. */
export const pm2Exits = { final: 3, noPm2: 4, living: 5 } as const;

/**
 * Any pm2 command starts the daemon where there is none, which a look must not do. Without the mark of our work:
 * pm2 hands its environment on to daemon and apps, which would carry it for months.
 */
const pm2 = `
unset ${workVariable}
command -v pm2 >/dev/null 2>&1 || die 'pm2 is not there' ${pm2Exits.noPm2}
home=\${PM2_HOME:-\${HOME:?has no value}/.pm2}
daemon=$(cat -- "$home/pm2.pid" 2>/dev/null) || daemon=
living() { [ -n "$daemon" ] && [ -S "$home/rpc.sock" ] && kill -s 0 "$daemon" 2>/dev/null; }
`;

/** -> JSON of all apps, with their environment: it goes nowhere but to the parser. Silent: no banner before it. */
export const listScript = `${pm2}
if living; then PM2_SILENT=true pm2 jlist || exit 1; else echo '[]'; fi
echo
`;

/** -> when the saved list was written (seconds), then the list itself; nothing where there is none. */
export const savedScript = `${pm2}
f=$home/dump.pm2
[ -f "$f" ] || exit 0
stat -c %Y -- "$f" 2>/dev/null || stat -f %m -- "$f" || exit 1
cat -- "$f" || exit 1
echo
`;

/** A line for each process of the place: pid, parent, state, start. */
const table = `
table() {
  if [ -r /proc/self/stat ]; then
    for f in /proc/[0-9]*/stat; do
      { read -r stat <"$f"; } 2>/dev/null || continue
      f=\${f#/proc/}; set -- \${stat##*) }
      echo "\${f%/stat} $2 $1 \${20}"
    done
  else ps -A -o pid= -o ppid= -o stat= -o lstart= | awk '{ print $1, $2, substr($3, 1, 1), $4 $5 $6 $7 $8 }'
  fi
}
`;

/** `family PIDS`: pid:start of these and of all below them. A worker's child must not outlive it unseen. */
const gone = `${table}
family() {
  table | awk -v roots=" $1 " '
    { parent[$1] = $2; start[$1] = $4 }
    END { for (p in parent) for (q = p; q > 1; q = parent[q]) if (index(roots, " " q " ")) { print p ":" start[p]; break } }'
}
# alive PID:START...: those that are still alive. A zombie changes nothing any more.
alive() {
  table | awk -v wanted=" $1 " '$3 !~ /[ZX]/ && index(wanted, " " $1 ":" $4 " ") { print $1 }'
}
# until_gone PID:START... LOOKS
until_gone() {
  looks=$2
  while left=$(alive "$1" | tr '\\n' ' ') && [ -n "$left" ]; do
    [ "$looks" -gt 0 ] || die "deleted, but processes of it are still alive: \${left% }" ${pm2Exits.living}
    looks=$((looks - 1)); sleep 0.2 2>/dev/null || sleep 1
  done
}
`;

/** PID -> the folder it runs in, an empty line, then its environment as the kernel has it, NUL-terminated. */
export const processScript = `
readlink "/proc/$1/cwd" || echo
cat "/proc/$1/environ"
`;

/**
 * STATE RUN TAG LOOKS PIDS IDS CLEAN ECOSYSTEM NAMES: deletes the apps with these ids, whose processes are these, waits until
 * they and all below them are gone, looking so often, and starts what is named from the ecosystem file. An empty NAMES
 * starts none. It leaves a note that this step had something to delete.
 *
 * pm2 gives an app the environment of the process that starts it: with CLEAN 1 only what a login has. Nothing of the script's
 * own is in it: what the user has exported is back as it was.
 */
export const reloadScript = `
_rb_exported=$(export -p)
${pm2}${gone}
kept "$1" "$2"; deleted=$kept/deleted.$3
looks=$4 pids=$5 ids=$6 clean=$7 eco=$8 names=$9
trap 'exit 143' HUP INT TERM PIPE
if [ -n "$ids" ]; then
  family=; [ -z "$pids" ] || family=$(family "$pids" | tr '\\n' ' ')
  : >"$deleted" || exit 1
  pm2 delete $ids >/dev/null || exit 1
  [ -z "$family" ] || until_gone "$family" "$looks"
fi
[ -n "$names" ] || exit 0
[ -f "$eco" ] || die "$eco is not there" ${pm2Exits.final}
CDPATH= cd -- "$(dirname -- "$eco")" || exit ${pm2Exits.final}
set -- start "$eco" --only "$names"
(
  _rb_clean=$clean
  eval "$_rb_exported"
  unset ${workVariable} LC_ALL OLDPWD
  [ -z "$_rb_lc_all" ] || { LC_ALL=$_rb_lc_all; export LC_ALL; }
  PWD=$(pwd)
  set -- pm2 "$@"
  if [ "$_rb_clean" = 1 ]; then
    for _rb_v in HOME USER LOGNAME SHELL PATH LANG LC_ALL TZ TMPDIR XDG_RUNTIME_DIR PM2_HOME; do
      eval "_rb_x=\\\${$_rb_v-}"; [ -z "$_rb_x" ] || set -- "$_rb_v=$_rb_x" "$@"
    done
    set -- env -i "$@"
  fi
  exec "$@"
) >/dev/null
`;

/** Also an empty list, which pm2 would skip. */
export const saveScript = `${pm2}
trap 'exit 143' HUP INT TERM PIPE
if living; then pm2 save --force >/dev/null; fi
`;

/** STATE RUN TAG -> whether reloadScript has deleted something. */
export const deletedScript = `
if [ -f "$(state "$1")/$2/deleted.$3" ]; then echo yes; else echo no; fi
`;

/** FILE -> its last lines. */
export const tailScript = 'tail -n 20 -- "$1"';

/** ECOSYSTEM FOLDER -> the ecosystem file to start from, so that the apps run in FOLDER: see start.ts. */
export const chooseScript = `
eco=$1 folder=$2
real=$(CDPATH= cd -P -- "$(dirname -- "$eco")" 2>/dev/null && pwd) || real=
beside=$folder/$(basename -- "$eco")
if [ "$real" != "$folder" ] && [ -f "$beside" ]; then echo "$beside"; else echo "$eco"; fi
`;

/** STATE RUN TAG PIDS: remembers which processes the undo has started. */
export const rememberScript = `
kept "$1" "$2"
echo "$4" >"$kept/restored.$3"
`;

/** STATE RUN TAG -> what rememberScript was given. */
export const rememberedScript = `
f=$(state "$1")/$2/restored.$3
[ ! -f "$f" ] || cat -- "$f"
`;

/** ECOSYSTEM -> absent, unread, or the names in it, a line each. It is loaded as pm2 loads it. */
export const namesScript = `${pm2}
[ -f "$1" ] || { echo absent; exit 0; }
case $1 in *.cjs | *.js | *.json) ;; *) echo unread; exit 0 ;; esac
CDPATH= cd -- "$(dirname -- "$1")" || exit 1
echo read
env -i PATH="$PATH" HOME="$HOME" node -e '
const file = require(process.argv[1]);
for (const { name } of [file.apps ?? file].flat()) console.log(name);
' "$1"
`;
