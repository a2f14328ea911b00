# shellcheck shell=bash
# What every script needs: its own folder as working directory, and words for what it does.

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT"

say() { printf '== %s\n' "$*" >&2; }

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# jobs_count: two at least, but never more than there are processors
jobs_count() {
	local n
	n=$(nproc 2>/dev/null || echo 1)
	echo "$n"
}
