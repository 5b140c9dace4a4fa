/* SPDX-License-Identifier: ISC */
/*
 * fuzz_boxes: any bytes as the boxes file.  Accepted lines have names and words that could be typed; refused ones are reported
 * in one harmless line that begins with the file's name.
 */
#include <string.h>

#include "base/safe.h"
#include "options/boxes.h"
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct boxes b = {0};
	struct error e = {0};
	const char *text = (const char *)data;

	/* The first byte says whether there is a home. */
	if (size == 0)
		return 0;
	if (boxes_parse(&b, "boxes", text + 1, size - 1, data[0] % 2 ? "/home/me" : NULL, &e) == -1) {
		struct buf safe = {0};

		if (strncmp(e.text, "boxes:", 6) != 0 || e.status != STATUS_USAGE)
			oracle_fail("no place", e.text, strlen(e.text));
		safe_put(&safe, e.text, strlen(e.text));
		oracle_harmless(buf_head(&safe), safe.len, false);
		buf_clear(&safe);
	} else {
		unsigned before = 0;

		for (size_t i = 0; i < b.count; i++) {
			const struct box_line *line = &b.lines[i];

			if (line->name[0] == '\0' || line->number <= before)
				oracle_fail("name or number", line->name, strlen(line->name));
			before = line->number;
			for (size_t k = 0; k < line->count; k++)
				if (line->words[k] == NULL || strlen(line->words[k]) > size + 8)
					oracle_fail("word", line->name, strlen(line->name));
			if (boxes_find(&b, line->name) == NULL)
				oracle_fail("not found", line->name, strlen(line->name));
		}
	}
	boxes_clear(&b);
	return 0;
}
