/**
 * What runs at the place: POSIX sh, checked with dash and bash. In each, $1 is the place's own state
 * folder, if any, and $2 the job's folder in it.
 *
 * The environment of the work is the user's: umask, folders and signals are as they were before the supervisor. What
 * it assigns is named `_rb_...`: a variable that the user has exported would be handed on with the new value.
 */
import { workScan, workVariable } from '../living-work.ts';
import { stateExpansion } from '../state-folder.ts';
import { strayScan } from '../stray-work.ts';

const folder = `
set -u
umask 077
_rb_dir=${stateExpansion}/$2
_rb_mark=\${_rb_dir%/*}; _rb_mark=\${_rb_mark##*/}/\${_rb_dir##*/}
shift 2
`;

/**
 * A pid alone may be another process's by now: its start and the boot tell. Both are left in variables
 * (`_rb_began`, `_rb_booted`), because a command substitution costs a fork. A zombie has no start.
 */
export const identity = `
started_at() {
  _rb_began=
  if [ -d /proc/self ]; then
    { read -r _rb_stat <"/proc/$1/stat"; } 2>/dev/null || return 0
    set -- \${_rb_stat##*) }
    case $1 in [ZX]) ;; *) _rb_began=\${20} ;; esac
  else _rb_began=$(ps -o lstart= -p "$1" | tr ' ' _)
  fi
}
this_boot() {
  if [ -r /proc/sys/kernel/random/boot_id ]; then read -r _rb_booted </proc/sys/kernel/random/boot_id
  else _rb_booted=$(sysctl -n kern.boottime 2>/dev/null | tr ' ' _); _rb_booted=\${_rb_booted:--}
  fi
}
`;

/**
 * Milliseconds of a clock that nobody sets, in `clock`. How long the work took is recorded beside its exit code: a
 * time limit is judged by that, not by when somebody read it.
 */
const stopwatch = `
now() {
  _rb_up=
  { read -r _rb_up _rb_rest; } 2>/dev/null </proc/uptime
  case $_rb_up in
    *.[0-9][0-9]) _rb_clock=$((\${_rb_up%.*} * 1000 + (1\${_rb_up#*.} - 100) * 10)) ;;
    *) _rb_clock=$(date +%s)000 ;;
  esac
}
`;

/** Exit codes by which `supervise` refuses; nothing was started then. */
export const refusals = { claimed: 70, folder: 71, binary: 72, stdin: 73, state: 74, printf: 75 } as const;

/**
 * supervise CWD TOKEN ARGV...: with a TOKEN, stdin is text that ends with it; a cut stdin is refused.
 * SIGTERM is caught here and is back at its default in the command, so that the exit code of ended work is
 * still recorded. The pid is written with the newline last, and the claim is its exclusive creation.
 */
const supervise = `
${stopwatch}
refuse() { echo "refused $1"; exit "$1"; }
work() {
  umask "$_rb_umask"
  if [ -n "$_rb_had" ]; then OLDPWD=$_rb_old; else unset OLDPWD; fi
  ${workVariable}=$_rb_mark; export ${workVariable}
  exec "$@"
}
supervise() {
  _rb_cwd=$1 _rb_token=$2; shift 2
  _rb_had=\${OLDPWD+x} _rb_old=\${OLDPWD-}
  [ -z "$_rb_cwd" ] || CDPATH= cd -- "$_rb_cwd" 2>/dev/null || refuse ${refusals.folder}
  command -v -- "$1" >/dev/null 2>&1 || refuse ${refusals.binary}
  if [ -n "$_rb_token" ]; then
    [ "$(command -v printf)" = printf ] || refuse ${refusals.printf}
    _rb_text=$(cat)
    case $_rb_text in *"$_rb_token") _rb_text=\${_rb_text%"$_rb_token"} ;; *) refuse ${refusals.stdin} ;; esac
  fi
  [ -d "$_rb_dir" ] || mkdir -p -- "$_rb_dir" 2>/dev/null || refuse ${refusals.state}
  started_at "$$"; this_boot
  set -C
  { echo "$$ $_rb_group $_rb_began $_rb_booted"; } 2>/dev/null >"$_rb_dir/pid" || {
    [ -e "$_rb_dir/pid" ] && refuse ${refusals.claimed}
    refuse ${refusals.state}
  }
  set +C
  # Else a power cut could leave work without its claim. An engine on this machine has made another one durable.
  [ -e "$_rb_dir.on.$_rb_booted" ] || sync -- "$_rb_dir/pid" "$_rb_dir" "\${_rb_dir%/*}" 2>/dev/null || sync
  echo started
  trap : TERM INT HUP
  now; _rb_from=$_rb_clock
  exec >/dev/null 2>&1
  if [ -n "$_rb_token" ]; then printf %s "$_rb_text" | ( work "$@" ) >"$_rb_dir/out" 2>"$_rb_dir/err"
  else ( work "$@" ) </dev/null >"$_rb_dir/out" 2>"$_rb_dir/err"
  fi
  _rb_code=$?
  now
  echo "$_rb_code $((_rb_clock - _rb_from))" >"$_rb_dir/exit"
}
`;

