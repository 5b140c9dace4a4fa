/* SPDX-License-Identifier: ISC */
/*
 * show: prints a box's reply lines, read from standard input, in a format: so that programs of others can
 * check the output.  No test itself; tests/cli/formats.t runs it.
 *
 *   show [-f FIELDS] [-t TYPE] [-H|-h] [-T] [-R] [-l BYTES] FORMAT < LINES
 *
 * -l: as a large reply, deciding after so many bytes; -n N: N times over (benchmark).
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/formats.h"

static struct output_settings settings;
static size_t large_from;

static char **split(char *fields, size_t *count)
{
	char **list = NULL, *field;

	for (*count = 0; (field = strsep(&fields, ",")) != NULL; ++*count) {
		list = realloc(list, (*count + 1) * sizeof *list);
		if (list == NULL)
			err(1, NULL);
		list[*count] = field;
	}
	return list;
}

/* Does what the session does: items with their depth, or text in pieces. */
static void show_large(struct output *o, const char *line, size_t len, const struct reply_about *about,
    const struct reply *reply)
{
	static const uint64_t uncounted[3];
	enum large_mode mode = output_large(o, about, line, large_from < len - 2 ? large_from : len - 2);
	struct json_iter it = reply->values, elements;
	struct json value, element;

	if (mode == LARGE_KEEP) {
		output_reply(o, about, reply);
		return;
	}
	for (size_t at = 0; mode == LARGE_TEXT && at < len; at += large_from)
		output_text(o, line + at, len - at < large_from ? len - at : large_from, uncounted);
	while (mode != LARGE_TEXT && json_next(&it, NULL, &value)) {
		if (mode == LARGE_VALUES || json_kind(value) != JSON_ARRAY) {
			output_item(o, value, 1, false);
			continue;
		}
		output_item(o, (struct json){ "", 0 }, 1, true);
		elements = json_iterate(value);
		for (bool first = true; json_next(&elements, NULL, &element); first = false)
			output_item(o, element, 2, first);
		output_item(o, (struct json){ "", 0 }, 1, false);
	}
	output_large_end(o, true);
}

static int show(struct output *o, const char *line, size_t len, const struct reply_about *about)
{
	struct json_scan scan;
	struct json id, status;
	struct reply reply = { .ok = true, .line = line, .len = len };
	size_t used;

	json_scan_init(&scan, JSON_DEPTH);
	if (json_scan_feed(&scan, line, len, &used) != JSON_SCAN_DONE || used != len) {
		warnx("at %zu: %s", (size_t)scan.offset, scan.error != NULL ? scan.error : "not one array");
		return 1;
	}
	reply.bad_utf8 = scan.bad_utf8;
	reply.values = json_iterate((struct json){ line, len });
	if (!json_next(&reply.values, NULL, &id))
		return 1;
	if (json_kind(id) == JSON_NULL) {
		if (json_next(&reply.values, NULL, &status) && json_next(&reply.values, NULL, &id))
			output_event(o, 1700000000, id, reply.values, NULL, line, len);
		return 0;
	}
	if (!json_next(&reply.values, NULL, &status))
		return 1;
	if (large_from > 0 && len > large_from)
		show_large(o, line, len, about, &reply);
	else
		output_reply(o, about, &reply);
	return 0;
}

int main(int argc, char *argv[])
{
	struct reply_about about = {0};
	struct sink sink;
	struct output *o;
	const struct format *format;
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	int c, status = 0, times = 1;

	while ((c = getopt(argc, argv, "f:t:HhTRl:n:")) != -1) {
		if (c == 'f')
			about.headings = split(optarg, &about.heading_count);
		else if (c == 't' && (about.type = catalog_find(optarg, strlen(optarg))) == NULL)
			errx(2, "%s: unknown request", optarg);
		else if (c == 'H' || c == 'h')
			settings.header = c == 'H' ? HEADER_ON : HEADER_OFF;
		else if (c == 'l')
			large_from = strtoul(optarg, NULL, 10);
		else if (c == 'n')
			times = (int)strtol(optarg, NULL, 10);
		settings.terminal |= c == 'T';
		settings.reveal |= c == 'R';
		if (c == '?')
			return 2;
	}
	if (optind + 1 != argc || (format = format_find(argv[optind])) == NULL)
		errx(2, "which format?");
	sink_init(&sink, STDOUT_FILENO);
	sink.terminal = settings.terminal;
	o = output_create(&sink, format, &settings);
	if (o == NULL)
		err(1, NULL);
	while ((len = getline(&text, &room, stdin)) > 0) {
		if (text[len - 1] == '\n')
			len--;
		for (int i = 0; i < times; i++)
			status |= show(o, text, (size_t)len, &about);
	}
	if (!feof(stdin))
		err(1, "standard input");
	if (sink_flush(&sink) < 0)
		err(8, "standard output");
	free(text);
	free((void *)(uintptr_t)about.headings);
	output_free(o);
	sink_clear(&sink);
	return status;
}
