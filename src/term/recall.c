/* SPDX-License-Identifier: ISC */
/*
 * recall: struct history as libedit wants to see a history.
 *
 * Owns the place in it while the user goes up and down.  libedit's own history would be a second copy of all entries,
 * cut and numbered differently from the file's.
 */
#include "term/recall.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void recall_clear(struct recall *r)
{
	if (r->text != NULL)
		explicit_bzero(r->text, r->room * sizeof *r->text);
	free(r->text);
	*r = (struct recall){0};
}

static int recall_show(struct recall *r, HistEventW *event)
{
	const char *entry = history_entry(r->history, r->at);
	size_t len = strlen(entry), n = 0;

	if (len + 1 > r->room) {
		wchar_t *text = realloc(r->text, (len + 1) * sizeof *text);

		if (text == NULL)
			return -1;
		r->text = text;
		r->room = len + 1;
	}
	while (len > 0) {
		uint32_t point = 0xfffd;
		int bytes = utf8_decode(entry, len, &point);

		if (bytes < 0) {
			bytes = 1;
			point = 0xfffd;
		}
		r->text[n++] = (wchar_t)point;
		entry += bytes;
		len -= (size_t)bytes;
	}
	r->text[n] = L'\0';
	event->num = (int)r->at + 1;
	event->str = r->text;
	return 0;
}

int recall_event(void *recall, HistEventW *event, int operation, ...)
{
	struct recall *r = recall;
	size_t count = history_count(r->history);

	*event = (HistEventW){.num = -1, .str = L""};
	if (operation == H_GETSIZE) {
		event->num = (int)count;
		return 0;
	}
	if (count == 0)
		return -1;
	switch (operation) {
	case H_FIRST:			/* "first" is the newest, "next" is older */
		r->at = count - 1;
		break;
	case H_LAST:
		r->at = 0;
		break;
	case H_NEXT:
		if (r->at == 0 || r->at >= count)
			return -1;
		r->at--;
		break;
	case H_PREV:
		if (r->at + 1 >= count)
			return -1;
		r->at++;
		break;
	case H_CURR:
		if (r->at >= count)
			return -1;
		break;
	default:
		return -1;
	}
	return recall_show(r, event);
}