/**
 * UMASK GROUP STATE JOB CWD TOKEN ARGV...: the shell that runs it is the supervisor. GROUP is the process group it is in;
 * empty: it leads one.
 */
export const superviseHere = `
_rb_umask=$1 _rb_group=\${2:-$$}; shift 2
${folder}${identity}${supervise}
supervise "$@"`;

/**
 * SUPERVISE-HERE STATE JOB CWD TOKEN ARGV..., over a connection, whose process has to end: the supervisor gets a session of
 * its own. Not by `&`, where there is setsid: a shell lets what it starts that way ignore SIGINT and SIGQUIT, and so
 * would the work. setsid forks when its caller leads a group, else there would be nobody left to end.
 */
export const superviseDetached = `
_rb_here=$1; shift
set -- "$(umask)" '' "$@"
if command -v setsid >/dev/null 2>&1 && kill -0 "-$$" 2>/dev/null; then exec setsid sh -c "$_rb_here" runbook "$@"; fi
_rb_umask=$1; shift 2
exec 3<&0
sh -c "$_rb_here" runbook "$_rb_umask" "$$" "$@" <&3 3<&- &`;

/**
 * `verdict`: absent, lost, alive, gone, ended, orphaned:PIDS, stray:PIDS, or the exit code and how many milliseconds
 * the work took (`0:612`). The exit is looked at again after the process. After an exit, whoever still carries the mark
 * is a daemon that the command left on purpose. A job without a pid never started only if the run's marker is beside
 * it: else its folder may have been removed. Nor if the engine claimed it (`JOB.on.BOOT`) before a power cut, which may
 * have cost the pid.
 */
const verdict = `${workScan}${strayScan}
beside_marker() { [ -s "\${_rb_dir%/*}/marker" ]; }
claimed_before_boot() { this_boot; for c in "$_rb_dir".on.*; do if [ -e "$c" ] && [ "$c" != "$_rb_dir.on.$_rb_booted" ]; then return 0; fi; done; return 1; }
exited() { [ -s "$_rb_dir/exit" ] && { read -r _rb_code took <"$_rb_dir/exit"; } 2>/dev/null; }
alive() {
  { read -r pid pgid start id <"$_rb_dir/pid"; } 2>/dev/null || return 1
  [ "$pid" != barred ] || return 1
  this_boot; started_at "$pid"
  [ "$id" = "$_rb_booted" ] && [ -n "$_rb_began" ] && [ "$start" = "$_rb_began" ]
}
# unless_living WORD TRUSTED: without its supervisor, and yet at work.
unless_living() {
  living= pids= strays=
  this_boot
  if [ "$id" = "$_rb_booted" ]; then
    scan "$pgid" "$2" "$_rb_mark" ''
    for p in $living; do pids=$pids\${pids:+,}\${p%%:*}; done
    [ -n "$pids" ] || [ "$1" != ended ] || [ -e "$_rb_dir/proven" ] || strays "$start"
  fi
  if [ -n "$pids" ]; then echo "orphaned:$pids"; elif [ -n "$strays" ]; then echo "stray:$strays"; else echo "$1"; fi
}
verdict() {
  if [ -e "$_rb_dir/ended" ] && ! alive; then unless_living ended 0
  elif exited; then echo "$_rb_code:$took"
  elif alive; then echo alive
  elif exited; then echo "$_rb_code:$took"
  elif [ ! -e "$_rb_dir/pid" ] || { read -r pid rest <"$_rb_dir/pid"; [ "$pid" = barred ]; }; then
    if ! beside_marker; then echo lost; elif claimed_before_boot; then echo gone; else echo absent; fi
  else alive; unless_living gone 1
  fi
}
`;

/** Bars an absent job: a launch that is still under way will find itself claimed. */
export const look = `${folder}${identity}${verdict}
v=$(verdict)
if [ "$v" = absent ]; then
  mkdir -p -- "$_rb_dir" && { set -C; { echo barred >"$_rb_dir/pid"; } 2>/dev/null; set +C; }
  v=$(verdict)
fi
echo "$v"`;

/**
 * peek OUT ERR MAX: the verdict, how many bytes of each stream follow, from those offsets on, how many there are of
 * each, and the folder they are in. The verdict is taken first: after an exit the sizes are final.
 */
