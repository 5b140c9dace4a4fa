#!/bin/sh
# SPDX-License-Identifier: ISC
# staged: `make install` into a folder, checks the files, runs the program, and uninstalls: staged.sh FOLDER
set -eu
folder=$1
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
make=${MAKE:-make}
build=$(dirname "$folder")
$make -s BUILD="$build" DESTDIR="$folder" PREFIX=/usr install
for file in bin/ptsh share/man/man1/ptsh.1 share/man/man7/ptsh-protocol.7 share/bash-completion/completions/ptsh \
	share/zsh/site-functions/_ptsh share/fish/vendor_completions.d/ptsh.fish; do
	[ -s "$folder/usr/$file" ] || {
		echo "$file: not installed" >&2
		exit 1
	}
done
[ "$(find "$folder" -type f | wc -l)" = 6 ] || {
	echo "other files were installed:" >&2
	find "$folder" -type f >&2
	exit 1
}
"$folder/usr/bin/ptsh" --version
# Hardened: a position-independent program, everything bound at its start, no executable stack.
readelf -hlW "$folder/usr/bin/ptsh" | grep -q 'Type: *DYN' || { echo "no PIE" >&2; exit 1; }
readelf -dW "$folder/usr/bin/ptsh" | grep -q 'BIND_NOW\|Flags:.*NOW' || { echo "not bound at its start" >&2; exit 1; }
readelf -lW "$folder/usr/bin/ptsh" | grep GNU_STACK | grep -q 'RW ' || { echo "an executable stack" >&2; exit 1; }
[ "$(find "$folder" -type f -perm 755)" = "$folder/usr/bin/ptsh" ] && [ "$(find "$folder" -type f -perm 644 | wc -l)" = 5 ] || {
	echo "modes are wrong:" >&2
	find "$folder" -type f -exec ls -l {} + >&2
	exit 1
}
$make -s BUILD="$build" DESTDIR="$folder" PREFIX=/usr uninstall
left=$(find "$folder" -type f)
[ -z "$left" ] || { echo "left: $left" >&2; exit 1; }

# In a private prefix, without DESTDIR.
mine="PREFIX=$folder/mine BINDIR=$folder/mine/sbin MANDIR=$folder/mine/man"
$make -s BUILD="$build" $mine install
for file in sbin/ptsh man/man1/ptsh.1 man/man7/ptsh-protocol.7 share/zsh/site-functions/_ptsh; do
	[ -s "$folder/mine/$file" ] || { echo "$file: not installed there" >&2; exit 1; }
done
$make -s BUILD="$build" $mine uninstall
left=$(find "$folder" -type f)
[ -z "$left" ] || { echo "left: $left" >&2; exit 1; }
echo "6 files installed and gone again"
