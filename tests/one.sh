#!/bin/sh
# SPDX-License-Identifier: ISC
# one: runs tests as `make check` does, with what they find in the environment: sh tests/one.sh TEST...
# BUILD: where the programs are, if not in build.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$top" && cd "${BUILD:-build}" && pwd)
export PTSH="$build/ptsh" BOX="$build/ptsh-box" DRIVER="$build/term-driver" SHIM="$build/shim.so" CMOCKA_MESSAGE_OUTPUT=TAP
exec prove -I"$top/tests/lib" -v "$@"
