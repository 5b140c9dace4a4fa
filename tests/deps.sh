#!/bin/sh
# SPDX-License-Identifier: ISC
# deps: installs what some goals of make need, where apt-get is there; elsewhere names it.
#
#	sh tests/deps.sh [-n] GOAL...
#
# Building and running need the least; `check` needs what every check does, except the compilers for other machines, which
# check-foreign gets by itself.  -n only prints what is missing.  What is installed already is left alone.
set -eu

# To build and run it.
run='less'
build='gcc make pkg-config libc6-dev libedit-dev libssl-dev libbsd-dev libcjson-dev libsnmp-dev'

# To run its units, also while a package is built (debian/control).
units='libcmocka-dev openssl gnutls-bin'

# To run its other tests: other compilers and checkers, programs that replies are compared with, terminals, shells, TLS peers.
test='clang llvm libclang-rt-dev valgrind cppcheck clang-tidy strace
	perl jq libjson-xs-perl python3
	tmux bash zsh fish
	snmpd libpoe-component-client-ident-perl
	mandoc procps locales parallel clustershell git
	netcat-openbsd redis-tools debootstrap'

# To make a Debian package of it, and to try it as installed.
package='debhelper dpkg-dev fakeroot lintian blhc man-db bash-completion'

# The programs that `make bench` compares with; only installed when asked for.
bench='redis-server redis-tools jq libjson-xs-perl'

# Daemons among them: only their programs are used.
daemons='snmpd redis-server'

dry=no
if [ "${1-}" = -n ]; then
	dry=yes
	shift
fi

wanted=
want() {
	for name; do
		case " $wanted " in
		*" $name "*) ;;
		*) wanted="$wanted${wanted:+ }$name" ;;
		esac
	done
}
want $run $build
for goal; do
	case $goal in
	bench) want $bench ;;
	deb) want $units $package ;;
	check | check-* | coverage | fuzz | mutants | picture | programs) want $units $test $package ;;
	esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	# If the libraries to build with are here, building continues.
	if pkg-config --exists libedit libssl libcrypto libbsd-overlay libcjson 2>/dev/null; then
		echo "deps: no apt-get here, but what ptsh is built with is; needed in all, by the names in Debian:" >&2
		echo "$wanted" | fold -s -w 76 | sed 's/^/	/' >&2
		exit 0
	fi
	echo "deps: no apt-get here.  To build ptsh it takes, where there is" >&2
	cat >&2 <<-'TEXT'
		dnf      dnf install gcc make pkgconf-pkg-config libedit-devel openssl-devel libbsd-devel cjson-devel net-snmp-devel
		pacman   pacman -S base-devel libedit openssl libbsd cjson net-snmp
		apk      apk add build-base pkgconf libedit-dev openssl-dev libbsd-dev cjson-dev net-snmp-dev
		brew     brew install pkgconf libedit openssl@3 net-snmp libbsd cjson   (on Linux; macOS has not been tried)
	TEXT
	echo "(Net-SNMP may be left out: make NO_SNMP=1); in all, by the names in Debian:" >&2
	echo "$wanted" | fold -s -w 76 | sed 's/^/	/' >&2
	exit 1
fi

missing=
installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${binary:Package} ${Provides}\n' 2>/dev/null |
	sed -n 's/^.i *//p' | tr -d ',' | sed 's/:[a-z0-9]*//' | tr '\n' ' ') "
for name in $wanted; do
	case $installed in
	*" $name "*) ;;
	*) missing="$missing $name" ;;
	esac
done
if [ -z "$missing" ]; then
	echo "deps: everything is there"
	exit 0
fi
if [ $dry = yes ]; then
	echo "deps: missing:$missing"
	exit 1
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "deps: neither root nor sudo; as root: apt-get install --no-install-recommends$missing" >&2
		exit 1
	fi
	sudo=sudo
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/ptsh-deps-XXXXXX")
policy=
end() {
	status=$?
	trap - EXIT
	[ -z "$policy" ] || $sudo rm -f "$policy"
	rm -rf "$folder"
	exit $status
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Its output is shown if it fails.
apt() {
	$sudo env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$folder/log" 2>&1 </dev/null || {
		cat "$folder/log" >&2
		echo "deps: apt-get failed; missing are:$missing" >&2
		return 1
	}
}
apt update

# A summary: "0 upgraded, 70 newly installed, ...", "Need to get 90 MB/100 MB of archives.", "After this operation, ...".
LC_ALL=C apt-get -q --assume-no --no-install-recommends install $missing >"$folder/plan" 2>&1 </dev/null || :
packages=$(sed -n 's/.* \([0-9]*\) newly installed.*/\1/p' "$folder/plan")
fetched=$(sed -n 's/^Need to get \([^/]* [kMG]*B\).*/\1/p; s/^Need to get \(.*\)\/.*/\1/p' "$folder/plan")
space=$(sed -n 's/^After this operation, \(.*\) of additional.*/\1/p' "$folder/plan")
echo "deps: installing$missing: ${packages:-?} packages, ${fetched:-nothing} to fetch, ${space:-?} on disk"

# Daemons are neither started nor left enabled, if they are new.
if [ ! -e /usr/sbin/policy-rc.d ]; then
	policy=/usr/sbin/policy-rc.d
	printf '#!/bin/sh\nexit 101\n' >"$folder/policy"
	$sudo install -m 755 "$folder/policy" "$policy"
fi
apt install -y --no-install-recommends $missing
for daemon in $daemons; do
	case "$missing " in
	*" $daemon "*)
		$sudo update-rc.d "$daemon" disable >/dev/null 2>&1 || :
		$sudo deb-systemd-helper disable "$daemon.service" >/dev/null 2>&1 || :
		;;
	esac
done
