/* SPDX-License-Identifier: ISC */
/*
 * verbatim: the formats that show the reply's own text: json (its values as one array a line) and raw (the line).
 *
 * They are the box's bytes, except on a terminal, where json escapes what is unsafe there: see safe_put_json().
 */
#include <string.h>

#include "base/utf8.h"
#include "format/cells.h"

/* Returns the rest of a walk, without its leading comma. */
static const char *rest_of(struct json_iter it)
{
	while (it.next < it.end && (json_is_space(*it.next) || *it.next == ','))
		it.next++;
	return it.next;
}

static void json_reply(struct output *o, const struct reply *reply)
{
	const char *rest = rest_of(reply->values);

	sink_putc(o->sink, '[');
	cell_put_json(o->sink, rest, (size_t)(reply->values.end - rest));
	sink_puts(o->sink, "]\n");
}

/* A large reply in pieces, from its beginning: its `[id,1,` becomes `[`, its last bracket is ours.  A character that is
 * incomplete waits for the next piece. */
static void json_text(struct output *o, const char *text, size_t len)
{
	char whole[2 * sizeof o->json.part];
	uint32_t point;
	size_t n;

	if (o->head > 0) {
		n = len < o->head ? len : o->head;
		o->head -= n;
		text += n;
		len -= n;
		if (o->head > 0)
			return;
		sink_putc(o->sink, '[');
	}
	if (o->json.part_len > 0) {
		size_t have = o->json.part_len;

		n = len < sizeof o->json.part ? len : sizeof o->json.part;
		memcpy(whole, o->json.part, have);
		memcpy(whole + have, text, n);
		if (utf8_decode(whole, have + n, &point) == UTF8_CUT && n == len) {
			memcpy(o->json.part + have, text, n);
			o->json.part_len += n;
			return;
		}
		/* At most as many bytes of the piece as complete the character, or none. */
		for (n = 0; n < len && n < 3 && ((unsigned char)text[n] & 0xc0) == 0x80; n++)
			continue;
		cell_put_json(o->sink, whole, have + n);
		o->json.part_len = 0;
		text += n;
		len -= n;
	}
	n = utf8_whole(text, len);
	o->json.part_len = len - n;
	memcpy(o->json.part, text + n, len - n);
	cell_put_json(o->sink, text, n);
}

static void json_end(struct output *o)
{
	cell_put_json(o->sink, o->json.part, o->json.part_len);
	o->json.part_len = 0;
	sink_putc(o->sink, '\n');
}

void json_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation,
    const char *line, size_t len)
{
	const char *rest = rest_of(args);

	(void)annotation;
	(void)line;
	(void)len;
	sink_puts(o->sink, "{\"time\":\"");
	cell_event_time(o, when);
	sink_puts(o->sink, "\",\"event\":");
	cell_put_json(o->sink, name.text, name.len);
	sink_puts(o->sink, ",\"args\":[");
	cell_put_json(o->sink, rest, (size_t)(args.end - rest));
	sink_puts(o->sink, "]}\n");
}

const struct format format_json = {
	.name = "json",
	.help = "a reply's values as one JSON array a line",
	.endings = {"json"},
	.reply = json_reply,
	.text = json_text,
	.end = json_end,
	.event = json_event,
	.large = LARGE_TEXT,
};

static void raw_reply(struct output *o, const struct reply *reply)
{
	sink_put(o->sink, reply->line, reply->len);
	sink_putc(o->sink, '\n');
}

static void raw_text(struct output *o, const char *text, size_t len)
{
	sink_put(o->sink, text, len);
}

static void raw_end(struct output *o)
{
	sink_putc(o->sink, '\n');
}

static void raw_event(struct output *o, time_t when, struct json name, struct json_iter args, const char *annotation,
    const char *line, size_t len)
{
	(void)when;
	(void)name;
	(void)args;
	(void)annotation;
	sink_put(o->sink, line, len);
	sink_putc(o->sink, '\n');
}

const struct format format_raw = {
	.name = "raw",
	.help = "the box's line, untouched",
	.bare = true,
	.untouched = true,
	.reply = raw_reply,
	.text = raw_text,
	.end = raw_end,
	.event = raw_event,
	.large = LARGE_TEXT,
};
