/** What runs at the place. */

/** How a script ends. `final`: trying again cannot help. */
export const gitExits = { final: 3, noGit: 4, halfDone: 5 } as const;

/**
 * Neither hooks nor anything that waits for a person, and no housekeeping in the background that would outlive
 * the script. GIT_DIR and the like, set by whoever started the session, would point git elsewhere.
 */
const git = `
command -v git >/dev/null 2>&1 || die 'git is not there' ${gitExits.noGit}
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_NAMESPACE GIT_PREFIX
unset SSH_ASKPASS; GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=; export GIT_TERMINAL_PROMPT GIT_ASKPASS
g() {
  git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.quotePath=false -c advice.detachedHead=false \\
    -c gc.auto=0 -c maintenance.auto=false -c submodule.recurse=false "$@" </dev/null
}
tracked_changes() { g status --porcelain --untracked-files=no; }
has() { g cat-file -e "$1^{commit}" 2>/dev/null; }
# An annotated tag has a hash of its own, and HEAD would never be it.
is_commit() {
  [ "$(g cat-file -t "$1")" = commit ] || die "it is a tag; the commit it names is $(g rev-parse -q --verify "$1^{commit}")" ${gitExits.final}
}
head_is() { g rev-parse --verify -q 'HEAD^{commit}'; }
`;

/** A server may give out only what its branches lead to: then all of them are fetched. */
const obtain = `
obtain() {
  remote=\${2:-origin}
  if has "$1"; then is_commit "$1"; return 0; fi
  g fetch --no-tags --no-recurse-submodules -- "$remote" "$1" >&2 || :
  if has "$1"; then is_commit "$1"; return 0; fi
  # What git says of it is the reason: a login that is refused is no missing commit.
  g fetch --no-tags --no-recurse-submodules -- "$remote" '+refs/heads/*:refs/remotes/runbook/*' >&2 || exit 1
  has "$1" || die "$remote does not have the commit" ${gitExits.final}
  is_commit "$1"
}
`;

const verify = `
verify() {
  [ "$(head_is)" = "$1" ] || die "HEAD is not $1" ${gitExits.halfDone}
  changes=$(tracked_changes) || exit ${gitExits.halfDone}
  [ -z "$changes" ] || die "the checkout does not come out clean: $(echo "$changes" | head -n 3 | tr '\\n' ' ')" ${gitExits.halfDone}
}
`;

/**
 * What a commit only points to: submodules, and files that Git LFS keeps elsewhere. git itself leaves folders empty
 * and pointers in place of the files, and calls the checkout clean.
 */
const pointed = `
lfs_pointers() {
  g grep -q -e 'filter=lfs' -- ':(glob)**/.gitattributes' 2>/dev/null || return 0
  g grep -lI -e '^version https://git-lfs.github.com/spec/v1$' -- . 2>/dev/null |
    git -c core.quotePath=false check-attr --stdin filter | sed -n 's/: filter: lfs$//p'
}
submodules_amiss() { g submodule status --recursive 2>/dev/null | sed -n 's/^[-+U][0-9a-f]* //p'; }
missing() { submodules_amiss; lfs_pointers; }
uses_lfs() {
  g ls-tree -r --name-only "$1" | grep -E '(^|/)[.]gitattributes$' | while IFS= read -r file; do
    g show "$1:$file"
  done | grep -q 'filter=lfs'
}
fit() {
  uses_lfs "$1" || return 0
  g config --get filter.lfs.smudge >/dev/null || die 'the commit has files in Git LFS, which is not set up: they would be missing' ${gitExits.final}
}
populate() {
  [ -z "$(g ls-files --stage | sed -n '/^160000 /{p;q;}')" ] || g submodule update --init --recursive --checkout >&2 ||
    die "its submodules could not be fetched: $(submodules_amiss | head -n 3 | tr '\\n' ' ')" ${gitExits.halfDone}
  lacking=$(missing)
  [ -z "$lacking" ] || die "missing are (submodules, or files in Git LFS): $(echo "$lacking" | head -n 3 | tr '\\n' ' ')" ${gitExits.halfDone}
}
`;

/**
 * PATH TEMPORARY -> absent, other WHAT, or repo COMMIT BRANCH MADE with the tracked changes after it, and
 * \`missing PATH\` for what the commit points to and is not there; the last line says whether an unfinished clone stands beside.
 */
export const lookScript = `${git}${pointed}
GIT_OPTIONAL_LOCKS=0; export GIT_OPTIONAL_LOCKS
p=$1 tmp=$2
if [ ! -e "$p" ] && [ ! -L "$p" ]; then echo absent
elif [ ! -d "$p" ]; then echo 'other not a directory'
elif [ ! -e "$p/.git" ]; then echo 'other a folder that is no git checkout'
else
  cd -- "$p" || exit 1
  g rev-parse --git-dir >/dev/null || exit 1
  if head=$(head_is); then
    branch=$(g symbolic-ref -q HEAD) || branch=-
    made=$(g config --local --get runbook.made) || made=-
    changes=$(tracked_changes) || exit 1
    echo "repo $head $branch $made"
    [ -z "$changes" ] || echo "$changes"
    missing | sed 's/^/missing /'
  else echo 'other a repository without a commit'
  fi
fi
if [ -e "$tmp" ]; then echo unfinished; else echo none; fi
`;

