# shellcheck shell=bash
# The program in build/, the portal in web/dist.

# build_program FOLDER [CMAKE OPTION...] -- TARGET...: no target means everything
build_program() {
	local folder=$1 options=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	[ $# -eq 0 ] || shift
	say "building $folder ${*:-(everything)}"
	cmake -S . -B "$folder" -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo \
		"${options[@]}" >"$folder.log" 2>&1 || {
		cat "$folder.log" >&2
		die "cmake failed"
	}
	rm -f "$folder.log"
	ninja -C "$folder" -j "$(jobs_count)" --quiet "$@" >&2
}

# files_sum PATH...: one checksum over the names and contents of the files below
files_sum() {
	find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# npm_install: what package-lock.json names, only when it changed
npm_install() {
	local stamp=web/node_modules/.lock-sum sum
	sum=$(files_sum web/package.json web/package-lock.json)
	[ "$(cat "$stamp" 2>/dev/null)" != "$sum" ] || return 0
	say "installing the portal's packages (npm ci)"
	(cd web && npm ci --no-audit --no-fund --loglevel=error >&2)
	echo "$sum" >"$stamp"
}

# build_portal: only when one of its sources changed
build_portal() {
	local stamp=web/node_modules/.portal-sum sum sources=()
	npm_install
	for path in web/src web/public web/script web/index.html web/*.json web/*.js web/*.ts; do
		if [ -e "$path" ]; then
			sources+=("$path")
		fi
	done
	sum=$(files_sum "${sources[@]}")
	if [ -f web/dist/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ]; then
		return 0
	fi
	say "building the portal"
	(cd web && npm run --silent build >&2)
	echo "$sum" >"$stamp"
}
