/* SPDX-License-Identifier: ISC */
/*
 * read: the argument of an option becomes a value, by the option's kind.
 *
 * Knows kinds, not options: those with rules of their own have setters in table.c.
 */
#include "options/table.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/safe.h"
#include "base/utf8.h"

const char *option_shown(char out[static OPTION_SHOWN + 8], const char *text)
{
	size_t all = strlen(text), len = utf8_fits(text, all, OPTION_SHOWN), used = 0;
	bool cut = len < all;

	while (len > 0) {
		uint32_t point;
		int n = utf8_decode(text, len, &point);
		bool good = n > 0 && safe_point(point);
		size_t step = n > 0 ? (size_t)n : 1;

		if (good)
			memcpy(out + used, text, step);
		else
			out[used] = '?';
		used += good ? step : 1;
		text += step;
		len -= step;
	}
	if (cut) {
		memcpy(out + used, "...", 3);
		used += 3;
	}
	out[used] = '\0';
	return out;
}

int option_put(char **text, const char *value, struct error *e)
{
	char *copy = strdup(value);

	if (copy == NULL)
		return error_memory(e);
	free(*text);
	*text = copy;
	return 0;
}

int option_refuse(const struct option_row *row, const char *wanted, const char *value, struct error *e)
{
	char shown[OPTION_SHOWN + 8];

	return error_set(e, STATUS_USAGE, "--%s takes %s, not \"%s\"", row->name, wanted, option_shown(shown, value));
}

static int read_seconds(double *out, const struct option_row *row, const char *value, struct error *e)
{
	double seconds;

	if (!decimal_read(value, strlen(value), &seconds) || seconds > 1e8)
		return option_refuse(row, "seconds, such as 30 or 2.5", value, e);
	*out = seconds;
	return 0;
}

bool option_read_digits(const char **text, uintmax_t max, uintmax_t *out)
{
	const char *p = *text;
	uintmax_t result = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (result > (max - digit) / 10)
			return false;
		result = result * 10 + digit;
	}
	*text = p;
	*out = result;
	return true;
}

static int read_size(size_t *out, const struct option_row *row, const char *value, struct error *e)
{
	static const char wanted[] = "a size, such as 65536, 64K, 256M or 1G";
	const char *p = value;
	unsigned shift = 0;
	uintmax_t bytes;

	if (!option_read_digits(&p, INT64_MAX, &bytes))
		return option_refuse(row, wanted, value, e);
	switch (*p) {
	case 'K': case 'k': shift = 10; p++; break;
	case 'M': case 'm': shift = 20; p++; break;
	case 'G': case 'g': shift = 30; p++; break;
	}
	if (*p != '\0' || bytes == 0 || bytes > (uintmax_t)INT64_MAX >> shift)
		return option_refuse(row, wanted, value, e);
	bytes <<= shift;
	/* With 32 bits, memory ends before some limits do: they mean all of it. */
	*out = bytes < PTRDIFF_MAX ? (size_t)bytes : PTRDIFF_MAX;
	return 0;
}

int option_read_number(unsigned *out, const struct option_row *row, const char *value, struct error *e)
{
	const char *p = value;
	uintmax_t number;

	if (!option_read_digits(&p, INT_MAX, &number) || *p != '\0')
		return option_refuse(row, "a number from 0 to 2147483647", value, e);
	*out = (unsigned)number;
	return 0;
}

static int refuse_choice(const struct option_row *row, const char *value, struct error *e)
{
	struct buf wanted = {0};

	option_choices(row, &wanted);
	option_refuse(row, buf_string(&wanted) != NULL ? buf_string(&wanted) : "another", value, e);
	buf_clear(&wanted);
	return -1;
}

static int read_choice(void *field, const struct option_row *row, const char *value, struct error *e)
{
	for (const struct option_choice *c = row->choices; c->name != NULL; c++)
		if (strcmp(c->name, value) == 0) {
			memcpy(field, &c->value, sizeof(c->value));
			return 0;
		}
	return refuse_choice(row, value, e);
}

int option_read(struct options *o, const struct option_row *row, const char *value, struct error *e)
{
	char *field = (char *)o + row->offset;

	if (value == NULL && row->kind != OPTION_FLAG && row->kind != OPTION_CONSTANT)
		return error_set(e, STATUS_USAGE, "--%s needs %s", row->name, row->argument);
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)(void *)field = true;
		return 0;
	case OPTION_CONSTANT:
		memcpy(field, &row->value, sizeof(row->value));
		return 0;
	case OPTION_CHOICE:
		return read_choice(field, row, value, e);
	case OPTION_SECONDS:
		return read_seconds((double *)(void *)field, row, value, e);
	case OPTION_SIZE:
		return read_size((size_t *)(void *)field, row, value, e);
	case OPTION_NUMBER:
		return option_read_number((unsigned *)(void *)field, row, value, e);
	case OPTION_TEXT:
	case OPTION_FILE:
	default:
		return option_put((char **)(void *)field, value, e);
	}
}