/** PATH TEMPORARY COMMIT REPOSITORY MADE. The rename comes last: a complaint means that nothing is there. */
export const cloneScript = `${git}${pointed}${obtain}${verify}
p=$1 tmp=$2 commit=$3 repository=$4 made=$5
trap 'rm -rf -- "$tmp"' EXIT; trap 'exit 143' HUP INT TERM PIPE
d=$(dirname -- "$p")
[ -d "$d" ] || die "the folder $d does not exist" ${gitExits.final}
if [ -e "$p" ] || [ -L "$p" ]; then die 'it is there already' ${gitExits.final}; fi
rm -rf -- "$tmp" || exit 1
g clone --no-checkout --template= --no-recurse-submodules -- "$repository" "$tmp" >&2 || exit 1
(
  cd -- "$tmp" || exit 1
  obtain "$commit" "$repository"
  fit "$commit"
  g config --local runbook.made "$made" || exit 1
  g checkout --detach "$commit" >&2 || exit 1
  populate
  verify "$commit"
) || exit $?
sync -f -- "$tmp" 2>/dev/null || sync
rename "$tmp" "$p" || exit 1
flush "$d"
`;

/**
 * The note \`$begun\` stands while a checkout of ours may be half done: the tree was clean when it was made, so
 * what is changed then is our own half, and may be overwritten. A person's edit made in between is kept as a
 * patch all the same.
 */
const move = `
complete() {
  changes=$(tracked_changes) || exit 1
  if [ ! -e "$begun" ]; then
    [ -z "$changes" ] && return 0
    die "there are tracked changes: $(echo "$changes" | head -n 5 | tr '\\n' ' ')" ${gitExits.final}
  fi
  [ -z "$changes" ] && return 0
  rm -f -- "$(g rev-parse --git-path index.lock)" "$(g rev-parse --git-path HEAD.lock)"
  patch=$kept/half-done.$$.patch
  (umask 077; g diff --binary HEAD >"$patch") || exit 1
  echo "a checkout was cut off; what the tree held is kept as $patch" >&2
  g checkout -f --detach "$1" >&2 || exit ${gitExits.halfDone}
}
move() {
  : >"$begun" || exit 1
  g checkout --detach "$1" >&2 && return 0
  # Refused as a whole, as git does where an untracked file is in the way, or broken off in between?
  if [ "$(head_is)" = "$2" ] && [ -z "$(tracked_changes)" ]; then rm -f -- "$begun"; exit 1; fi
  exit ${gitExits.halfDone}
}
`;

/** STATE RUN TAG PATH COMMIT REPOSITORY */
export const checkoutScript = `${git}${pointed}${obtain}${verify}${move}
kept "$1" "$2"; begun=$kept/begun.$3
p=$4 commit=$5 repository=$6
trap 'exit 143' HUP INT TERM PIPE
cd -- "$p" || exit ${gitExits.final}
[ -e .git ] || die 'it is no git checkout any more' ${gitExits.final}
[ -e "$begun" ] || complete "$commit"
obtain "$commit" "$repository"
fit "$commit"
complete "$commit"
move "$commit" "$(head_is)"
populate
verify "$commit"
if g symbolic-ref -q HEAD >/dev/null; then die 'HEAD is on a branch' ${gitExits.halfDone}; fi
rm -f -- "$begun"
`;

/**
 * STATE RUN TAG PATH COMMIT BEFORE BRANCH. A half-done checkout is completed first: only then does git know
 * which files it brought. The branch is named again only where it still is where it was.
 */
export const backScript = `${git}${verify}${move}
kept "$1" "$2"; begun=$kept/begun.$3
p=$4 commit=$5 before=$6 branch=$7
trap 'exit 143' HUP INT TERM PIPE
cd -- "$p" || exit ${gitExits.final}
complete "$commit"
[ "$(head_is)" = "$before" ] || move "$before" "$(head_is)"
# Only those that are there: what was not there before may have had its reason.
[ ! -e .gitmodules ] || g submodule update --recursive --checkout >&2 || exit ${gitExits.halfDone}
if [ -n "$branch" ]; then
  if [ "$(g rev-parse --verify -q "$branch^{commit}")" = "$before" ]; then g symbolic-ref HEAD "$branch" || exit ${gitExits.halfDone}
  else echo "$branch has moved since: the commit is checked out without it" >&2
  fi
elif g symbolic-ref -q HEAD >/dev/null; then g checkout --detach >&2 || exit ${gitExits.halfDone}
fi
verify "$before"
rm -f -- "$begun"
`;

/** PATH TEMPORARY MADE: renamed away first, so that a removal that is cut off leaves no half of a release. */
export const removeScript = `${git}
p=$1 tmp=$2 made=$3
rm -rf -- "$tmp" || exit 1
if [ -e "$p" ] || [ -L "$p" ]; then
  [ "$(g config --file "$p/.git/config" --get runbook.made)" = "$made" ] || die 'it was not made by this step' ${gitExits.final}
  rename "$p" "$tmp" || exit 1
  rm -rf -- "$tmp" || exit 1
fi
d=$(dirname -- "$p"); [ ! -d "$d" ] || flush "$d"
`;

/** PATH COMMIT REPOSITORY: can the commit be had? Fetched without files into a folder that is thrown away. */
export const rehearseScript = `${git}
p=$1 commit=$2 remote=$3
if [ -e "$p/.git" ]; then
  cd -- "$p" || exit 1
  if has "$commit"; then is_commit "$commit"; echo here; exit 0; fi
  if [ -z "$remote" ]; then remote=$(g remote get-url origin) || die 'there is no origin to fetch from'; fi
fi
t=$(mktemp -d) || exit 1
trap 'cd /; rm -rf -- "$t"' EXIT; trap 'exit 143' HUP INT TERM
g init -q --bare --template= "$t" || exit 1
cd -- "$t" || exit 1
g fetch -q --no-tags --depth=1 --filter=blob:none -- "$remote" "$commit" || exit 1
has "$commit" || die 'it does not have the commit'
is_commit "$commit"
echo fetched
`;
