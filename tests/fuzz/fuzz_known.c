/* SPDX-License-Identifier: ISC */
/*
 * fuzz_known: any bytes as known_boxes.  A box that is added is known afterwards, one that is removed is not, and all other lines are
 * unchanged, those that cannot be parsed included.
 */
#include "folder.h"
#include "oracle.h"
#include "tls/known_boxes.h"

#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char name[] = "fuzz.example:55", pin[] = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

static void
warned(void *ctx, const char *text)
{
	(void)ctx;
	if (text[0] == '\0')
		oracle_fail("a warning that says nothing", text, 0);
}

/* Returns the file without the lines that begin with our name, and without marks of UTF-8 before the first. */
static size_t
others(char *text, size_t len)
{
	size_t out = 0, own = strlen(name), at = 0;

	while (len - at >= 3 && memcmp(text + at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < len) {
		const char *lf = memchr(text + at, '\n', len - at);
		size_t end = lf != NULL ? (size_t)(lf - text) + 1 : len, begin = at;

		while (begin < end && (text[begin] == ' ' || text[begin] == '\t'))
			begin++;
		if (end - begin < own || strncasecmp(text + begin, name, own) != 0) {
			memmove(text + out, text + at, end - at);
			out += end - at;
		}
		at = end;
	}
	/* A last line without LF gets one when something follows. */
	while (out > 0 && text[out - 1] == '\n')
		out--;
	return out;
}

static size_t
known(const char *path, const char *which)
{
	struct known_boxes k = {0};
	struct error e = {0};
	size_t count;

	if (known_boxes_read(&k, path, which, warned, NULL, &e) == -1)
		oracle_fail("not read", e.text, strlen(e.text));
	count = k.count;
	for (size_t i = 0; i < count; i++)
		if (k.items[i].name[0] == '\0' || (k.items[i].kind == KNOWN_KEY) != (k.items[i].pin[0] != '\0'))
			oracle_fail("an odd line", k.items[i].name, strlen(k.items[i].name));
	known_boxes_clear(&k);
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = folder_put(data, size);
	size_t all = known(path, NULL), own = known(path, name), before_len, after_len, removed;
	struct error e = {0};
	char *before = folder_get(&before_len), *after;

	before_len = others(before, before_len);
	if (known_boxes_add(path, name, KNOWN_KEY, pin, 13, &e) == -1)
		oracle_fail("not added", e.text, strlen(e.text));
	if (known(path, name) == 0 || known(path, NULL) - known(path, name) != all - own)
		oracle_fail("not as it should be after adding", before, before_len);
	after = folder_get(&after_len);
	after_len = others(after, after_len);
	if (after_len != before_len || memcmp(after, before, after_len) != 0)
		oracle_fail("other lines have changed", after, after_len);
	free(after);
	if (known_boxes_remove(path, name, NULL, &removed, &e) == -1 || removed == 0 || known(path, name) != 0 ||
	    known(path, NULL) != all - own)
		oracle_fail("not as it should be after removing", before, before_len);
	free(before);
	return 0;
}
