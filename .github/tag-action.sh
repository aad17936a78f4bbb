#!/usr/bin/env bash
# Commits the built action in FOLDER as a child of HEAD and pushes it as the tags v1, which moves, and action-vVERSION,
# which does not: `uses: keyturn/keyturn@v1` runs what the release built. The release workflow calls it.
#   .github/tag-action.sh FOLDER VERSION REMOTE
set -euo pipefail
folder=$1 version=$2 remote=$3

index=$(mktemp --directory)
trap 'rm -rf "$index"' EXIT
git_dir=$(git rev-parse --absolute-git-dir)
in_folder() { GIT_INDEX_FILE="$index/index" git --git-dir="$git_dir" --work-tree="$folder" "$@"; }

# --force: dist/ is ignored in the sources.
(cd "$folder" && in_folder add --all --force .)
tree=$(in_folder write-tree)
# The release's own date: the same release makes the same commit, so that a failed push can be tried again.
GIT_AUTHOR_DATE=$(git show --no-patch --format=%cI HEAD)
GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
commit=$(git -c user.name=release -c user.email=release@users.noreply.github.com \
  commit-tree "$tree" -p HEAD -m "Built action of keyturn $version")
git push --quiet "$remote" "$commit:refs/tags/action-v$version"
git push --quiet --force "$remote" "$commit:refs/tags/v1"
echo "v1 and action-v$version are $commit"
