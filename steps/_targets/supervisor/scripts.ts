/**
 * What runs at the place: POSIX sh, checked with dash and bash. In each, $1 is the job's folder, where
 * absolute paths are taken as they are and others below the state folder of the place's user.
 */
import { workScan, workVariable } from '../living-work.ts';

const folder = `
set -u
umask 077
case $1 in
  /*) dir=$1 ;;
  *) dir=\${XDG_STATE_HOME:-\${HOME:?has no value}/.local/state}/runbook/$1 ;;
esac
mark=\${dir%/*}; mark=\${mark##*/}/\${dir##*/}
shift
`;

/**
 * A pid alone may be another process's by now: its start and the boot tell. Both are left in variables
 * (`began`, `booted`), because a command substitution costs a fork. A zombie has no start.
 */
export const identity = `
started_at() {
  began=
  if [ -d /proc/self ]; then
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
    set -- \${stat##*) }
    case $1 in [ZX]) ;; *) began=\${20} ;; esac
  else began=$(ps -o lstart= -p "$1" | tr ' ' _)
  fi
}
this_boot() {
  if [ -r /proc/sys/kernel/random/boot_id ]; then read -r booted </proc/sys/kernel/random/boot_id
  else booted=$(sysctl -n kern.boottime 2>/dev/null | tr ' ' _); booted=\${booted:--}
  fi
}
`;

/**
 * Milliseconds of a clock that nobody sets, in `clock`. How long the work took is recorded beside its exit code: a
 * time limit is judged by that, not by when somebody read it.
 */
const stopwatch = `
now() {
  up=
  { read -r up rest; } 2>/dev/null </proc/uptime
  case $up in
    *.[0-9][0-9]) clock=$((\${up%.*} * 1000 + (1\${up#*.} - 100) * 10)) ;;
    *) clock=$(date +%s)000 ;;
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
supervise() {
  cwd=$1 token=$2; shift 2
  [ -z "$cwd" ] || CDPATH= cd -- "$cwd" 2>/dev/null || refuse ${refusals.folder}
  command -v -- "$1" >/dev/null 2>&1 || refuse ${refusals.binary}
  if [ -n "$token" ]; then
    [ "$(command -v printf)" = printf ] || refuse ${refusals.printf}
    text=$(cat)
    case $text in *"$token") text=\${text%"$token"} ;; *) refuse ${refusals.stdin} ;; esac
  fi
  [ -d "$dir" ] || mkdir -p -- "$dir" 2>/dev/null || refuse ${refusals.state}
  own_pid; started_at "$me"; this_boot
  set -C
  { echo "$me $$ $began $booted"; } 2>/dev/null >"$dir/pid" || {
    [ -e "$dir/pid" ] && refuse ${refusals.claimed}
    refuse ${refusals.state}
  }
  set +C
  # Else a power cut could leave work without its claim. An engine on this machine has made another one durable.
  [ -e "$dir.on.$booted" ] || sync -- "$dir/pid" "$dir" "\${dir%/*}" 2>/dev/null || sync
  echo started
  trap : TERM INT HUP
  now; from=$clock
  exec >/dev/null 2>&1
  if [ -n "$token" ]; then printf %s "$text" | ( ${workVariable}=$mark; export ${workVariable}; exec "$@" ) >"$dir/out" 2>"$dir/err"
  else ( ${workVariable}=$mark; export ${workVariable}; exec "$@" ) </dev/null >"$dir/out" 2>"$dir/err"
  fi
  code=$?
  now
  echo "$code $((clock - from))" >"$dir/exit"
}
`;

/** Run by the engine's own child: the shell itself is the supervisor and leads its group. */
export const superviseHere = `${folder}${identity}
own_pid() { me=$$; }
${supervise}
supervise "$@"`;

/** Run over a connection: the supervisor is forked off, so that the connection's process can end. */
export const superviseDetached = `${folder}${identity}
own_pid() { me=$(exec sh -c 'echo $PPID'); }
${supervise}
exec 3<&0
( supervise "$@" <&3 3<&- ) &`;

/**
 * `verdict`: absent, lost, alive, gone, ended, orphaned:PIDS, or the exit code and how many milliseconds the work
 * took (`0:612`). The exit is looked at again after the process. After an exit, whoever still carries the mark is a daemon that the command left on purpose. A job without
 * a pid never started only if the run's marker is beside it: else its folder may have been removed. Nor if the engine
 * claimed it (`JOB.on.BOOT`) before a power cut, which may have cost the pid.
 */
