#!/bin/sh
# SPDX-License-Identifier: ISC
# source: copies the source as it stands into a folder: source.sh FOLDER
#
# The files that git tracks, with the changes in the tree; without git, all but build folders.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard
else
	find . -path './build*' -prune -o -type f -print0
fi | tar -c --null -T - --ignore-failed-read -f - 2>/dev/null | tar -x -C "$folder" -f -
