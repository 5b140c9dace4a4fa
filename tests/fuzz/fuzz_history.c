/* SPDX-License-Identifier: ISC */
/*
 * fuzz_history: any bytes as the history file.  It can be read, a line is added to it, and is the newest when it is read again.
 */
#include "folder.h"
#include "oracle.h"
#include "term/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct history *
opened(const char *path)
{
	struct error e = {0};
	bool failed = false;
	struct history *h = history_open(path, &e, &failed);

	if (h == NULL || failed)
		oracle_fail("not opened", e.text, strlen(e.text));
	if (history_count(h) > HISTORY_LINES)
		oracle_fail("too many", "", 0);
	for (size_t i = 0; i < history_count(h); i++) {
		const char *entry = history_entry(h, i);

		if (entry == NULL || entry[0] == '\0')
			oracle_fail("an entry without text", "", 0);
	}
	return h;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char line[] = "realm_info gid,name\nand more";
	const char *path = folder_put(data, size), *last;
	struct error e = {0};
	struct history *h = opened(path);
	size_t before = history_count(h);

	history_add(h, line, line);
	if (history_trouble(h, &e))
		oracle_fail("not written", e.text, strlen(e.text));
	history_free(h);
	h = opened(path);
	last = history_count(h) > 0 ? history_entry(h, history_count(h) - 1) : "";
	if (strcmp(last, line) != 0)
		oracle_fail("another line is the newest", last, strlen(last));
	if (history_count(h) < before)
		oracle_fail("lines have gone", last, strlen(last));
	history_free(h);
	return 0;
}
