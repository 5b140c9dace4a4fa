#!/bin/sh
# SPDX-License-Identifier: ISC
# deb: builds the Debian package, installs it, tries what it brought, and purges it: deb.sh FOLDER
#
# Installing needs root (or a sudo that asks nothing).  Without them the package is only built and checked
# by lintian, with a message; also where a package ptsh is installed already, which is left alone.  PTSH and BOX are those of the tree.
set -eu
cd "$(dirname "$0")/.."
: "${BOX:?}"
folder=$1
debian/build "$folder"
package=$(readlink -f "$folder"/ptsh_*.deb)

fail() {
	echo "deb: $*" >&2
	exit 1
}
if [ "$(id -u)" = 0 ]; then
	sudo=
elif sudo -n true 2>/dev/null; then
	sudo=sudo
else
	echo 'deb: built, and lintian is content; not installed: neither root nor sudo'
	exit 0
fi
if command -v /usr/bin/ptsh >/dev/null || dpkg-query -W ptsh >/dev/null 2>&1; then
	echo 'deb: built, and lintian is content; not installed: there is a ptsh in /usr, which is left alone'
	exit 0
fi

# Files with its name, wherever packages write; the index of manual pages and dpkg's log are not the package's.
named() {
	find /etc /opt /usr /var -xdev -name '*ptsh*' ! -path '/usr/src/*' ! -path '/var/tmp/*' 2>/dev/null | sort
}
named >"$folder/before"
purge() {
	$sudo dpkg --purge ptsh >>"$folder/dpkg.log" 2>&1
}
trap purge EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
	-o DPkg::Options::=--path-include=/usr/share/doc/ptsh/* -o DPkg::Options::=--path-include=/usr/share/man/* \
	install "$package" >"$folder/dpkg.log" 2>&1 </dev/null || {
	tail -20 "$folder/dpkg.log" >&2
	fail 'it does not install'
}

# The program is found, has the version of the source, and every file is as it was packed.
version=$(sed -n 's/^VERSION = *//p' Makefile)
[ "$(command -v ptsh)" = /usr/bin/ptsh ] || fail "ptsh is $(command -v ptsh)"
ptsh --version | sed -n 1p | grep -q "^ptsh $version" || fail "ptsh --version: $(ptsh --version)"
packaged=$(echo "$version" | tr - '~')
[ "$(dpkg-query -W -f '${Version}' ptsh)" = "$packaged" ] || fail "its version is not $packaged"
[ -z "$(dpkg --verify ptsh 2>&1)" ] || fail "dpkg --verify: $(dpkg --verify ptsh 2>&1)"
dpkg -L ptsh | while read -r file; do
	[ -e "$file" ] || fail "$file: not installed"
done

# The pages, by man (which keeps pages of 80 columns).
for page in '1 ptsh' '7 ptsh-protocol'; do
	# shellcheck disable=SC2086
	LC_ALL=C.UTF-8 MANPAGER=cat MANWIDTH=79 man $page >"$folder/page" 2>"$folder/page.errors" || fail "man $page: $(cat "$folder/page.errors")"
	[ ! -s "$folder/page.errors" ] || fail "man $page: $(cat "$folder/page.errors")"
	[ "$(wc -l <"$folder/page")" -gt 300 ] || fail "man $page: $(wc -l <"$folder/page") lines"
done

# The installed program works, in the three shells, and against a box as in the manual page.
PTSH_TEST_INSTALLED=1 PTSH=/usr/bin/ptsh prove -Itests/lib tests/cli/completions.t tests/cli/examples.t || fail 'it does not work'

# The package's own test, as a build service runs it: in the tree that was built.
(cd "$folder/ptsh" && PTSH=/usr/bin/ptsh sh debian/tests/smoke) >"$folder/smoke" 2>&1 || fail "debian/tests/smoke: $(cat "$folder/smoke")"

trap - EXIT
purge || fail "it cannot be purged: $(tail -3 "$folder/dpkg.log")"
named >"$folder/after"
cmp -s "$folder/before" "$folder/after" || fail "left: $(diff "$folder/before" "$folder/after")"
if dpkg-query -W ptsh >/dev/null 2>&1; then
	fail 'dpkg still knows it'
fi
echo "deb: $(basename "$package"): installed, tried and purged; nothing is left"
