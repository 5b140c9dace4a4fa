/* SPDX-License-Identifier: ISC */
/*
 * password_memory: one mapping between two pages that cannot be accessed holds the password in use and the one from the environment;
 * it is locked, left out of core dumps and zero in children.
 */
#include "term/password_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

static size_t page_size(void)
{
	long size = sysconf(_SC_PAGESIZE);

	return size > 0 ? (size_t)size : 4096;
}

static size_t whole_pages(size_t len)
{
	size_t page = page_size();

	return (len + page - 1) / page * page;
}

/* Locking and the rest are done where the system permits; without them we go on. */
static struct password *map_guarded(void)
{
	size_t page = page_size(), len = whole_pages(sizeof(struct password));
	char *base = mmap(NULL, len + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	if (mprotect(base + page, len, PROT_READ | PROT_WRITE) != 0) {
		munmap(base, len + 2 * page);
		return NULL;
	}
	(void)mlock(base + page, len);
	(void)madvise(base + page, len, MADV_DONTDUMP);
	(void)madvise(base + page, len, MADV_WIPEONFORK);
	return (struct password *)(void *)(base + page);
}

static void make_undumpable(void)
{
	static const struct rlimit none = {0, 0};

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

void password_veil(char *to, const char *from, const char *veil, size_t len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = (char)(from[i] ^ veil[i]);
}

/* The bytes in the environment block are what /proc shows: unsetenv() alone would leave them there. */
static void take_environment(struct password *p)
{
	static const char name[] = PASSWORD_VARIABLE "=";

	for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
		char *value;
		size_t len;

		if (strncmp(*entry, name, sizeof(name) - 1) != 0)
			continue;
		value = *entry + sizeof(name) - 1;
		len = strlen(value);
		if (p != NULL && !p->has_environment && len > 0) {
			p->has_environment = true;
			p->environment_too_long = len >= sizeof(p->environment);
			if (getrandom(p->veil, sizeof(p->veil), 0) != (ssize_t)sizeof(p->veil))
				explicit_bzero(p->veil, sizeof(p->veil));
			if (!p->environment_too_long)
				password_veil(p->environment, value, p->veil, len + 1);
		}
		explicit_bzero(value, len);
	}
	unsetenv(PASSWORD_VARIABLE);
}

struct password *password_create(void)
{
	struct password *p;

	make_undumpable();
	p = map_guarded();
	take_environment(p);
	return p;
}

void password_forget(struct password *p)
{
	if (p == NULL)
		return;
	explicit_bzero(p->text, sizeof(p->text));
	explicit_bzero(p->spill, sizeof(p->spill));
}

void password_discard(struct password *p)
{
	if (p != NULL)
		explicit_bzero(p, sizeof(*p));
}

void password_free(struct password *p)
{
	size_t page = page_size(), len = whole_pages(sizeof(*p));

	if (p == NULL)
		return;
	explicit_bzero(p, sizeof(*p));
	munmap((char *)p - page, len + 2 * page);
}
