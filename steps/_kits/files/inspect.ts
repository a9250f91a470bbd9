import { readByScript } from '../../_work/script.ts';
import type { Shell } from '../../_work/shell.ts';

export type FileState =
  /** `missing`: folders above it that do not exist, deepest first. */
  | { readonly kind: 'absent'; readonly missing: readonly string[] }
  | {
      readonly kind: 'file';
      readonly sha256: string;
      readonly bytes: number;
      /** Octal. */
      readonly mode: string;
      readonly uid: number;
      readonly gid: number;
    }
  | { readonly kind: 'other'; readonly what: string };

// `-e` is also false below a folder that may not be searched: absent is only claimed below one that may.
const script = `
p=$1
if [ -L "$p" ]; then echo 'other a symbolic link'; exit 0; fi
if [ -d "$p" ]; then echo 'other a directory'; exit 0; fi
if [ -e "$p" ]; then
  if [ ! -f "$p" ]; then echo 'other neither a regular file nor a directory'; exit 0; fi
  m=$(meta "$p") || exit 1
  s=$(sha "$p") && [ \${#s} -eq 64 ] || die 'it cannot be read'
  echo "file $s $m"; exit 0
fi
d=$(dirname -- "$p"); missing=
while [ ! -e "$d" ] && [ ! -L "$d" ]; do missing="$missing$d
"; d=$(dirname -- "$d"); done
[ -d "$d" ] || die "$d is not a directory"
[ -x "$d" ] || die "no permission to look into $d"
echo absent; printf '%s' "$missing"
`;

/** What is at the path now; symbolic links are not followed. Throws when that cannot be told. */
export const inspectFile = async (shell: Shell, path: string, signal?: AbortSignal): Promise<FileState> => {
  const lines = await readByScript(shell, script, [path], signal && { signal });
  const [first = '', ...rest] = lines;
  const [kind, ...words] = first.split(' ');
  if (kind === 'absent') return { kind, missing: rest };
  if (kind === 'other') return { kind, what: words.join(' ') };
  const [sha256 = '', mode = '', uid, gid, bytes] = words;
  return { kind: 'file', sha256, mode, uid: Number(uid), gid: Number(gid), bytes: Number(bytes) };
};
