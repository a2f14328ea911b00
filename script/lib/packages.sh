# shellcheck shell=bash disable=SC2034
# Debian packages by name: what is missing is installed, what is there is left alone.

# What builds and runs the program
PACKAGES_BUILD=(gcc g++ make cmake ninja-build pkg-config ca-certificates
	libre-dev librem-dev libssl-dev libopus-dev libspandsp-dev libtiff-dev libmicrohttpd-dev
	libjansson-dev libsqlite3-dev libsodium-dev libcurl4-openssl-dev libcmocka-dev zlib1g-dev
	libseccomp-dev libpng-dev libjpeg-dev libpango1.0-dev libgmime-3.0-dev
	poppler-utils bubblewrap fonts-dejavu-core fonts-wqy-microhei)
# Spoken prompts and music on hold
PACKAGES_SOUND=(asterisk-core-sounds-en-wav asterisk-moh-opsound-wav)
# The mail server of the demo
PACKAGES_DEMO=(python3-aiosmtpd)
# What the checks and the tests use besides: peers, a browser, and the tools of script/check
PACKAGES_TEST=(git python3 clang-format shellcheck sip-tester baresip-core sqlite3 chromium
	chromium-headless-shell tshark efax coturn)
# Unpacked only, for root: installed they would begin daemons and want a mail server
PACKAGES_UNPACKED=(hylafax-server hylafax-client)

package_is_there() {
	[ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]
}

# libcurl has one package for each TLS library; any of them will do.
package_is_needed() {
	case $1 in
	libcurl4-openssl-dev) ! package_is_there libcurl4-openssl-dev && ! package_is_there libcurl4-gnutls-dev ;;
	*) ! package_is_there "$1" ;;
	esac
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# service_off NAME: Debian starts what it installs; a test starts its own
service_off() {
	[ ! -d /run/systemd/system ] || as_root systemctl disable --now --quiet "$1"
}

# packages_install NAME...: installs those that are missing; says which, and asks nothing
packages_install() {
	local name missing=()
	command -v dpkg-query >/dev/null || die "this script installs Debian packages; here is no dpkg. Needed: $*"
	for name in "$@"; do
		if package_is_needed "$name"; then
			missing+=("$name")
		fi
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		die "missing packages, and neither root nor sudo to install them: ${missing[*]}"
	fi
	say "installing ${#missing[@]} missing packages: ${missing[*]}"
	if ! apt_install "${missing[@]}" >/dev/null 2>&1; then
		say "refreshing the list of packages first"
		as_root apt-get update -qq
		apt_install "${missing[@]}" >/dev/null
	fi
	case " ${missing[*]} " in
	*' coturn '*) service_off coturn ;;
	esac
}

# packages_unpack FOLDER NAME...: what is in them, and nothing of it installed or begun; once
packages_unpack() {
	local folder=$1 new file
	shift
	[ ! -d "$folder" ] || return 0
	say "unpacking $* into $folder"
	new=$(mktemp -d)
	if ! (cd "$new" && apt-get download -qq "$@" >/dev/null 2>&1); then
		as_root apt-get update -qq
		(cd "$new" && apt-get download -qq "$@" >/dev/null)
	fi
	for file in "$new"/*.deb; do
		dpkg-deb -x "$file" "$new/root"
	done
	mkdir -p "$(dirname "$folder")"
	mv "$new/root" "$folder"
	rm -r "$new"
}

# node_install: Debian's Node.js, unless there is one already
node_install() {
	if ! command -v node >/dev/null; then
		packages_install nodejs npm
	elif ! command -v npm >/dev/null; then
		packages_install npm
	fi
}
