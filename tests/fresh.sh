#!/bin/sh
# SPDX-License-Identifier: ISC
# fresh: README's two commands on a new machine, each in an empty Debian root of its own; or tests/foreign.sh in one:
# fresh.sh FOLDER [demo | check | foreign]...
#
# The root is of this machine's release, from the mirror that its apt uses, and has what a user has who clones a source: make,
# git and certificates.  All is mounted in a name space of its own, which ends with the last process in it: nothing stays
# mounted and nothing still runs, however this ends.
set -eu
tests=$(cd "$(dirname "$0")" && pwd)

# What the second make of a tree must print, and what --version must name.
nothing='^make: Nothing to be done'
libraries='OpenSSL libedit cJSON Net-SNMP'
# To see the demo, at most so many packages are installed.
packages=100
# In memory it is faster: with so many KiB to spare.
memory=8000000

fail() {
	echo "fresh: $*" >&2
	exit 1
}
not_run() {
	echo "fresh: not run: $*"
	exit 0
}

# targets FORMAT: the indexes of packages that apt uses.
targets() {
	apt-get indextargets --format "$1" 'Created-By: Packages'
}

# root FOLDER COMMAND: runs a command as a new user would, from the source's folder.
root() {
	env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		chroot "$1" sh -c "cd /root/ptsh && $2" </dev/null
}

# An empty root with the source in it, in base.
make_base() {
	start=$(date +%s)
	uri=$(targets '$(REPO_URI) $(CODENAME)' | sed -n "s/ $codename\$//p" | head -n 1)
	components=$(targets '$(REPO_URI) $(CODENAME) $(COMPONENT)' | sed -n "s|^$uri $codename ||p" | sort -u | paste -s -d ,)
	origin=$(targets '$(REPO_URI) $(CODENAME) $(ORIGIN)' | sed -n "s|^$uri $codename ||p" | head -n 1)
	mkdir -p "$folder/archives"
	debootstrap --variant=minbase --components="$components" --include=make,git,ca-certificates --cache-dir="$folder/archives" \
		"$codename" "$roots/base" "$uri" >"$folder/debootstrap.log" 2>&1 || {
		tail -n 20 "$folder/debootstrap.log" >&2
		fail 'debootstrap failed'
	}
	targets '$(ORIGIN)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)' | sed -n "s/^$origin|//p" >"$roots/base/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::(http|https|Check-|Retries)' >"$roots/base/etc/apt/apt.conf.d/99here" || :
	cp -L /etc/resolv.conf /etc/hosts "$roots/base/etc"
	sh "$tests/source.sh" "$roots/base/root/ptsh"
	if git -C "$tests" rev-parse >/dev/null 2>&1; then
		git clone -q -n "$tests/.." "$roots/clone"
		mv "$roots/clone/.git" "$roots/base/root/ptsh"
		root "$roots/base" 'git reset -q'
	fi
	echo "fresh: an empty root, in $(($(date +%s) - start)) s"
}

# begin NAME: a root of its own for a command.
begin() {
	name=$1 new=$roots/$1 start=$(date +%s)
	cp -a "$roots/base" "$new"
	mount --bind "$new" "$new"	# as a machine's root is: else nothing in it can have mounts of its own
	mkdir -p "$new/var/cache/apt/archives/partial"
	mount --bind "$folder/archives" "$new/var/cache/apt/archives"
	mount -t proc proc "$new/proc"
	mount --rbind /dev "$new/dev"
	before=$(dpkg-query --root="$new" -W | wc -l)
}

# run COMMAND: in that root; its output is in log.
run() {
	log=$folder/$name.log
	root "$new" "$1" >"$log" 2>&1 || {
		tail -n 60 "$log" >&2
		fail "$1: failed ($log)"
	}
}

# The expected results of README's commands.
finish() {
	for library in $libraries; do
		root "$new" 'build/ptsh --version' | grep -q "$library [0-9]" || fail "$name: no $library: $(root "$new" 'build/ptsh --version')"
	done
	grep -q '^deps: installing .*: [0-9]* packages, [0-9.]* [kMG]B to fetch, [0-9.]* [kMG]B on disk$' "$log" ||
		fail "$name: deps did not say how much it installs"
	root "$new" make >"$folder/again" 2>&1 && grep -q "$nothing" "$folder/again" || fail "$name: the second make: $(cat "$folder/again")"
	installed=$(($(dpkg-query --root="$new" -W | wc -l) - before))
	for daemon in snmpd; do
		! find "$new"/etc/rc[2-5].d "$new/etc/systemd/system" -name "S*$daemon" -o -name "$daemon.service" 2>/dev/null | grep . ||
			fail "$name: $daemon was left enabled"
	done
	echo "fresh: make deps $name: $installed packages, $(($(date +%s) - start)) s"
	end_root
}

end_root() {
	umount -l "$new/dev" "$new/proc" "$new/var/cache/apt/archives" "$new"
	rm -rf --one-file-system "$new"
}

try_demo() {
	begin demo
	run 'make deps demo'
	grep -q 'Head Office' "$log" || fail "demo: nothing was shown: $(tail -n 20 "$log")"
	finish
	[ "$installed" -le "$packages" ] || fail "demo: $installed packages were installed, more than $packages"
}

try_check() {
	begin check
	run 'make deps check'
	grep -q '^Result: PASS' "$log" || fail "check: no result: $(tail -n 20 "$log")"
	! grep -E '^\S+ \.+ skipped' "$log" || fail 'check: files were skipped'
	finish
}

try_foreign() {
	begin foreign
	# Not every architecture gets what was updated since: without it a library has one version for all.
	sed -i "/ $codename /!d" "$new/etc/apt/sources.list"
	run 'sh tests/foreign.sh'
	end_root
	echo "foreign: $(paste -s -d , "$log" | sed 's/,/, /g')"
}

folder=$1 roots=$1/roots
shift
[ $# -gt 0 ] || set -- demo check
if [ "${FRESH_INSIDE-}" = yes ]; then
	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	[ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -lt $memory ] || mount -t tmpfs -o size=80% tmpfs "$roots"
	make_base
	for command; do
		"try_$command"
	done
	exit
fi

[ "$(id -u)" = 0 ] || not_run 'it takes root to make a root'
for tool in debootstrap apt-get unshare chroot; do
	command -v $tool >/dev/null || not_run "no $tool here (make deps check installs what there is)"
done
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
targets '$(CODENAME)' | grep -qx "${codename:-none}" || not_run 'apt knows no index of this release: apt-get update'
unshare --mount --pid --fork true 2>/dev/null || not_run 'mounting is not permitted here'

mkdir -p "$roots"
folder=$(cd "$folder" && pwd)
pid=
end() {
	status=$?
	trap - EXIT
	# All within ends with it.
	[ -z "$pid" ] || { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || :
	rm -rf --one-file-system "$folder/roots"
	exit $status
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
export FRESH_INSIDE=yes
# With wait a signal is handled at once.
unshare --mount --pid --fork --kill-child=KILL --mount-proc sh "$0" "$folder" "$@" &
pid=$!
wait "$pid" || status=$?
pid=
exit "${status-0}"
