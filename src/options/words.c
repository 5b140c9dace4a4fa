/* SPDX-License-Identifier: ISC */
/*
 * words: the words of the command line, parsed: --name=value, -abc, --, and the box among them.
 *
 * Applies nothing and knows no precedence.
 */
#include "options/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

void given_free(struct given *given, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(given[i].value);
	free(given);
}

static int given_add(struct given **list, size_t *count, const struct option_row *row, const char *value, struct error *e)
{
	struct given *more = reallocarray(*list, *count + 1, sizeof(*more));
	char *copy;

	if (more == NULL)
		return error_memory(e);
	*list = more;
	copy = value != NULL ? strdup(value) : NULL;
	if (value != NULL && copy == NULL)
		return error_memory(e);
	more[(*count)++] = (struct given){.row = row, .value = copy};
	return 0;
}

static const char *option_name(const void *rows, size_t i)
{
	return ((const struct option_row *)rows)[i].name;
}

/* Never repeats the text after `=`: it may be a password. */
static int unknown_option(const char *name, size_t len, struct error *e)
{
	static const char *const passwords[] = {"password", "passwd", "pass", "pw"};
	char copy[OPTION_SHOWN], shown[OPTION_SHOWN + 8];
	const char *meant = nearest_name(name, len, option_name, option_rows);

	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++)
		if (strlen(passwords[i]) == len && memcmp(passwords[i], name, len) == 0)
			return error_set(e, STATUS_USAGE,
			    "no option takes a password, as other users could see it: "
			    "use --password-file, --password-command or $PTSH_PASSWORD");
	snprintf(copy, sizeof(copy), "%.*s", (int)(len < 60 ? len : 60), name);
	option_shown(shown, copy);
	if (meant != NULL)
		return error_set(e, STATUS_USAGE, "unknown option --%s: did you mean --%s? (ptsh --help lists all)", shown,
		    meant);
	return error_set(e, STATUS_USAGE, "unknown option --%s: ptsh --help lists all", shown);
}

static int missing_argument(const struct option_row *row, struct error *e)
{
	struct buf help = {0};

	option_describe(row, &help);
	error_set(e, STATUS_USAGE, "--%s needs an argument: --%s %s (%s)", row->name, row->name, row->argument,
	    buf_string(&help) != NULL ? buf_string(&help) : "");
	buf_clear(&help);
	return -1;
}

/* "--name", "--name=value", "--name value" (except an optional one).  Returns how many words it took, or -1. */
static int read_long(struct words *w, char *const *word, size_t left, struct error *e)
{
	const char *name = word[0] + 2;
	size_t len = strcspn(name, "=");
	const struct option_row *row = option_find(name, len);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;

	if (row == NULL)
		return unknown_option(name, len, e);
	if (row->argument == NULL && value != NULL)
		return error_set(e, STATUS_USAGE, "--%s takes no argument", row->name);
	if (row->argument == NULL || row->optional || value != NULL)
		return given_add(&w->given, &w->count, row, value, e) == 0 ? 1 : -1;
	if (left < 2)
		return missing_argument(row, e);
	return given_add(&w->given, &w->count, row, word[1], e) == 0 ? 2 : -1;
}

/* "-n", "-nq", "-cLINE", "-c LINE".  Returns how many words it took, or -1. */
static int read_short(struct words *w, char *const *word, size_t left, struct error *e)
{
	for (const char *p = word[0] + 1; *p != '\0'; p++) {
		const struct option_row *row = option_find_short(*p);

		if (row == NULL && *p > ' ' && *p < 127)
			return error_set(e, STATUS_USAGE, "unknown option -%c: ptsh --help lists all", *p);
		if (row == NULL)
			return error_set(e, STATUS_USAGE, "a - with no option after it: ptsh --help lists all");
		if (row->argument == NULL) {
			if (given_add(&w->given, &w->count, row, NULL, e) != 0)
				return -1;
			continue;
		}
		if (p[1] != '\0')
			return given_add(&w->given, &w->count, row, p + 1, e) == 0 ? 1 : -1;
		if (left < 2)
			return missing_argument(row, e);
		return given_add(&w->given, &w->count, row, word[1], e) == 0 ? 2 : -1;
	}
	return 1;
}

static int put_box(struct words *w, const char *text, struct error *e)
{
	char first[OPTION_SHOWN + 8], second[OPTION_SHOWN + 8];

	if (w->box != NULL)
		return error_set(e, STATUS_USAGE,
		    "two boxes, \"%s\" and \"%s\": name one (and put a LINE of several words in quotes)",
		    option_shown(first, w->box), option_shown(second, text));
	if (strcmp(text, "-") == 0)
		return error_set(e, STATUS_USAGE, "- is not a box: standard input is read without it, or with -f -");
	if (text[0] == '\0')
		return error_set(e, STATUS_USAGE, "the name of the box is empty");
	w->box = text;
	return 0;
}

int given_read(struct words *w, char *const *words, size_t count, struct error *e)
{
	bool options_end = false;

	for (size_t i = 0; i < count;) {
		const char *word = words[i];
		int took = 1;

		if (options_end || word[0] != '-' || word[1] == '\0')
			took = put_box(w, word, e) == 0 ? 1 : -1;
		else if (strcmp(word, "--") == 0)
			options_end = true;
		else if (word[1] == '-')
			took = read_long(w, words + i, count - i, e);
		else
			took = read_short(w, words + i, count - i, e);
		if (took < 0)
			return -1;
		i += (size_t)took;
	}
	return 0;
}
