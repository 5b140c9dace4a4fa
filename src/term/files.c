/* SPDX-License-Identifier: ISC */
/*
 * files: reads one directory, the one that is being typed in.
 */
#include "term/files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

static bool is_directory(int dir, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN && d->d_type != DT_LNK)
		return d->d_type == DT_DIR;
	return fstatat(dir, d->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

void files_each(void *ctx, const char *path, void (*found)(void *, const char *path, const char *help), void *arg)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t before = (size_t)(name - path), len = strlen(name);
	char *folder = before > 0 ? strndup(path, before) : strdup(".");
	DIR *dir = folder != NULL ? opendir(folder) : NULL;
	const struct dirent *d;

	(void)ctx;
	free(folder);
	if (dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL) {
		struct buf text = {0};
		if (strncmp(d->d_name, name, len) != 0 || (d->d_name[0] == '.' && name[0] != '.') ||
		    strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		buf_put(&text, path, before);
		buf_puts(&text, d->d_name);
		if (is_directory(dirfd(dir), d))
			buf_putc(&text, '/');
		if (buf_string(&text) != NULL)
			found(arg, buf_string(&text), NULL);
		buf_clear(&text);
	}
	closedir(dir);
}
