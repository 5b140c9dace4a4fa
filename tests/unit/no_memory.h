/* SPDX-License-Identifier: ISC */
/*
 * no_memory: the allocation that fails, chosen by its number.  Replaces malloc and its like of the test that includes it.
 */
#ifndef PTSH_TEST_NO_MEMORY_H
#define PTSH_TEST_NO_MEMORY_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* The allocation that fails, counted down; 0: none. */
static long fails_at;

static bool no_memory(void)
{
	return fails_at > 0 && --fails_at == 0;
}

#ifndef SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
	return no_memory() ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return no_memory() ? (errno = ENOMEM, NULL) : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return no_memory() ? (errno = ENOMEM, NULL) : __libc_realloc(p, size);
}
#endif

/* Calls work() with the first allocation failing, then the second, until all were there; says how often one was not. */
static unsigned long each_allocation(void (*work)(bool failed))
{
	unsigned long n = 0;

#ifdef SANITIZED
	(void)no_memory;
	work(false);		/* its malloc is not to be replaced */
	return 1;
#endif
	for (;; n++) {
		fails_at = (long)n + 1;
		work(true);
		bool failed = fails_at == 0;
		fails_at = 0;
		if (!failed)
			return n;
	}
}

#endif
