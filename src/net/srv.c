/* SPDX-License-Identifier: ISC */
/*
 * srv: DNS SRV records.  See srv.h.  Sends no query and looks up no target.
 */
#include "net/srv.h"

#include <netinet/in.h>
#include <arpa/nameser.h>
#include <ctype.h>
#include <resolv.h>
#include <string.h>

/* Checks a host's name: the answer comes from the network. */
static bool srv_is_name(const char *name)
{
	for (; *name != '\0'; name++)
		if (!isascii((unsigned char)*name) ||
		    (!isalnum((unsigned char)*name) && strchr("-._", *name) == NULL))
			return false;
	return true;
}

static unsigned srv_get16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The data of one SRV record: priority, weight, port, target. */
static void srv_add(struct srv_list *list, const unsigned char *answer, const unsigned char *end,
    const unsigned char *data, size_t len)
{
	struct srv *srv = &list->items[list->count];

	if (len < 7 || list->count == SRV_RECORDS)
		return;
	srv->priority = (unsigned short)srv_get16(data);
	srv->weight = (unsigned short)srv_get16(data + 2);
	srv->port = (unsigned short)srv_get16(data + 4);
	/* dn_expand() writes the root as an empty name, and drops the final dot. */
	if (dn_expand(answer, end, data + 6, srv->target, sizeof srv->target) == -1)
		return;
	if (srv_is_name(srv->target) && srv->target[0] != '-')
		list->count++;
}

/* A target "." means that there is no such service; with others it means nothing. */
static void srv_drop_nowhere(struct srv_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].target[0] != '\0')
			list->items[kept++] = list->items[i];
	list->nowhere = list->count > 0 && kept == 0;
	list->count = kept;
}

/* A message is a header of 12 bytes, questions, answers (RFC 1035, section 4.1).  By hand, as the C library has the
 * functions that read names, and the others only in another library. */
void srv_read(struct srv_list *list, const unsigned char *answer, size_t len)
{
	const unsigned char *end = answer + len, *p = answer + 12;

	*list = (struct srv_list){0};
	if (len < 12)
		return;
	unsigned questions = srv_get16(answer + 4), answers = srv_get16(answer + 6);
	while (questions-- > 0) {
		int name = dn_skipname(p, end);

		if (name == -1 || end - p < name + 4)
			return;
		p += name + 4;
	}
	while (answers-- > 0) {
		int name = dn_skipname(p, end);

		if (name == -1 || end - p < name + 10)
			break;
		p += name;
		unsigned type = srv_get16(p), class = srv_get16(p + 2), data = srv_get16(p + 8);
		p += 10;
		if (end - p < (ptrdiff_t)data)
			break;
		if (type == ns_t_srv && class == ns_c_in)
			srv_add(list, answer, end, p, data);
		p += data;
	}
	srv_drop_nowhere(list);
}

static void srv_swap(struct srv *a, struct srv *b)
{
	struct srv other = *a;

	*a = *b;
	*b = other;
}

/* Returns which of items[0 .. n), all of one priority, comes first.  RFC 2782: those without weight come first, a number
 * from 0 to the sum of the weights is drawn, and the first one whose running sum reaches it is taken. */
static size_t srv_draw(const struct srv *items, size_t n, uint32_t (*below)(uint32_t n))
{
	uint32_t sum = 0, running = 0;

	for (size_t i = 0; i < n; i++)
		sum += items[i].weight;
	uint32_t drawn = below(sum + 1);
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++) {
			if ((items[i].weight == 0) != (pass == 0))
				continue;
			running += items[i].weight;
			if (running >= drawn)
				return i;
		}
	return 0;
}

void srv_order(struct srv_list *list, uint32_t (*below)(uint32_t n))
{
	for (size_t i = 0; i < list->count; i++) {
		size_t n = 0;

		/* Move the lowest priority of the rest to i .. i+n. */
		unsigned lowest = 65536;
		for (size_t j = i; j < list->count; j++)
			if (list->items[j].priority < lowest)
				lowest = list->items[j].priority;
		for (size_t j = i; j < list->count; j++)
			if (list->items[j].priority == lowest)
				srv_swap(&list->items[i + n++], &list->items[j]);
		srv_swap(&list->items[i], &list->items[i + srv_draw(&list->items[i], n, below)]);
	}
}
