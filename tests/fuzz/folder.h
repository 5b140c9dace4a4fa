/* SPDX-License-Identifier: ISC */
/*
 * folder: a folder for the files of a fuzz target: in memory where there is such a file system, and gone with the process.
 */
#ifndef PTSH_FUZZ_FOLDER_H
#define PTSH_FUZZ_FOLDER_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder_file[64];

static inline void
folder_remove(void)
{
	char *slash = strrchr(folder_file, '/');

	unlink(folder_file);
	*slash = '\0';
	rmdir(folder_file);
}

/* Makes (once) the folder, and the file with that content.  Returns its path. */
static inline const char *
folder_put(const void *data, size_t size)
{
	int fd;

	if (folder_file[0] == '\0') {
		snprintf(folder_file, sizeof folder_file, "%s/ptsh-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		if (mkdtemp(folder_file) == NULL)
			abort();
		strcat(folder_file, "/file");
		atexit(folder_remove);
	}
	fd = open(folder_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd == -1 || write(fd, data, size) != (ssize_t)size || close(fd) == -1)
		abort();
	return folder_file;
}

/* Returns its content, which the caller frees. */
static inline char *
folder_get(size_t *len)
{
	struct stat st;
	int fd = open(folder_file, O_RDONLY);
	char *text;

	if (fd == -1 || fstat(fd, &st) == -1 || (text = calloc(1, (size_t)st.st_size + 1)) == NULL ||
	    read(fd, text, (size_t)st.st_size) != st.st_size)
		abort();
	close(fd);
	*len = (size_t)st.st_size;
	return text;
}

#endif
