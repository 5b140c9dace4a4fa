#!/bin/sh
# SPDX-License-Identifier: ISC
# valgrind: the suite with ptsh, and the unit tests, under valgrind: valgrind.sh UNIT-TEST...
#
# Called by reports.sh, which looks at the findings (in $REPORTS).  Of the end-to-end tests it runs those that fit into some
# minutes (not those that count seconds); terminals and time-outs are the sanitizers'.
set -u
cd "$(dirname "$0")/.."
build=$REPORTS/programs
mkdir -p "$build"
options="-q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible \
	--child-silent-after-fork=yes --log-file=$REPORTS/%p"

wrap() {
	printf '#!/bin/sh\nexec valgrind %s "%s" "$@"\n' "$(echo $options)" "$1" >"$2"
	chmod +x "$2"
}

real=$PTSH
wrap "$real" "$build/ptsh"
mkdir -p "$build/tests/unit"		# formats.t looks for it beside ptsh
wrap "${real%/*}/tests/unit/show" "$build/tests/unit/show"
tests=
for unit; do
	case $unit in
	# These fork hundreds of times, measure time, or bring a malloc.
	*/test_known_boxes | */test_loop | */test_tls | */test_memory | */test_line_memory | */test_net_memory | */test_short_memory | \
	*/test_names) continue ;;
	# These start commands, whose descriptors posix_spawn() closes: valgrind 3.19 does not let it.
	*/test_child | */test_channel) continue ;;
	esac
	wrap "$PWD/$unit" "$build/${unit##*/}"
	tests="$tests $build/${unit##*/}"
done
PTSH=$build/ptsh FAULTS=${FAULTS-'^(?!C15|C7 nesting|E7 reset)[B-F]'} sh tests/prove.sh 3 $tests \
	tests/cli/requests.t tests/cli/events.t tests/cli/formats.t tests/cli/examples.t tests/faults/faults.t
