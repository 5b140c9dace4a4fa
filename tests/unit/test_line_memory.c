/* SPDX-License-Identifier: ISC */
/* Each allocation fails in turn: nothing crashes, leaks, or shows a secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lang/complete.h"
#include "proto/secret.h"

static long failing = -1;	/* allocations that still succeed; -1: all do */
static bool failed;
static long alive;		/* blocks not freed */

/* The C library lets a program have its own malloc(); a sanitizer has one already, and runs this without failures. */
#if defined(__SANITIZE_ADDRESS__)
#define WITHOUT_FAILURES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define WITHOUT_FAILURES
#endif
#endif

#ifndef WITHOUT_FAILURES
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static bool fails(void)
{
	if (failing < 0)
		return false;
	if (failing-- > 0)
		return false;
	failed = true;
	return true;
}

void *malloc(size_t size)
{
	void *p = fails() ? NULL : __libc_malloc(size);

	alive += p != NULL;
	return p;
}

void *calloc(size_t count, size_t size)
{
	void *p = fails() ? NULL : __libc_calloc(count, size);

	alive += p != NULL;
	return p;
}

void *realloc(void *old, size_t size)
{
	void *p = fails() ? NULL : __libc_realloc(old, size);

	alive += p != NULL && old == NULL;
	return p;
}

void free(void *p)
{
	alive -= p != NULL;
	__libc_free(p);
}
#endif

static int ask_secret(void *ctx, const char *what, struct buf *out, struct error *e)
{
	(void)ctx;
	(void)what;
	(void)e;
	buf_puts(out, "S3CR3T");
	return 0;
}

static void gids(void *ctx, enum gid_kind kind, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx;
	(void)kind;
	found(arg, "5000", "Head Office");
	found(arg, "5001", "Headless");
}

static const struct line_context parsing = {.ask_secret = ask_secret, .prompt = true};
static const struct complete_context completing = {.gids = gids};

static const char *const lines[] = {
	"realm_info gid,nmae,x,y,z Lab,'Head Office',5",
	"poller_modify North 5,6,7 a,b,c,S3CR3T d,e,f,?",
	"poller_modify North 5,6,7 a,b,c,S3CR3T --add d",
	"[\"realm_query\",\"5\",\"device\",[\"a\",\"b\"],[\"c\"]]",
	"[\"login\",\"a\",\"S3CR3T\"]",
	".each realm_info gid -- set_license S3CR3T",
	"set_licence S3CR3T",
	"set_license 'S3CR3T",
	"frobnicate 1 a 'b' [1, 2]",
	"group_settings_modify A --realm-roles X=Views=read 'Y Z'=Views=none",
	"poller_info_modify North {\"name\":\"x\",\"Secret\":\"S3CR3T\"}",
	"realm_info gid | less",
};

static void assert_hidden(const char *text, size_t len)
{
	assert_null(text == NULL ? NULL : memmem(text, len, "S3CR3T", 6));
}

static void parse_all(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		long before = alive;

		failed = true;
		for (long k = 0; failed; k++) {
			struct line line;
			struct error e = {0};
			char *usage;
			size_t at;

			failed = false;
			failing = k;
			(void)line_parse(&line, lines[i], strlen(lines[i]), &parsing, &e, &usage, &at);
			failing = -1;
			assert_hidden(e.text, strlen(e.text));
			if (line.masked != NULL)
				assert_hidden(line.masked, strlen(line.masked));
			free(usage);
			line_clear(&line);
			assert_int_equal(alive, before);
		}
	}
}

static void print_all(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct line line;
		struct error e;
		char *usage;
		size_t at;
		long before;

		if (line_parse(&line, lines[i], strlen(lines[i]), &parsing, &e, &usage, &at) == 0 && line.kind == LINE_REQUEST) {
			before = alive;
			failed = true;
			for (long k = 0; failed; k++) {
				struct buf printed = {0}, masked = {0};
				int result;

				failed = false;
				failing = k;
				(void)line_print(&printed, buf_head(&line.json), line.json.len, true);
				result = secret_mask_request(&masked, buf_head(&line.json), line.json.len);
				failing = -1;
				assert_hidden(buf_head(&printed), printed.len);
				if (result == 0)
					assert_hidden(buf_head(&masked), masked.len);
				buf_clear(&printed);
				buf_clear(&masked);
				assert_int_equal(alive, before);
			}
		}
		free(usage);
		line_clear(&line);
	}
}

static void complete_all(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		for (size_t len = 0; len <= strlen(lines[i]); len++) {
			long before = alive;

			failed = true;
			for (long k = 0; failed; k++) {
				struct completion c;

				failed = false;
				failing = k;
				(void)complete(&c, lines[i], len, &completing);
				failing = -1;
				completion_clear(&c);
				assert_int_equal(alive, before);
			}
		}
	}
}

static void no_memory_while_parsing(void **state)
{
	(void)state;
	parse_all();
}

static void no_memory_while_printing_and_masking(void **state)
{
	(void)state;
	print_all();
}

static void no_memory_while_completing(void **state)
{
	(void)state;
	complete_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_while_parsing),
		cmocka_unit_test(no_memory_while_printing_and_masking),
		cmocka_unit_test(no_memory_while_completing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
