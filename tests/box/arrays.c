/* SPDX-License-Identifier: ISC */
/*
 * arrays: what a client sends, one array after the other: from bytes to a tree of cJSON's.
 */
#include "arrays.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { DEPTH = 512 };

static const char blanks[] = "\r\n\t ";

/* --- the end of an array --- */

/* Looks at one byte.  True: the array ends with it. */
static bool scan(struct arrays *a, char c)
{
	if (a->string) {
		if (a->escape)
			a->escape = false;
		else if (c == '\\')
			a->escape = true;
		else if (c == '"')
			a->string = false;
	} else if (c == '"') {
		a->string = true;
	} else if (c == '[' || c == '{') {
		a->depth++;
	} else if (c == ']' || c == '}') {
		return --a->depth == 0;
	}
	return false;
}

/* --- what cJSON accepts and RFC 8259 forbids --- */

/* The bytes of the character at p, 0 if it is none (RFC 3629, section 4). */
static size_t character(const unsigned char *p, const unsigned char *end)
{
	static const struct { unsigned char first, last, low, high, more; } kinds[] = {
		{0x00, 0x7f, 0, 0, 0}, {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
		{0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2}, {0xf0, 0xf0, 0x90, 0xbf, 3},
		{0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3},
	};

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t more = kinds[k].more;

		if (*p < kinds[k].first || *p > kinds[k].last)
			continue;
		if ((size_t)(end - p) <= more || (more > 0 && (p[1] < kinds[k].low || p[1] > kinds[k].high)))
			return 0;
		for (size_t i = 2; i <= more; i++)
			if ((p[i] & 0xc0) != 0x80)
				return 0;
		return more + 1;
	}
	return 0;
}

static bool is_escape(const char *p)
{
	if (*p != 'u')
		return *p && strchr("\"\\/bfnrt", *p);
	for (int i = 1; i <= 4; i++)
		if (!isxdigit((unsigned char)p[i]))
			return false;
	return true;
}

/* The bytes of a number at p, 0 if it is none. */
static size_t number(const char *p)
{
	static const char digits[] = "0123456789";
	const char *at = p + (*p == '-');
	size_t n = strspn(at, digits);

	if (n == 0 || (n > 1 && *at == '0'))
		return 0;
	at += n;
	if (*at == '.') {
		if ((n = strspn(at + 1, digits)) == 0)
			return 0;
		at += n + 1;
	}
	if (*at == 'e' || *at == 'E') {
		at += at[1] == '+' || at[1] == '-' ? 2 : 1;
		if ((n = strspn(at, digits)) == 0)
			return 0;
		at += n;
	}
	return (size_t)(at - p);
}

/* Returns what is wrong, or NULL.  Overwrites numbers with 0 and blanks, because cJSON does not read long ones.  Text ends with
 * a bracket, so looking ahead never leaves it. */
static const char *check(char *text, size_t len)
{
	const unsigned char *end = (const unsigned char *)text + len;
	bool string = false;

	for (char *p = text; p < text + len; ) {
		size_t n = character((const unsigned char *)p, end);

		if (n == 0)
			return "a request is UTF-8";
		if ((unsigned char)*p < ' ' && (string || !*p || !strchr(blanks, *p)))
			return "a control character";
		if (string && *p == '\\') {
			if (!is_escape(p + 1))
				return "no such escape";
			n = 2;
		} else if (*p == '"') {
			string = !string;
		} else if (!string && (*p == '-' || isdigit((unsigned char)*p))) {
			if ((n = number(p)) == 0)
				return "no such number";
			memset(p, ' ', n);
			*p = '0';
		}
		p += n;
	}
	return NULL;
}

/* --- its tree --- */

/* Gives numbers their spelling back: the text has them in the order of the tree. */
static void respell(cJSON *v, const char **at)
{
	for (; v; v = v->next) {
		if (cJSON_IsNumber(v)) {
			bool string = false;

			for (; string || (**at != '-' && !isdigit((unsigned char)**at)); ++*at) {
				if (string && **at == '\\')
					++*at;
				else if (**at == '"')
					string = !string;
			}
			v->type = cJSON_Raw;
			v->valuestring = mem_copy(*at, number(*at));
			*at += strlen(v->valuestring);
		}
		respell(v->child, at);
	}
}

static void find_id(struct array *array)
{
	const char *p = array->text + 1;

	p += strspn(p, blanks);
	array->id = p;
	if (*p == '"')
		for (p++; *p != '"'; p++)
			p += *p == '\\';
	array->id_len = (size_t)(p - array->id) + (*p == '"' ? 1 : strcspn(p, ",]\r\n\t "));
}

enum arrays_result arrays_next(struct arrays *a, struct buf *in, struct array *array, const char **error)
{
	const char *text, *at;
	char *copy;
	bool end = false;

	*array = (struct array){0};
	while (a->scanned == 0 && in->len > 0 && *buf_head(in) && strchr(blanks, *buf_head(in)))
		buf_consume(in, 1);
	if (in->len == 0)
		return ARRAYS_MORE;
	text = buf_head(in);
	*error = "a request is an array";
	if (*text != '[')
		return ARRAYS_BAD;
	*error = "nested too deeply";
	while (a->scanned < in->len && !end) {
		end = scan(a, text[a->scanned++]);
		if (a->depth > DEPTH)
			return ARRAYS_BAD;
	}
	if (!end)
		return ARRAYS_MORE;
	array->text = at = text;
	array->len = a->scanned;
	*a = (struct arrays){0};
	copy = mem_copy(text, array->len);
	*error = check(copy, array->len);
	if (!*error && !(array->tree = cJSON_ParseWithLength(copy, array->len)))
		*error = "no JSON";
	free(copy);
	if (*error)
		return ARRAYS_BAD;
	respell(array->tree, &at);
	find_id(array);
	return ARRAYS_FOUND;
}

void array_clear(struct array *array)
{
	cJSON_Delete(array->tree);
	*array = (struct array){0};
}

const cJSON *array_member(const struct array *array, int n)
{
	return cJSON_GetArrayItem(array->tree, n);
}

char *array_print(const cJSON *v)
{
	char *text = cJSON_PrintUnformatted(v);

	if (!text)
		die("out of memory");
	return text;
}