const verdict = `${workScan}
beside_marker() { [ -s "\${dir%/*}/marker" ]; }
claimed_before_boot() { this_boot; for c in "$dir".on.*; do if [ -e "$c" ] && [ "$c" != "$dir.on.$booted" ]; then return 0; fi; done; return 1; }
exited() { [ -s "$dir/exit" ] && { read -r code took <"$dir/exit"; } 2>/dev/null; }
alive() {
  { read -r pid pgid start id <"$dir/pid"; } 2>/dev/null || return 1
  [ "$pid" != barred ] || return 1
  this_boot; started_at "$pid"
  [ "$id" = "$booted" ] && [ -n "$began" ] && [ "$start" = "$began" ]
}
# unless_living WORD TRUSTED: without its supervisor, and yet at work.
unless_living() {
  living=
  this_boot; [ "$id" != "$booted" ] || scan "$pgid" "$2" "$mark" ''
  pids=
  for p in $living; do pids=$pids\${pids:+,}\${p%%:*}; done
  if [ -n "$pids" ]; then echo "orphaned:$pids"; else echo "$1"; fi
}
verdict() {
  if [ -e "$dir/ended" ] && ! alive; then unless_living ended 0
  elif exited; then echo "$code:$took"
  elif alive; then echo alive
  elif exited; then echo "$code:$took"
  elif [ ! -e "$dir/pid" ] || { read -r pid rest <"$dir/pid"; [ "$pid" = barred ]; }; then
    if ! beside_marker; then echo lost; elif claimed_before_boot; then echo gone; else echo absent; fi
  else alive; unless_living gone 1
  fi
}
`;

/** Bars an absent job: a launch that is still under way will find itself claimed. */
export const look = `${folder}${identity}${verdict}
v=$(verdict)
if [ "$v" = absent ]; then
  mkdir -p -- "$dir" && { set -C; { echo barred >"$dir/pid"; } 2>/dev/null; set +C; }
  v=$(verdict)
fi
echo "$v"`;

/**
 * peek OUT ERR MAX: the verdict, how many bytes of each stream follow, from those offsets on, how many there are of
 * each, and the folder they are in. The verdict is taken first: after an exit the sizes are final.
 */
export const peek = `${folder}${identity}${verdict}
size() { if [ -e "$dir/$1" ]; then n=$(wc -c <"$dir/$1"); echo $((n)); else echo 0; fi; }
part() { n=$(($1 - $2)); [ "$n" -le "$3" ] || n=$3; [ "$n" -ge 0 ] || n=0; echo "$n"; }
v=$(verdict); outs=$(size out); errs=$(size err)
out=$(part "$outs" "$1" "$3"); err=$(part "$errs" "$2" "$3")
echo "$v $out $err $outs $errs $dir"
[ "$out" -le 0 ] || tail -c "+$(($1 + 1))" <"$dir/out" | head -c "$out"
[ "$err" -le 0 ] || tail -c "+$(($2 + 1))" <"$dir/err" | head -c "$err"
exit 0`;

/**
 * signal NAME TRUSTED KNOWN, where NAME 0 only asks: prints dead, `alive TRUSTED PID:START...`, or strange for a
 * group that lives although its supervisor does not and nobody in it has the mark: it may be another's by now,
 * and nobody but a person may end it. So is a job of which nothing is left to tell its group by.
 */
export const signal = `${folder}${identity}${verdict}
{ read -r pid pgid start id <"$dir/pid"; } 2>/dev/null || {
  case $(verdict) in absent | [0-9]*) echo dead ;; *) echo strange ;; esac
  exit
}
this_boot
[ "$pid" != barred ] && [ "$id" = "$booted" ] || { echo dead; exit; }
trusted=$2
if alive; then trusted=1
elif [ -s "$dir/exit" ] && [ ! -e "$dir/ended" ]; then echo dead; exit
fi
scan "$pgid" "$trusted" "$mark" "$3"
if [ -z "$living" ]; then
  [ "$trusted" = 1 ] || [ -e "$dir/ended" ] || { scan "$pgid" 1 '' ''; [ -z "$living" ] || { echo strange; exit; }; }
  echo dead; exit
fi
[ "$1" = 0 ] || { [ -s "$dir/exit" ] || : >"$dir/ended"; send "$1" "$pgid"; }
tell alive "$trusted"`;

/** groupSignal PGID MARK NAME KNOWN, for a command that is not supervised; the group is the caller's, or 0. */
export const groupSignal = `${workScan}
trusted=1; [ "$1" != 0 ] || trusted=0
scan "$1" "$trusted" "$2" "$4"
if [ -z "$living" ]; then echo dead; exit; fi
[ "$3" = 0 ] || send "$3" "$1"
tell alive "$trusted"`;

export const forget = `${folder}
rm -rf -- "$dir"`;
