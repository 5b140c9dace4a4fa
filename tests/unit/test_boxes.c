/* SPDX-License-Identifier: ISC */
/*
 * boxes: the words of the boxes file, and the owner and mode that it must have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options/boxes.h"

static int parse(struct boxes *b, const char *text, struct error *e)
{
	return boxes_parse(b, "boxes", text, strlen(text), "/home/me", e);
}

/* One line's words joined with '|'. */
static void becomes(const char *text, const char *wanted)
{
	struct boxes b;
	struct error e;
	char got[512] = "";

	if (parse(&b, text, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	assert_int_equal(b.count, 1);
	snprintf(got, sizeof(got), "%s", b.lines[0].name);
	for (size_t i = 0; i < b.lines[0].count; i++) {
		size_t used = strlen(got);

		snprintf(got + used, sizeof(got) - used, "|%s", b.lines[0].words[i]);
	}
	assert_string_equal(got, wanted);
	boxes_clear(&b);
}

static void refused(const char *text, const char *says)
{
	struct boxes b;
	struct error e;

	if (parse(&b, text, &e) == 0)
		fail_msg("%s: accepted", text);
	assert_int_equal(e.status, STATUS_USAGE);
	if (strstr(e.text, says) == NULL)
		fail_msg("%s: says \"%s\", not \"%s\"", text, e.text, says);
	boxes_clear(&b);
}

static void words_are_separated_by_blanks(void **state)
{
	(void)state;
	becomes("core admin@host --tls on", "core|admin@host|--tls|on");
	becomes("  core\t admin@host \r\n", "core|admin@host");
	becomes("core", "core");
}

static void quotes_and_backslash(void **state)
{
	(void)state;
	becomes("c --password-command 'pass show core'", "c|--password-command|pass show core");
	becomes("c --password-command=\"a \\\"b\\\" \\u00e9\\ud83d\\ude00\\n\"", "c|--password-command=a \"b\" \xc3\xa9\xf0\x9f\x98\x80\n");
	becomes("c a\\ b 'x'y\"z\" '' ", "c|a b|xyz|");
	becomes("c 'a\\nb'", "c|a\\nb");
	becomes("'a\xe2\x80\x8c' host", "a\xe2\x80\x8c|host");
}

static void comments_stand_at_a_words_start(void **state)
{
	(void)state;
	becomes("# first\n\n   # second\ncore a#b # third 'open\n", "core|a#b");
}

static void an_ipv6_address_is_no_json(void **state)
{
	(void)state;
	becomes("six admin@[::1]:55", "six|admin@[::1]:55");
	becomes("six [::1]:55 {x", "six|[::1]:55|{x");
}

static void home_is_put_in(void **state)
{
	struct boxes b;
	struct error e;

	(void)state;
	becomes("c --password-file ~/pw '~/x' a~/b", "c|--password-file|/home/me/pw|~/x|a~/b");
	assert_int_equal(boxes_parse(&b, "boxes", "c ~/pw", 6, NULL, &e), 0);
	assert_string_equal(b.lines[0].words[0], "~/pw");
	boxes_clear(&b);
}

static void a_line_continues_after_a_backslash(void **state)
{
	struct boxes b;
	struct error e;

	(void)state;
	becomes("core \\\n  admin@host \\\n--tls on\n", "core|admin@host|--tls|on");
	becomes("core a\\\nb\n", "core|ab");
	becomes("core \\\r\n  admin@host\r\n", "core|admin@host");
	becomes("core \"a\nb\" c", "core|a\nb|c");
	becomes("core a # b \\\n", "core|a");
	assert_int_equal(parse(&b, "a \\\n x\nb 'y\nz'\n\nc [x\nd {y # z\ne \\| 'f g' \\|\n", &e), 0);
	assert_int_equal(b.count, 5);
	assert_int_equal(b.lines[1].number, 3);
	assert_int_equal(b.lines[2].number, 6);
	assert_int_equal(b.lines[4].number, 8);
	assert_string_equal(b.lines[3].words[0], "{y");
	assert_string_equal(b.lines[4].words[1], "f g");
	boxes_clear(&b);
}

static void mistakes_name_file_and_line(void **state)
{
	struct boxes b;
	struct error e;

	(void)state;
	refused("a x\nb 'y\nz\n", "boxes:2: ' is not closed");
	refused("a \"x", "boxes:1: \" is not closed");
	refused("a \\\n b \\\n \"x\n\ny", "boxes:3: \" is not closed");
	refused("a x\\", "boxes:1: nothing after the \\");
	refused("a \\\n \"\\q\"", "boxes:2: no such escape in JSON");
	refused("a \"\\ud800\"", "boxes:1: half of a surrogate pair");
	refused("a \"\\u12\"", "boxes:1: \\u needs four hexadecimal digits");
	refused("a \"\\u0000\"", "boxes:1: a NUL byte");
	refused("a x\nb y\na z\n", "boxes:3: a is on line 1 already");
	refused("--tls on\n", "boxes:1: a line must start with the name of a box");
	refused("a x\ncore\xc2\xa0" "admin@host\n", "boxes:2: U+00A0 is no blank that separates words");
	refused("a x\ncore admin\xe2\x80\x8d@host\n", "boxes:2: U+200D cannot be seen");
	/* A box whose name ends in ; would be looked up. */
	refused("core core.example.net; # the core\n", "boxes:1: ;: one request a line");
	refused("core 'core.example.net';\n", "boxes:1: ;: one request a line");
	refused("core admin@host && ping\n", "boxes:1: &&: one request a line");
	refused("core admin@host -q||\n", "boxes:1: |: ");
	refused("core admin@host 2>/dev/null\n", "boxes:1: >: write a redirection");
	refused("core admin@host --password-command pass|tee\\ x &\n", "boxes:1: &: ");
	refused("co\xe2\x80\x8dre host\n", "boxes:1: U+200D cannot be seen");
	refused("'' on\n", "boxes:1: a line must start with the name of a box");
	assert_int_equal(boxes_parse(&b, "boxes", "a x\ny\0z", 7, NULL, &e), -1);
	assert_string_equal(e.text, "boxes:2: a NUL byte");
	boxes_clear(&b);
	assert_int_equal(boxes_parse(&b, "boxes", "y 'a\0z'", 7, NULL, &e), -1);
	assert_string_equal(e.text, "boxes:1: a NUL byte");
	boxes_clear(&b);
}

static void lines_are_found_by_their_whole_name(void **state)
{
	struct boxes b;
	struct error e;

	(void)state;
	assert_int_equal(parse(&b, "core a\ncore2 b\n", &e), 0);
	assert_string_equal(boxes_find(&b, "core2")->words[0], "b");
	assert_null(boxes_find(&b, "cor"));
	assert_null(boxes_find(&b, "CORE"));
	boxes_clear(&b);
	assert_int_equal(parse(&b, "", &e), 0);
	assert_null(boxes_find(&b, "core"));
	boxes_clear(&b);
}

/* Every prefix of a text with every construct is accepted or refused; nothing is read after its end. */
static void a_file_may_end_anywhere(void **state)
{
	static const char text[] = "core 'a b' \"c\\u00e9\\ud83d\\ude00\\n\" \\\n ~/x d\\ e # f\n\r\n'x'\"y\" z";
	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = malloc(len + 1);
		struct boxes b;
		struct error e;

		memcpy(copy, text, len);
		(void)boxes_parse(&b, "boxes", copy, len, "/h", &e);
		boxes_clear(&b);
		free(copy);
	}
}

static void a_file_is_believed_by_owner_and_mode(void **state)
{
	char path[] = "/tmp/ptsh-boxes-XXXXXX", folder[] = "/tmp/ptsh-folder-XXXXXX", within[64];
	int fd = mkstemp(path);
	struct boxes b;
	struct error e;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "core host\n", 10), 10);
	close(fd);
	assert_int_equal(boxes_read(&b, path, NULL, &e), 0);
	assert_int_equal(b.count, 1);
	boxes_clear(&b);
	assert_int_equal(chmod(path, 0660), 0);
	assert_int_equal(boxes_read(&b, path, NULL, &e), -1);
	assert_non_null(strstr(e.text, "others can write it"));
	boxes_clear(&b);
	/* A user who can write the folder can put another file there. */
	assert_non_null(mkdtemp(folder));
	snprintf(within, sizeof within, "%s/boxes", folder);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(rename(path, within), 0);
	assert_int_equal(boxes_read(&b, within, NULL, &e), 0);
	boxes_clear(&b);
	assert_int_equal(chmod(folder, 0770), 0);
	assert_int_equal(boxes_read(&b, within, NULL, &e), -1);
	assert_non_null(strstr(e.text, "others can write the folder"));
	boxes_clear(&b);
	assert_int_equal(rename(within, path), 0);
	rmdir(folder);
	unlink(path);
	assert_int_equal(boxes_read(&b, path, NULL, &e), 0);
	assert_int_equal(b.count, 0);
	boxes_clear(&b);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(boxes_read(&b, path, NULL, &e), -1);
	assert_non_null(strstr(e.text, "not a regular file"));
	boxes_clear(&b);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(boxes_read(&b, path, NULL, &e), -1);
	boxes_clear(&b);
	rmdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_separated_by_blanks),
		cmocka_unit_test(quotes_and_backslash),
		cmocka_unit_test(comments_stand_at_a_words_start),
		cmocka_unit_test(an_ipv6_address_is_no_json),
		cmocka_unit_test(home_is_put_in),
		cmocka_unit_test(a_line_continues_after_a_backslash),
		cmocka_unit_test(mistakes_name_file_and_line),
		cmocka_unit_test(lines_are_found_by_their_whole_name),
		cmocka_unit_test(a_file_may_end_anywhere),
		cmocka_unit_test(a_file_is_believed_by_owner_and_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
