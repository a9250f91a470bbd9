/** What runs at the place. */

import { madeDump } from '../_kits/sql/dump.ts';
import { describeDump } from '../_targets/postgres/dump-script.ts';
import { loginScript } from '../_targets/postgres/tools.ts';

/** As `begin_file`, then TABLES TOOL ARGS...; the password on stdin. */
export const dumpScript = `${loginScript}${describeDump}${madeDump}
begin_file 'a dump' "$@"; shift 6
want=$1; shift
read_password
with_login "$@" --lock-wait-timeout=60s --no-sync --file="$tmp" || exit 1
finish_dump "$want"
`;

/** TOOL ARGS... */
export const rehearseScript = `${loginScript}
read_password
with_login "$@" --schema-only --lock-wait-timeout=5s >/dev/null
`;

export const describeScript = `${describeDump}
describe "$1"
`;
