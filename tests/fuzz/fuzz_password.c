/* SPDX-License-Identifier: ISC */
/*
 * fuzz_password: any bytes as a password file.  The password is its first line, without LF or CRLF and
 * without a byte order mark; what cannot be one is refused, and the message does not show it.
 */
#include "folder.h"
#include "options/options.h"
#include "oracle.h"
#include "term/password.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct password *p;
	struct options o = {0};
	struct error e = {0};
	bool interrupted;
	size_t mark = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	const uint8_t *text = data + mark, *lf = memchr(text, '\n', size - mark);
	size_t len = lf != NULL ? (size_t)(lf - text) : size - mark;
	const char *got;

	if (p == NULL && (p = password_create()) == NULL)
		abort();
	if (lf != NULL && len > 0 && text[len - 1] == '\r')
		len--;
	o.password_file = (char *)(uintptr_t)folder_put(data, size);
	got = password_get(p, &o, "", false, false, &interrupted, &e);
	if (got != NULL) {
		if (strlen(got) != len || memcmp(got, text, len) != 0)
			oracle_fail("another password", got, strlen(got));
	} else if (len > 0 && len < PASSWORD_MAX - 1 && memchr(text, '\0', len) == NULL) {
		oracle_fail("refused", e.text, strlen(e.text));
	} else if (e.text[0] == '\0' || e.status != STATUS_USAGE) {
		oracle_fail("no reason", e.text, strlen(e.text));
	}
	password_forget(p);
	if (got != NULL)
		for (size_t i = 0; i < len; i++)
			if (got[i] != '\0')
				oracle_fail("not wiped", got, len);
	return 0;
}
