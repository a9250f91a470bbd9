/**
 * Which processes belong to a piece of work, also where they have left its process group (`setsid`, a daemon's
 * double fork). Each piece is started with a mark of its own in the environment; whoever carries it, leads or
 * joins the group, or descends from one of these belongs to it. What was seen once is known by pid and start
 * time from then on: that covers a process that cleaned its environment, or that `sudo` made another user's.
 *
 * Two twins: `livingWork` for this machine, `workScan` in POSIX sh for any place; one table of tests holds both.
 *
 * Where there is no /proc (macOS, BSD), the group and the descendants seen while the work is being ended are all
 * that is known. That counts as proof there: else each time-out on such a machine would wait for a person.
 */
import { randomBytes } from 'node:crypto';

/** Names one attempt or one command; no secret. */
export const workVariable = 'RUNBOOK_WORK';

export const newMark = (): string => `exec/${randomBytes(8).toString('hex')}`;

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  readonly start: string;
}

export interface WorkQuery {
  readonly group: number;
  /** Whether the group is surely the work's. A number is given out anew once a group is empty. */
  readonly trusted: boolean;
  /** `pid:start` of what was seen to belong to it before. */
  readonly known: ReadonlySet<string>;
}

export interface LivingWork {
  readonly living: readonly ProcessRow[];
  readonly trusted: boolean;
}

export const idOf = ({ pid, start }: ProcessRow): string => `${pid}:${start}`;

/** A zombie changes nothing any more. */
const isDead = ({ state }: ProcessRow): boolean => /^[ZX]/.test(state);

export const livingWork = (
  rows: readonly ProcessRow[],
  marked: ReadonlySet<number>,
  { group, trusted, known }: WorkQuery,
): LivingWork => {
  const own = trusted || rows.some((row) => row.group === group && marked.has(row.pid));
  const ours = new Set(
    rows
      .filter((row) => marked.has(row.pid) || known.has(idOf(row)) || (own && row.group === group))
      .map(({ pid }) => pid),
  );
  for (let before = -1; before < ours.size; ) {
    before = ours.size;
    for (const row of rows) if (ours.has(row.parent)) ours.add(row.pid);
  }
  return { living: rows.filter((row) => ours.has(row.pid) && !isDead(row)), trusted: own };
};

/** Lines `m PID` for who is marked, then `PID PARENT GROUP STATE START` -> `TRUSTED PID:START:GROUP...`. */
export const livingAwk = `
$1 == "m" { marked[$2]; next }
{ parent[$1] = $2; group[$1] = $3; state[$1] = $4; start[$1] = $5 }
END {
  if (pgid <= 1) pgid = -1
  for (p in parent) if ((p in marked) && group[p] == pgid) trusted = 1
  for (p in parent)
    if ((p in marked) || index(known, " " p ":" start[p] " ") || (trusted && group[p] == pgid)) ours[p]
  do {
    more = 0
    for (p in parent) if (!(p in ours) && (parent[p] in ours)) { ours[p]; more = 1 }
  } while (more)
  printf "%s", trusted + 0
  for (p in ours) if (state[p] !~ /^[ZX]/) printf " %s:%s:%s", p, start[p], group[p]
}`;

/**
 * scan GROUP TRUSTED MARK KNOWN: sets `trusted` and `living`, the latter PID:START:GROUP each. Two looks before it
 * says that nobody is left: a process may pass its work on to a child between the reads of one look.
 *
 * \`head\` with many files names each, which spares a process for every process; \`grep -z\` is not everywhere. A
 * value with line breaks could forge such a heading, so whoever is found is read once more, exactly.
 */
export const workScan = `
marked() {
  [ -n "$1" ] && [ -r /proc/self/environ ] || return 0
  for p in $(head -n 1000000 /proc/[0-9]*/environ /dev/null 2>/dev/null | tr '\\000' '\\n' | awk -v want="${workVariable}=$1" '
    /^==> \\/proc\\/[0-9]+\\/environ <==$/ { split($0, part, "/"); pid = part[3]; next }
    $0 == want { print pid }'); do
    { tr '\\000\\n' '\\n\\001' <"/proc/$p/environ" | grep -qFx -e "${workVariable}=$1" && echo "m $p"; } 2>/dev/null
  done
}
processes() {
  if [ -r /proc/self/stat ]; then
    for f in /proc/[0-9]*/stat; do
      more=; { read -r stat && { read -r more || :; }; } 2>/dev/null <"$f" || continue
      f=\${f#/proc/}; stat="$stat $more"; set -- \${stat##*) }
      echo "\${f%/stat} $2 $3 $1 \${20}"
    done
  else ps -A -o pid= -o ppid= -o pgid= -o stat= -o lstart= | awk '{ print $1, $2, $3, $4, $5 $6 $7 $8 $9 }'
  fi 2>/dev/null
}
look_once() {
  living=$(LC_ALL=C; export LC_ALL; { marked "$3"; processes; } |
    awk -v pgid="$1" -v trusted="$2" -v known=" $4 " '${livingAwk}')
  trusted=\${living%% *}
  case $living in *' '*) living=\${living#* } ;; *) living= ;; esac
}
scan() { look_once "$@"; [ -n "$living" ] || look_once "$1" "$trusted" "$3" "$4"; }
tell() {
  for p in $living; do p=\${p%:*}; set -- "$@" "$p"; done
  echo "$@"
}
# send NAME GROUP: the group at once, so that who forks meanwhile is reached too, then each one outside of it.
send() {
  in=; out=
  for p in $living; do
    if [ "$trusted" = 1 ] && [ "\${p##*:}" = "$2" ]; then in=1; else out="$out \${p%%:*}"; fi
  done
  [ -z "$in" ] || kill "-$1" "-$2" 2>/dev/null
  [ -z "$out" ] || kill "-$1" $out 2>/dev/null
}
`;
