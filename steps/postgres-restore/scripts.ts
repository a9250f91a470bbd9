/** What runs at the place. The dump is a file there; the password comes over stdin. */
import { restoreExits } from '../_kits/sql/restore-kind.ts';
import { describeDump } from '../_targets/postgres/dump-script.ts';
import { loginScript } from '../_targets/postgres/tools.ts';

const { final } = restoreExits;

/** PATH -> `there`, then what `describe` says; or `absent`. */
export const inspectScript = `${describeDump}
p=$1
if [ ! -e "$p" ]; then
  [ -x "$(dirname -- "$p")" ] || die "the folder of $p is not there, or may not be looked into" ${final}
  echo absent; exit 0
fi
[ -f "$p" ] && [ -r "$p" ] || die "$p is no file that can be read" ${final}
is_archive "$p" || die "$p is no archive of pg_dump: a dump in the format plain is for psql" ${final}
found=$(describe "$p" ${final}) || exit ${final}
echo there; printf '%s\\n' "$found"
`;

/** PATH ARGS...; the password on stdin, the scratch database in PGDATABASE. */
export const restoreScript = `${loginScript}${describeDump}
p=$1; shift
restore=$(reader "$p" ${final}) || exit ${final}
read_password
with_login "$restore" --no-password --exit-on-error --no-owner --no-privileges --no-comments \\
  --no-publications --no-subscriptions --dbname="$PGDATABASE" "$p" || exit 1
`;
