/** Symbolic links at a place: what is there, and replacing one in a single rename. */

import { readByScript, refusal } from '../_work/script.ts';
import type { Shell } from '../_work/shell.ts';

export type LinkState =
  | { readonly kind: 'absent' }
  /** `text`: as it is written in the link; `led`: it leads to a folder. */
  | { readonly kind: 'link'; readonly text: string; readonly led: boolean }
  | { readonly kind: 'other'; readonly what: string };

// The trailing x keeps a line break at the end of a link's text from being lost in the substitution.
const linkScript = `
p=$1
if [ -L "$p" ]; then
  t=$(readlink -- "$p" && echo x) || exit 1
  t=\${t%?x}
  case $t in *'
'*) die 'it is a link to a name with a line break' ;; esac
  if [ -d "$p" ]; then echo "led $t"; else echo "dangling $t"; fi
elif [ -d "$p" ]; then echo 'other a real directory'
elif [ -e "$p" ]; then echo 'other a file'
else
  d=$(dirname -- "$p")
  if [ -d "$d" ] && [ ! -x "$d" ]; then die "no permission to look into $d"; fi
  echo absent
fi
`;

/** Throws when it cannot be told. */
export const readLink = async (shell: Shell, path: string, signal?: AbortSignal): Promise<LinkState> => {
  const [first = ''] = await readByScript(shell, linkScript, [path], signal && { signal });
  const cut = first.indexOf(' ');
  const [word, rest] = cut < 0 ? [first, ''] : [first.slice(0, cut), first.slice(cut + 1)];
  if (word === 'absent') return { kind: 'absent' };
  if (word === 'other') return { kind: 'other', what: rest };
  return { kind: 'link', text: rest, led: word === 'led' };
};

/** The release's folder: what of it there is. */
export const folderScript = `
if [ ! -e "$1" ] && [ ! -L "$1" ]; then echo absent
elif [ ! -d "$1" ]; then echo 'not a directory'
elif [ ! -x "$1" ] || [ ! -r "$1" ]; then echo 'not readable'
elif [ -z "$(ls -A -- "$1" | head -n 1)" ]; then echo empty
else echo full
fi
`;

/**
 * LINK TEMPORARY TEXT NEEDED: with NEEDED 1 the text must lead to a folder that is not empty, as seen from
 * beside the link: it may be relative. The rename is the last thing that can fail, and refuses by itself where
 * a real folder has come in between.
 */
export const switchScript = `
p=$1 tmp=$2 to=$3 needed=$4
d=$(dirname -- "$p")
[ -d "$d" ] || die "the folder $d does not exist" ${refusal.final}
if [ -d "$p" ] && [ ! -L "$p" ]; then die 'it is a real directory, not a link' ${refusal.final}; fi
if [ -e "$p" ] && [ ! -L "$p" ]; then die 'it is a file, not a link' ${refusal.final}; fi
trap 'rm -f -- "$tmp"' EXIT; trap 'exit 143' HUP INT TERM
rm -f -- "$tmp" || exit 1
ln -s -- "$to" "$tmp" || exit 1
if [ "$needed" = 1 ]; then
  [ -d "$tmp" ] || die "$to is not a directory" ${refusal.final}
  [ -n "$(ls -A -- "$tmp/" | head -n 1)" ] || die "$to is empty" ${refusal.final}
fi
rename "$tmp" "$p" || exit 1
flush "$d"
`;

/** LINK: removes the link, and nothing that is not one. */
export const unlinkScript = `
if [ -L "$1" ]; then rm -f -- "$1" || exit 1; fi
if [ -d "$(dirname -- "$1")" ]; then flush "$(dirname -- "$1")"; fi
`;
