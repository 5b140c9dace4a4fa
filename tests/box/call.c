/* SPDX-License-Identifier: ISC */
/*
 * call: arguments and replies of a request.
 */
#include "call.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

enum call_result call_fail(struct call *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->error, sizeof c->error, format, ap);
	va_end(ap);
	return CALL_FAILED;
}

enum call_result call_later(struct call *c, void (*done)(struct box *, struct job *), const char *gid,
    const char *detail)
{
	buf_truncate(c->out, c->mark);
	jobs_add(&c->box->jobs, clock_ms() + c->box->o.delay_ms, done, c->client->number, c->request->id,
	    c->request->id_len, gid, detail);
	return CALL_LATER;
}

/* --- arguments --- */

bool call_absent(const struct call *c, size_t i)
{
	return i >= c->n || cJSON_IsNull(c->args[i]);
}

static int missing(struct call *c, size_t i, const char *name, const char *kind)
{
	if (i >= c->n)
		call_fail(c, "%s: argument %zu (%s) is missing", c->type, i + 1, name);
	else
		call_fail(c, "%s: argument %zu (%s) is not %s", c->type, i + 1, name, kind);
	return -1;
}

const char *call_value(const cJSON *v)
{
	if (cJSON_IsString(v) || cJSON_IsRaw(v))
		return v->valuestring;
	return cJSON_IsTrue(v) ? "1" : cJSON_IsFalse(v) ? "0" : NULL;
}

int call_text(struct call *c, size_t i, const char *name, const char **text)
{
	if (i >= c->n || !(*text = call_value(c->args[i])))
		return missing(c, i, name, "text");
	return 0;
}

int call_list(struct call *c, size_t i, const char *name, bool required, const cJSON **list)
{
	static const cJSON empty = {.type = cJSON_Array};

	if (call_absent(c, i) && !required) {
		*list = &empty;
		return 0;
	}
	if (i >= c->n || !cJSON_IsArray(c->args[i]))
		return missing(c, i, name, "a list");
	*list = c->args[i];
	return 0;
}

int call_object(struct call *c, size_t i, const char *name, const cJSON **object)
{
	if (i >= c->n || !cJSON_IsObject(c->args[i]))
		return missing(c, i, name, "an object");
	*object = c->args[i];
	return 0;
}

int call_realm(struct call *c, size_t i, struct realm **realm)
{
	const char *gid;

	if (call_text(c, i, "realm gid", &gid) != 0)
		return -1;
	*realm = model_realm(&c->box->model, gid);
	if (!*realm)
		call_fail(c, "no such realm: '%s'", gid);
	return *realm ? 0 : -1;
}

int call_poller(struct call *c, size_t i, struct poller **poller)
{
	const char *gid;

	if (call_text(c, i, "poller gid", &gid) != 0)
		return -1;
	*poller = model_poller(&c->box->model, gid);
	if (!*poller)
		call_fail(c, "no such poller: '%s'", gid);
	return *poller ? 0 : -1;
}

int call_group(struct call *c, size_t i, struct group **group)
{
	const char *gid;

	if (call_text(c, i, "group gid", &gid) != 0)
		return -1;
	*group = model_group(&c->box->model, gid);
	if (!*group)
		call_fail(c, "no such group: '%s'", gid);
	return *group ? 0 : -1;
}

int call_choose(struct call *c, size_t i, const char *what, const char *const known[], size_t all,
    unsigned char chosen[static CALL_COLUMNS], size_t *n)
{
	const cJSON *list, *v;

	*n = 0;
	if (call_list(c, i, what, false, &list) != 0)
		return -1;
	cJSON_ArrayForEach (v, list) {
		const char *name = call_value(v);
		size_t k = 0;

		while (known[k] && !(name && strcmp(known[k], name) == 0))
			k++;
		if (!known[k]) {
			call_fail(c, "%s: unknown %s '%s'", c->type, what, name ? name : "(not text)");
			return -1;
		}
		if (*n == CALL_COLUMNS) {
			call_fail(c, "%s: more than %d of %s", c->type, CALL_COLUMNS, what);
			return -1;
		}
		chosen[(*n)++] = (unsigned char)k;
	}
	if (*n == 0)
		for (; *n < all; ++*n)
			chosen[*n] = (unsigned char)*n;
	return 0;
}

/* --- values --- */

size_t call_row(const cJSON *row, const cJSON **members, size_t max)
{
	const cJSON *v = NULL;
	size_t n = 0;

	while (n < max && cJSON_IsArray(row) && call_next(row, &v))
		members[n++] = v;
	return n;
}

bool call_next(const cJSON *list, const cJSON **v)
{
	*v = *v ? (*v)->next : list->child;
	return *v != NULL;
}

bool call_member(const cJSON *object, const cJSON **v, const char **name)
{
	if (!call_next(object, v))
		return false;
	*name = (*v)->string;
	return true;
}

bool call_is(const cJSON *v, const char *text)
{
	return cJSON_IsString(v) && strcmp(v->valuestring, text) == 0;
}

/* Takes a number in any spelling, of strings only digits. */
bool call_number(const cJSON *v, uint64_t min, uint64_t max, uint64_t *number)
{
	const char *text = call_value(v);
	double n;

	if (!text || !*text || (!cJSON_IsRaw(v) && text[strspn(text, "0123456789")]))
		return false;
	n = strtod(text, NULL);
	if (!(n >= 0 && n <= 9007199254740992.0) || n != (double)(uint64_t)n)
		return false;
	*number = (uint64_t)n;
	return *number >= min && *number <= max;
}

bool call_is_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];

	return text && (inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1);
}

bool call_is_subnet(const char *address, uint64_t bits)
{
	return call_is_address(address) && bits <= (strchr(address, ':') ? 128 : 32);
}

/* --- the reply --- */

struct rows rows_begin(struct call *c, bool nested)
{
	struct rows r = {.out = c->out, .nested = nested};

	if (c->box->o.rows != ROWS_DOCUMENTED)
		r.nested = c->box->o.rows == ROWS_NESTED;
	if (r.nested)
		buf_puts(r.out, ",[");
	return r;
}

void rows_next(struct rows *r)
{
	if (r->any || !r->nested)
		buf_putc(r->out, ',');
	r->any = true;
}

void rows_end(struct rows *r)
{
	if (r->nested)
		buf_putc(r->out, ']');
}

void put_text(struct buf *out, const char *text)
{
	if (text)
		buf_put_json(out, text);
	else
		buf_puts(out, "null");
}

void put_gid(struct call *c, const char *gid)
{
	if (gid && c->box->o.gids_as_numbers)
		buf_puts(c->out, gid);
	else
		put_text(c->out, gid);
}
