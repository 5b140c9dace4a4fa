/* SPDX-License-Identifier: ISC */
/*
 * mem: allocation that ends the box when it fails.  A simulated box without memory cannot serve a test.
 */
#ifndef BOX_MEM_H
#define BOX_MEM_H

#include <stddef.h>

/* Says "box: ..." on standard error and exits with status 2. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

void *mem_zero(size_t size);		/* zeroed */
char *mem_copy(const char *text, size_t len);	/* a string */
char *mem_string(const char *text);	/* NULL stays NULL */

/* A list of T as three members of a struct: v, n, cap.  ITEM_ADD gives a pointer to a new zeroed item. */
#define ITEMS(T)                                                                                              \
	struct {                                                                                             \
		T *v;                                                                                        \
		size_t n, cap;                                                                               \
	}
#define ITEM_ADD(list)                                                                                       \
	((list)->v = mem_room((list)->v, (list)->n, &(list)->cap, sizeof *(list)->v), &(list)->v[(list)->n++])
#define ITEM_REMOVE(list, i) mem_close((list)->v, (i), &(list)->n, sizeof *(list)->v)

void *mem_room(void *items, size_t n, size_t *cap, size_t size);
void mem_close(void *items, size_t i, size_t *n, size_t size);

#endif
