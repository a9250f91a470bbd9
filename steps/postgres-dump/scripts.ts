/** What runs at the place. */
import { describeDump } from '../_targets/postgres/dump-script.ts';
import { loginScript } from '../_targets/postgres/tools.ts';
import { madeFile } from '../_work/made-file.ts';

/** As `begin_file`, then TABLES TOOL ARGS...; the password on stdin. */
export const dumpScript = `${loginScript}${describeDump}${madeFile}
begin_file 'a dump' "$@"; shift 6
want=$1; shift
read_password
with_login "$@" --lock-wait-timeout=60s --no-sync --file="$tmp" || exit 1
# The disk writes while the file is read back.
flush "$tmp" & flushing=$!
found=$(describe "$tmp") || exit 1
if [ "$(printf '%s\\n' "$found" | sed 1,2d | sort)" != "$(printf '%s' "$want" | sort)" ]; then
  die 'the tables in the dump are not those of the database'
fi
wait "$flushing"
end_file
printf '%s\\n' "$found"
`;

/** TOOL ARGS... */
export const rehearseScript = `${loginScript}
read_password
with_login "$@" --schema-only --lock-wait-timeout=5s >/dev/null
`;

export const describeScript = `${describeDump}
describe "$1"
`;
