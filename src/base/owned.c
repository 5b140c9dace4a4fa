/* SPDX-License-Identifier: ISC */
/*
 * owned: whether others could have written a file that is obeyed.
 *
 * Does not read the file.  root may own it: root can do everything anyway.
 */
#include "base/owned.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() || st->st_uid == 0;
}

/* Another user who can write the folder can replace this file.  A sticky folder like /tmp prevents that,
 * but not for its owner. */
static int check_owned_folder(const char *path, const char *of, enum status status, struct error *e)
{
	const char *slash = strrchr(of, '/');
	char *folder = slash == NULL ? strdup(".") : slash == of ? strdup("/") : strndup(of, (size_t)(slash - of));
	struct stat st;
	int result = 0;

	if (folder == NULL)
		return error_memory(e);
	if (stat(folder, &st) != 0)
		result = error_set(e, status, "%s: cannot look at its folder %s: %s", path, folder, strerror(errno));
	else if (!is_ours(&st))
		result = error_set(e, status, "%s: not trusted: another user (uid %lu) owns the folder %s", path,
		    (unsigned long)st.st_uid, folder);
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0)
		result = error_set(e, status, "%s: not trusted: others can write the folder %s (chmod go-w it)", path, folder);
	free(folder);
	return result;
}

int owned_check(int fd, const char *path, enum status status, struct error *e)
{
	struct stat st, link;
	char *target;
	int result;

	if (fstat(fd, &st) != 0)
		return error_set(e, status, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(e, status, "%s: not a regular file", path);
	if (!is_ours(&st))
		return error_set(e, status, "%s: not trusted: it belongs to another user (uid %lu)", path, (unsigned long)st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(e, status, "%s: not trusted: others can write it (chmod go-w it)", path);
	result = check_owned_folder(path, path, status, e);
	if (result < 0 || lstat(path, &link) != 0 || !S_ISLNK(link.st_mode))
		return result;
	target = realpath(path, NULL);
	if (target == NULL)
		return error_set(e, status, "%s: %s", path, strerror(errno));
	result = check_owned_folder(path, target, status, e);
	free(target);
	return result;
}
