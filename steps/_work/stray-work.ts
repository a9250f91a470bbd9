/**
 * Processes that may belong to a piece of work although nothing proves it: one that cleaned its environment and lost
 * its parent before anybody looked (`env -i setsid`, a daemon under `sudo`). Such a process is not ended, because it
 * may be another's. But while it lives, the work is not proven dead.
 *
 * A stray began after the work, was given to init by its dead parent, is in the same control group and mount
 * namespace, and has no mark. A daemon that somebody else started meanwhile would be one too. Its environment tells it
 * apart: whoever removes the mark removes the other variables as well, and keeps only those of a login.
 *
 * Two twins: `isStray` for this machine, `strayScan` in POSIX sh for any place. Without /proc there are none.
 */
import { workVariable } from './living-work.ts';

/** What login, su, sudo and cron set or keep. */
const loginNames =
  '(HOME|PATH|USER|LOGNAME|SHELL|TERM|COLORTERM|MAIL|PWD|OLDPWD|SHLVL|_|TZ|LANG(UAGE)?|LC_.*|DISPLAY|XAUTHORITY|SUDO_.*)';

const isLoginName = new RegExp(`^${loginNames}$`);

/** USER_HZ of /proc, 100 on every Linux that this engine runs on. */
const ticksPerSecond = 100;

/** Ticks since boot, as field 22 of /proc/PID/stat; `uptime` is the text of /proc/uptime. */
export const startOf = (uptime: string, ageMs: number): number =>
  Math.floor((Number(uptime.split(' ')[0]) - ageMs / 1000) * ticksPerSecond) - 1;

/**
 * An age that is sent to a place is older when it arrives there, by a connection and the start of a shell: what began so
 * long before it may still be of the work. Rather a question to a person than work that nobody ends.
 */
export const lateMs = 2_000;

/** What /proc tells of one process; null: not readable, another user's. */
export interface Traits {
  readonly cgroup: string | null;
  readonly mount: string | null;
  readonly environ: string | null;
}

export const isStray = (it: Traits, own: Traits): boolean =>
  (it.cgroup === own.cgroup || /\/session-[^/]*\.scope$/m.test(it.cgroup ?? '')) &&
  (it.mount === null || it.mount === own.mount) &&
  isCleaned(it, own);

const isCleaned = (it: Traits, own: Traits): boolean => {
  const inherited = new Set([workVariable, ...namesOf(own).filter((name) => !isLoginName.test(name))]);
  return !namesOf(it).some((name) => inherited.has(name));
};

const namesOf = ({ environ }: Traits): readonly string[] =>
  (environ ?? '')
    .split('\0')
    .map((entry) => entry.replace(/=.*/s, ''))
    .filter((name) => name !== '');

/**
 * strays SINCE: sets `strays` to the PIDs. SINCE: ticks since boot, as the start of a process. Needs `processes` of
 * workScan. age_to_start MS: sets `since` for work that began so long ago, or up to `lateMs` earlier.
 */
export const strayScan = `
strays() {
  strays=
  case $1 in '' | *[!0-9]*) return 0 ;; esac
  [ -r /proc/self/environ ] && [ -r /proc/self/cgroup ] || return 0
  names() { { tr '\\000' '\\n' <"/proc/$1/environ"; } 2>/dev/null | sed 's/=.*//'; }
  inherited=$(echo ${workVariable}; names $$ | grep -vxE '${loginNames}' | grep .)
  reapers=$(grep -lx systemd /proc/[0-9]*/comm 2>/dev/null | tr -dc '0-9\\n' | tr '\\n' ' ')
  for p in $(processes | awk -v since="$1" -v reapers=" 1 $reapers" '
    $5 >= since && index(reapers, " " $2 " ") && $4 !~ /^[ZX]/ { print $1 }'); do
    group=$(cat "/proc/$p/cgroup" 2>/dev/null) || continue
    [ "$group" = "$(cat /proc/self/cgroup)" ] || echo "$group" | grep -q '/session-[^/]*\\.scope$' || continue
    mount=$(readlink "/proc/$p/ns/mnt" 2>/dev/null) && [ "$mount" != "$(readlink /proc/self/ns/mnt)" ] && continue
    names "$p" | grep -qxF -e "$inherited" && continue
    strays=$strays\${strays:+,}$p
  done
}
age_to_start() {
  since=
  case $1 in '' | *[!0-9]*) return 0 ;; esac
  { read -r up rest </proc/uptime; } 2>/dev/null || return 0
  since=$(awk -v up="$up" -v age="$1" 'BEGIN { printf "%d", (up - (age + ${lateMs}) / 1000) * ${ticksPerSecond} - 1 }')
}
`;
