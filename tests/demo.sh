#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs ptsh against a simulated box: at a terminal a session to try things in, else a short sample.
# Expects the programs in PTSH and BOX, as `make demo` sets them.  Leaves no file and no process.
set -eu
: "${PTSH:?}" "${BOX:?}"

dir=$(mktemp -d "${TMPDIR:-/tmp}/ptsh-demo-XXXXXX")
box=
end() {
	status=$?
	trap - EXIT
	[ -z "$box" ] || { kill "$box" && wait "$box"; } 2>/dev/null || :
	rm -rf "$dir"
	exit $status
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The box opens the pipe when it is ready: reading waits for that, or for its end.
mkfifo "$dir/ready"
# ^C is for ptsh, not for the box.
(trap '' INT; exec "$BOX" --unix "$dir/box" --delay 2000 --devices 1000 >"$dir/ready") &
box=$!
read -r ready <"$dir/ready" || { echo "the simulated box did not start" >&2; exit 1; }

# A name in the boxes file is what the prompt shows.
mkdir -p "$dir/config/ptsh"
echo "demo '$dir/box'" >"$dir/config/ptsh/boxes"
run() {
	env XDG_CONFIG_HOME="$dir/config" XDG_DATA_HOME="$dir/data" XDG_STATE_HOME="$dir/state" "$PTSH" "$@" demo
}

if [ -t 0 ] && [ -t 1 ]; then
	cat <<-'TEXT'
		A simulated box with five realms; discoveries and polls take two seconds.
		Tab completes, .help helps, ^D leaves.  Try for example

		    realm_info gid,name,last_poll
		    .each realm_info gid,name -- realm_discover {gid}
		    realm_query 'Head Office' device device_ip device_mac switch_uid=switch03%
		    .help realm_modify

	TEXT
	# ^C is ptsh's while it runs.
	trap : INT
	run
else
	run --output table -c 'ping' -c 'realm_info gid,name,last_poll' \
	    -c "realm_query 'Head Office' switch switch_uid,switch_ip,switch_model,free_ports [] switch_uid=switch0%" \
	    -c 'global_settings'
fi
