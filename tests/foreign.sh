#!/bin/sh
# SPDX-License-Identifier: ISC
# foreign: ptsh for machines unlike this one: with 32 bits (i386), big-endian (s390x), and with char unsigned.
#
# Each is built without a warning, passes its unit programs, and shows the demo as this machine does.  It adds architectures
# to dpkg: it is meant for a root of its own (make check-foreign).
set -eu
cd "$(dirname "$0")/.."
libraries='libc6-dev libedit-dev libssl-dev libbsd-dev libcjson-dev libcmocka-dev'

of() {
	for library in $libraries; do
		echo "$library:$1"
	done
}
apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" </dev/null >/dev/null
}
dpkg --add-architecture i386
dpkg --add-architecture s390x
apt update
apt install -y --no-install-recommends gcc make pkg-config perl netbase openssl gnutls-bin $libraries $(of i386) $(of s390x) lib32gcc-12-dev gcc-s390x-linux-gnu qemu-user

# The demo's output, without what is different each time.
demo() {
	for program in ptsh ptsh-box; do
		printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$2" "$PWD/$1/$program" >"$1/$program.sh"
		chmod +x "$1/$program.sh"
	done
	PTSH=$1/ptsh.sh BOX=$1/ptsh-box.sh sh tests/demo.sh </dev/null | sed 3d
}

# try NAME EMULATOR VARIABLE...: builds with these variables of make, and runs the programs by the emulator.
try() {
	name=$1 emulator=$2 start=$(date +%s)
	shift 2
	mkdir -p build
	make -s BUILD="build/$name" NO_SNMP=1 CFLAGS='-O2 -g -Werror' EMULATOR="$emulator" "$@" check-unit all "build/$name/ptsh-box" \
		>"build/$name.log" 2>&1 || {
		grep -E -A8 '^not ok|^Test Summary|(error|warning):' "build/$name.log" >&2
		exit 1
	}
	demo "build/$name" "$emulator" >"build/$name.demo"
	cmp "build/$name.demo" build/unsigned.demo
	echo "$name: $(($(date +%s) - start)) s"
}
try unsigned '' CFLAGS='-O2 -g -Werror -funsigned-char'
# Not every kernel for 64 bits runs programs for 32.
try i386 "$(/lib/ld-linux.so.2 --version >/dev/null 2>&1 || echo qemu-i386)" CC='gcc -m32'
try s390x 'qemu-s390x -L /' CC=s390x-linux-gnu-gcc
