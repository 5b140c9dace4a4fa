/* SPDX-License-Identifier: ISC */
/*
 * known_boxes: the file in which ptsh remembers the boxes it trusts.  See known_boxes.h.
 *
 * Owns which lines are read, added, changed and removed.  Decides nothing: that is trust's.  How the file is read and
 * replaced safely is known_file's; what a line says, known_line's.
 */
#include "tls/known_boxes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/fold.h"
#include "net/address.h"
#include "tls/known_file.h"
#include "tls/known_line.h"

/* --- names --- */

/* In lower case, and without what would break a line: only a path can hold such bytes. */
static void known_put_name(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte <= 0x20 || byte == 0x7f || byte == '\\')
			buf_printf(out, "\\%03o", byte);
		else
			buf_putc(out, *text);
	}
}

static void known_put_host(struct buf *out, const struct target *t)
{
	char text[ADDRESS_TEXT];
	struct address a;
	size_t len;

	if (t->host_is_address && address_parse(&a, t->host, t->port)) {
		address_text(&a, text);
		len = strcspn(text, " ");
		buf_printf(out, strchr(t->host, ':') != NULL ? "[%.*s]" : "%.*s", (int)len, text);
		return;
	}
	len = strlen(t->host);
	if (t->host[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len; i++)
		buf_putc(out, fold_ascii(t->host[i]));
}

char *known_boxes_name(const struct target *target, const char *known_as, struct error *e)
{
	struct target other = {0};
	struct buf name = {0};
	char *text;

	if (known_as != NULL) {
		if (target_parse(&other, known_as, NULL, e) == -1)
			return NULL;
		target = &other;
	}
	if (target->path != NULL) {
		known_put_name(&name, target->path);
	} else {
		known_put_host(&name, target);
		buf_printf(&name, ":%u", (unsigned)target->port);
	}
	target_clear(&other);
	text = buf_steal(&name);
	if (text == NULL)
		error_memory(e);
	return text;
}

/* --- reading --- */

static int known_keep(struct known_boxes *k, const struct known_line *line, unsigned number)
{
	struct known_box *box, *items = array_more(k->items, k->count, sizeof *items);

	if (items == NULL)
		return -1;
	k->items = items;
	box = &k->items[k->count];
	*box = line->box;
	box->line = number;
	box->name = strndup(line->name.text, line->name.len);
	if (box->name == NULL)
		return -1;
	k->count++;
	return 0;
}

int known_boxes_read(struct known_boxes *k, const char *path, const char *name,
    void (*warn)(void *ctx, const char *text), void *ctx, struct error *e)
{
	struct buf content = {0};
	struct known_text text;
	unsigned number = 0;
	int result = 0;

	*k = (struct known_boxes){0};
	if (known_file_read(path, &content, e) == -1)
		return -1;
	const char *at = buf_head(&content);
	size_t left = content.len;
	while (result == 0 && known_line_next(&at, &left, &text)) {
		struct known_line line = known_line_parse(text);

		number++;
		if (line.what == LINE_BAD && warn != NULL) {
			char message[512];

			snprintf(message, sizeof message, "%s:%u: not understood and skipped", path, number);
			warn(ctx, message);
		}
		if (line.what == LINE_BOX && (name == NULL || known_line_is_of(&line, name)))
			if (known_keep(k, &line, number) == -1)
				result = error_memory(e);
	}
	buf_clear(&content);
	if (result == -1)
		known_boxes_clear(k);
	return result;
}

void known_boxes_clear(struct known_boxes *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->items[i].name);
	free(k->items);
	*k = (struct known_boxes){0};
}

/* --- changing --- */

/* Puts the new text in the place of the old one if it differs and nothing has failed; closes the file. */
static int known_finish(struct known_file *file, struct buf *out, bool differs, int result, struct error *e)
{
	if (result == 0 && out->failed)
		result = error_memory(e);
	if (result == 0 && differs)
		result = known_file_replace(file, buf_head(out), out->len, e);
	buf_clear(out);
	known_file_close(file);
	return result;
}

int known_boxes_add(const char *path, const char *name, enum known_kind kind, const char *pin, unsigned min,
    struct error *e)
{
	struct known_file file;
	struct buf out = {0};
	struct known_text text;
	bool there = false, changed = false;
	int result = 0;

	if (known_file_open(&file, path, e) == -1)
		return -1;
	const char *at = buf_head(&file.content);
	size_t left = file.content.len;
	while (result == 0 && known_line_next(&at, &left, &text)) {
		struct known_line line = known_line_parse(text);
		bool same = line.what == LINE_BOX && known_line_is_of(&line, name);

		if (same && kind == KNOWN_CLEAR && line.box.kind != KNOWN_CLEAR)
			result = error_set(e, STATUS_TLS, "%s: is known with TLS (%s)", name, path);
		if (same && kind != KNOWN_CLEAR && line.box.kind == KNOWN_CLEAR) {
			changed = true;
			continue;
		}
		if (same && line.box.kind == kind && (kind != KNOWN_KEY || strcmp(line.box.pin, pin) == 0)) {
			there = true;
			if (min > line.box.min) {
				known_line_put_changed(&out, text, min, START_UNKNOWN);
				changed = true;
				continue;
			}
		}
		known_line_put_same(&out, text);
	}
	if (!there)
		known_line_put(&out, name, kind, pin, min);
	return known_finish(&file, &out, changed || !there, result, e);
}

int known_boxes_note_start(const char *path, const char *name, enum known_start start, struct error *e)
{
	struct known_file file;
	struct buf out = {0};
	struct known_text text;
	bool changed = false;

	if (known_file_open(&file, path, e) == -1)
		return -1;
	const char *at = buf_head(&file.content);
	size_t left = file.content.len;
	while (known_line_next(&at, &left, &text)) {
		struct known_line line = known_line_parse(text);

		if (line.what == LINE_BOX && line.box.kind != KNOWN_CLEAR && line.box.start < start && known_line_is_of(&line, name)) {
			known_line_put_changed(&out, text, 0, start);
			changed = true;
		} else {
			known_line_put_same(&out, text);
		}
	}
	return known_finish(&file, &out, changed, 0, e);
}

int known_boxes_remove(const char *path, const char *name, const char *pin, size_t *removed, struct error *e)
{
	struct known_file file;
	struct buf out = {0};
	struct known_text text;

	*removed = 0;
	if (known_file_open(&file, path, e) == -1)
		return -1;
	const char *at = buf_head(&file.content);
	size_t left = file.content.len;
	while (known_line_next(&at, &left, &text)) {
		struct known_line line = known_line_parse(text);

		if (line.what == LINE_BOX && known_line_is_of(&line, name) &&
		    (pin == NULL || (line.box.kind == KNOWN_KEY && pin_list_has(pin, line.box.pin))))
			++*removed;
		else
			known_line_put_same(&out, text);
	}
	return known_finish(&file, &out, *removed > 0, 0, e);
}