export const peek = `${folder}${identity}${verdict}
size() { if [ -e "$_rb_dir/$1" ]; then n=$(wc -c <"$_rb_dir/$1"); echo $((n)); else echo 0; fi; }
part() { n=$(($1 - $2)); [ "$n" -le "$3" ] || n=$3; [ "$n" -ge 0 ] || n=0; echo "$n"; }
v=$(verdict); outs=$(size out); errs=$(size err)
out=$(part "$outs" "$1" "$3"); err=$(part "$errs" "$2" "$3")
echo "$v $out $err $outs $errs $_rb_dir"
[ "$out" -le 0 ] || tail -c "+$(($1 + 1))" <"$_rb_dir/out" | head -c "$out"
[ "$err" -le 0 ] || tail -c "+$(($2 + 1))" <"$_rb_dir/err" | head -c "$err"
exit 0`;

/**
 * signal NAME TRUSTED KNOWN, where NAME 0 only asks: prints dead, `alive TRUSTED PID:START...`, `stray TRUSTED` (see
 * stray-work.ts), or strange for a group that lives although its supervisor does not and nobody in it has the mark:
 * it may be another's by now, and nobody but a person may end it. So is a job of which nothing is left to tell its group by.
 */
export const signal = `${folder}${identity}${verdict}
{ read -r pid pgid start id <"$_rb_dir/pid"; } 2>/dev/null || {
  case $(verdict) in absent | [0-9]*) echo dead ;; *) echo strange ;; esac
  exit
}
this_boot
[ "$pid" != barred ] && [ "$id" = "$_rb_booted" ] || { echo dead; exit; }
trusted=$2
if alive; then trusted=1
elif [ -s "$_rb_dir/exit" ] && [ ! -e "$_rb_dir/ended" ]; then echo dead; exit
fi
scan "$pgid" "$trusted" "$_rb_mark" "$3"
if [ -z "$living" ]; then
  [ "$trusted" = 1 ] || [ -e "$_rb_dir/ended" ] || { scan "$pgid" 1 '' ''; [ -z "$living" ] || { echo strange; exit; }; }
  [ -e "$_rb_dir/proven" ] || strays "$start"
  if [ -n "\${strays-}" ]; then echo "stray $trusted"; exit; fi
  [ ! -e "$_rb_dir/ended" ] || : >"$_rb_dir/proven"
  echo dead; exit
fi
[ "$1" = 0 ] || { [ -s "$_rb_dir/exit" ] || : >"$_rb_dir/ended"; send "$1" "$pgid"; }
tell alive "$trusted"`;

/**
 * groupSignal PGID MARK NAME KNOWN [AGE_MS], for a command that is not supervised; the group is the caller's, or 0.
 * Without its age, strays are not looked for.
 */
export const groupSignal = `${workScan}${strayScan}
age_to_start "\${5-}"
trusted=1; [ "$1" != 0 ] || trusted=0
scan "$1" "$trusted" "$2" "$4"
if [ -z "$living" ]; then
  strays "$since"
  if [ -z "$strays" ]; then echo dead; else echo "stray $trusted"; fi; exit
fi
[ "$3" = 0 ] || send "$3" "$1"
tell alive "$trusted"`;

/**
 * STATE RUN TAG BESIDE OWN-ACT OWN-ATTEMPT ACTS...: `job FOLDER` for each job of these acts that is not known to be over,
 * but those of the own attempt, and `note FILE of pid PID` for work that an engine without a supervisor has noted. For
 * `readByScript`: it needs its `state`.
 */
export const leftJobs = `${identity}${verdict}
runs=$(state "$1") || exit 1
run=$runs/$2 tag=$3 beside=$4 own=$5 attempt=$6; shift 6
for note in "$run/groups/$tag".* "$run/restore-$tag".*.pid \${beside:+"$beside".*.pid}; do
  { read -r pid rest <"$note"; } 2>/dev/null && echo "note $note of pid $pid"
done
for act; do
  for _rb_dir in "$run/$act"'#'* "$run/$act".*'#'*; do
    [ -d "$_rb_dir" ] || continue
    name=\${_rb_dir##*/}
    case $name in "$own#$attempt" | "$own".*"#$attempt") continue ;; esac
    _rb_mark=\${run##*/}/$name
    case $(verdict) in
      [0-9]* | absent) ;;
      ended) [ -e "$_rb_dir/proven" ] || echo "job $name" ;;
      *) echo "job $name" ;;
    esac
  done
done
exit 0
`;

export const forget = `${folder}
rm -rf -- "$_rb_dir"`;
