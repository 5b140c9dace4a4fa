/* SPDX-License-Identifier: ISC */
/*
 * fuzz_input: any bytes as a file of lines (rc, -f, .source).  It is checked before anything runs; mistakes are reported by
 * line, harmlessly, and as many lines are dropped as it has.  Without a loop: a thread for each file took half the time.
 */
#include "commands/table.h"
#include "folder.h"
#include "oracle.h"
#include "run/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options o = {0};
	struct shell sh = {.options = &o, .commands = commands};
	struct error e = {0};
	unsigned long lines = 0, most = 1;
	int rc;

	/* A line may name any other file. */
	if (memchr(data, '@', size) != NULL)
		return 0;
	for (size_t i = 0; i < size; i++)
		most += data[i] == '\n';
	sink_init(&sh.out, -1);
	sink_init(&sh.err, -1);
	if ((sh.feed = feed_create(&sh)) == NULL)
		abort();
	rc = feed_add_file(&sh, folder_put(data, size), false, &e);
	oracle_harmless(buf_head(&sh.err.buf), sh.err.buf.len, false);
	if (rc == -1 && (sh.err.buf.len == 0) == (e.text[0] == '\0'))
		oracle_fail("reported twice, or not at all", e.text, strlen(e.text));
	if (rc == 0 && sh.err.buf.len > 0)
		oracle_fail("mistakes are no matter", buf_head(&sh.err.buf), sh.err.buf.len);
	if (rc == 0) {
		if (!feed_from_file(&sh) != (feed_line_count(&sh) == 0) || feed_line_count(&sh) > most)
			oracle_fail("lines", (const char *)data, size);
		lines = feed_drop(&sh);
		if (lines > feed_line_count(&sh) || !feed_ended(&sh))
			oracle_fail("dropped", (const char *)data, size);
	}
	feed_free(&sh);
	sink_clear(&sh.out);
	sink_clear(&sh.err);
	return 0;
}
