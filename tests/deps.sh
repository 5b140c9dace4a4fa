#!/bin/sh
# SPDX-License-Identifier: ISC
# deps: installs what ptsh needs, where apt-get is there; elsewhere names it.
#
#	sh tests/deps.sh [-n] [run | build | test | package | bench]...
#
# Without a word: all of it but bench.  -n only prints what is missing.  What is there already is left alone.
set -eu

# To run ptsh.
run='less'

# To build it.
build='gcc make pkg-config libc6-dev libedit-dev libssl-dev libbsd-dev libsnmp-dev'

# To run its tests: units, other compilers and checkers, what replies are compared with, terminals, shells, TLS peers.
test='libcmocka-dev libcjson-dev
	clang llvm libclang-rt-dev valgrind cppcheck clang-tidy strace
	perl jq libjson-xs-perl python3
	tmux bash zsh fish
	openssl gnutls-bin snmpd libpoe-component-client-ident-perl
	mandoc procps locales parallel clustershell git
	netcat-openbsd redis-tools'

# To make a Debian package of it, and to try it as installed.
package='debhelper dpkg-dev fakeroot lintian man-db bash-completion'

# What `make bench` compares with, where it is there; only installed when it is asked for.
bench='redis-server redis-tools jq libjson-xs-perl'

dry=no
if [ "${1-}" = -n ]; then
	dry=yes
	shift
fi
[ $# -gt 0 ] || set -- run build test package

wanted=
for group; do
	case $group in
	run) wanted="$wanted $run" ;;
	build) wanted="$wanted $build" ;;
	test) wanted="$wanted $test" ;;
	package) wanted="$wanted $package" ;;
	bench) wanted="$wanted $bench" ;;
	*)
		echo "deps: $group: not one of run, build, test, package and bench" >&2
		exit 2
		;;
	esac
done
wanted=$(echo $wanted)

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	# Perhaps what it is built with is here: then building goes on.
	if pkg-config --exists libedit libssl libcrypto libbsd-overlay 2>/dev/null; then
		echo "deps: no apt-get here, but what ptsh is built with is; its tests need, by their names in Debian:" >&2
		echo "$wanted" | fold -s -w 76 | sed 's/^/	/' >&2
		exit 0
	fi
	echo "deps: no apt-get here.  To build ptsh it takes, where there is" >&2
	cat >&2 <<-'TEXT'
		dnf      dnf install gcc make pkgconf-pkg-config libedit-devel openssl-devel libbsd-devel net-snmp-devel
		pacman   pacman -S base-devel libedit openssl libbsd net-snmp
		apk      apk add build-base pkgconf libedit-dev openssl-dev libbsd-dev net-snmp-dev
		brew     brew install pkgconf libedit openssl@3 net-snmp libbsd   (on Linux; macOS has not been tried)
	TEXT
	echo "(Net-SNMP may be left out: make NO_SNMP=1), and for the tests, by their names in Debian:" >&2
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
echo "deps: missing:$missing"
[ $dry = no ] || exit 1

sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "deps: neither root nor sudo; as root: apt-get install --no-install-recommends$missing" >&2
		exit 1
	fi
	sudo=sudo
fi
apt() {
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null
}
echo "deps: apt-get update and install"
apt update
apt install -y --no-install-recommends $missing
