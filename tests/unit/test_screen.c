/* SPDX-License-Identifier: ISC */
/*
 * The screen on a pseudo-terminal, read by a small terminal that treats what is painted as a real one does, and
 * fails on everything else (a row that would wrap, a sequence it does not know).
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/width.h"
#include "net/loop.h"
#include "term/screen.h"

enum { MAXCOLUMNS = 200, MAXROWS = 60, WIDE_TAIL = 1 };

static int master, slave;
static unsigned writes;			/* write(2) to the terminal */

/* Replaces the C library's: the number of calls is part of the promise. */
ssize_t write(int fd, const void *bytes, size_t len)
{
	writes += fd == slave;
	return syscall(SYS_write, fd, bytes, len);
}

static struct terminal {
	int columns, rows, x, y, saved_x, saved_y;
	uint32_t cells[MAXROWS][MAXCOLUMNS];
	struct buf past;		/* rows that were scrolled out, LF between them */
	struct buf raw;			/* all that came */
	unsigned bells;
} t;

static void resize(int columns, int rows)
{
	struct winsize w = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};

	assert_int_equal(ioctl(master, TIOCSWINSZ, &w), 0);
	t.columns = columns;
	t.rows = rows;
}

static void start(int columns, int rows)
{
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	memset(&t, 0, sizeof t);
	resize(columns, rows);
	setenv("TERM", "xterm", 1);
}

static void end(void)
{
	close(master);
	close(slave);
	buf_clear(&t.past);
	buf_clear(&t.raw);
}

static void put_row(struct buf *out, int y)
{
	int last = t.columns;

	while (last > 0 && (t.cells[y][last - 1] == 0 || t.cells[y][last - 1] == ' '))
		last--;
	for (int x = 0; x < last; x++) {
		char bytes[UTF8_MAX];
		uint32_t c = t.cells[y][x];

		if (c != WIDE_TAIL)
			buf_put(out, bytes, utf8_encode(c == 0 ? ' ' : c, bytes));
	}
	buf_putc(out, '\n');
}

static void line_feed(void)
{
	if (++t.y < t.rows)
		return;
	t.y = t.rows - 1;
	put_row(&t.past, 0);
	memmove(t.cells[0], t.cells[1], sizeof t.cells[0] * (size_t)(t.rows - 1));
	memset(t.cells[t.rows - 1], 0, sizeof t.cells[0]);
}

static void erase(int y, int from)
{
	memset(&t.cells[y][from], 0, sizeof t.cells[0][0] * (size_t)(MAXCOLUMNS - from));
}

static void control_sequence(int number, char final)
{
	int n = number > 0 ? number : 1;

	switch (final) {
	case 'A':
		t.y = t.y > n ? t.y - n : 0;
		break;
	case 'B':
		t.y = t.y + n < t.rows ? t.y + n : t.rows - 1;
		break;
	case 'C':
		assert_true(t.x + n < t.columns);
		t.x += n;
		break;
	case 'H':
		t.x = t.y = 0;
		break;
	case 'K':
		erase(t.y, t.x);
		break;
	case 'J':
		/* tmux would move the screen into its history */
		assert_false(number <= 0 && t.x == 0 && t.y == 0);
		erase(t.y, number == 2 ? 0 : t.x);
		for (int y = number == 2 ? 0 : t.y + 1; y < t.rows; y++)
			erase(y, 0);
		break;
	case 'm':
		break;
	default:
		fail_msg("ESC [ %d %c", number, final);
	}
}

static void show(const char *bytes, size_t len)
{
	buf_put(&t.raw, bytes, len);
	while (len > 0) {
		uint32_t c = 0;
		int n = utf8_decode(bytes, len, &c), w;

		assert_true(n > 0);
		if (c == '\033' && bytes[1] == '[') {
			size_t k = 2 + strspn(bytes + 2, "0123456789;?");

			control_sequence((int)strtol(bytes + 2, NULL, 10), bytes[k]);
			n = (int)k + 1;
		} else if (c == '\033') {
			assert_true(bytes[1] == '7' || bytes[1] == '8');
			*(bytes[1] == '7' ? &t.saved_x : &t.x) = bytes[1] == '7' ? t.x : t.saved_x;
			*(bytes[1] == '7' ? &t.saved_y : &t.y) = bytes[1] == '7' ? t.y : t.saved_y;
			n = 2;
		} else if (c == '\r') {
			t.x = 0;
		} else if (c == '\n') {
			line_feed();
		} else if (c == '\b') {
			assert_true(t.x > 0);
			t.x--;
		} else if (c == '\a') {
			t.bells++;
		} else {
			assert_true(c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0));
			w = width_point(c);
			/* The last column stays free, so that no terminal has to decide when to wrap. */
			if (w > 0 && t.columns > 1 && t.x + w >= t.columns)
				fail_msg("U+%04X in column %d of %d", c, t.x, t.columns);
			if (w > 0) {
				t.cells[t.y][t.x] = c;
				if (w == 2)
					t.cells[t.y][t.x + 1] = WIDE_TAIL;
				t.x += t.columns > 1 ? w : 0;
			}
		}
		bytes += n;
		len -= (size_t)n;
	}
}

/* Reads all that was written so far: up to a mark that follows it. */
static void look(void)
{
	struct buf in = {0};

	assert_int_equal(syscall(SYS_write, slave, "\177", 1), 1);
	do {
		char *room = buf_reserve(&in, 65536);
		ssize_t n = read(master, room, 65536);

		assert_true(n > 0);
		buf_commit(&in, (size_t)n);
	} while (buf_head(&in)[in.len - 1] != '\177');
	buf_truncate(&in, in.len - 1);
	buf_putc(&in, '\0');
	show(buf_head(&in), in.len - 1);
	buf_clear(&in);
}

/* The screen's rows (and with past: all that were ever on it), empty ones at the end left out. */
static char *text(bool past)
{
	struct buf out = {0};

	if (past)
		buf_put(&out, buf_head(&t.past), t.past.len);
	for (int y = 0; y < t.rows; y++)
		put_row(&out, y);
	while (out.len > 1 && buf_head(&out)[out.len - 1] == '\n' && buf_head(&out)[out.len - 2] == '\n')
		buf_truncate(&out, out.len - 1);
	if (out.len == 1 && *buf_head(&out) == '\n')
		buf_truncate(&out, 0);
	return buf_steal(&out);
}

static void assert_screen(const char *expected)
{
	look();
	char *now = text(false);
	assert_string_equal(now, expected);
	free(now);
}

static void paint(struct screen *s, const char *prompt, const wchar_t *line, size_t cursor)
{
	const struct edited e = {prompt, line, line + wcslen(line), line + cursor, false};

	screen_touch(s);
	assert_int_equal(screen_paint(s, &e, true), -1);
}

static void finish(struct screen *s, const char *prompt, const wchar_t *line, const char *mark)
{
	const struct edited e = {prompt, line, line + wcslen(line), line, false};

	screen_finish(s, &e, mark);
}

static void the_last_column_stays_free(void **state)
{
	(void)state;
	start(10, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "me> ", L"abcdefgh", 8);
	assert_screen("me> abcde\nfgh\n");
	assert_int_equal(t.x, 3);
	assert_int_equal(t.y, 1);
	paint(s, "me> ", L"abcde", 5);		/* the cursor may be there */
	assert_screen("me> abcde\n");
	assert_int_equal(t.x, 9);
	paint(s, "me> ", L"abcdef", 5);		/* or on what comes next */
	assert_screen("me> abcde\nf\n");
	assert_int_equal(t.x, 0);
	assert_int_equal(t.y, 1);
	paint(s, "me> ", L"abcd日本", 4);	/* no half of a wide character at the margin */
	assert_screen("me> abcd\n日本\n");
	assert_int_equal(t.x, 0);
	assert_int_equal(t.y, 1);
	screen_free(s);
	end();
}

static void colours_take_no_room_and_controls_are_seen(void **state)
{
	(void)state;
	start(40, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "\033[1;32mbox>\033[0m ", L"a\001\033[2Jb\x202e\x7f\x200b\x9b", 1);
	assert_screen("box> a^A^[[2Jb\\u202e^?\\u200b\\u009b\n");
	assert_int_equal(t.x, 6);
	assert_non_null(strstr(buf_head(&t.raw), "\033[1;32mbox>\033[0m a"));
	screen_free(s);
	end();
}

static void a_prompt_wider_than_the_terminal(void **state)
{
	(void)state;
	start(8, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "core.example.net> ", L"ping", 4);
	assert_screen("core.ex\nample.n\net> pin\ng\n");
	screen_write(s, "event\n", 6);
	paint(s, "core.example.net> ", L"ping", 4);
	assert_screen("event\ncore.ex\nample.n\net> pin\ng\n");
	screen_free(s);
	end();
}

static void text_goes_above_in_one_write(void **state)
{
	(void)state;
	start(30, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "me> ", L"typed", 2);
	writes = 0;
	screen_write(s, "one\n", 4);
	screen_write(s, "two\nthree\n", 10);
	screen_write(s, "no end", 6);
	assert_int_equal(writes, 0);
	paint(s, "me> ", L"typed", 2);
	assert_int_equal(writes, 1);
	assert_screen("one\ntwo\nthree\nno end\nme> typed\n");
	assert_int_equal(t.x, 6);
	assert_int_equal(t.y, 4);
	/* Nothing has changed: nothing is written. */
	const wchar_t *line = L"typed";
	const struct edited e = {"me> ", line, line + 5, line + 2, false};
	assert_int_equal(screen_paint(s, &e, false), -1);
	assert_int_equal(writes, 1);
	screen_free(s);
	end();
}

static void painting_is_bounded(void **state)
{
	const wchar_t *line = L"x";
	const struct edited e = {"me> ", line, line + 1, line + 1, false};
	(void)state;
	start(30, 8);
	struct screen *s = screen_create(slave, slave);
	int wait = -1;
	/* If the machine was stopped between the two, the second one was due. */
	for (int i = 0; i < 100 && wait <= 0; i++) {
		assert_int_equal(screen_paint(s, &e, false), -1);
		screen_touch(s);
		wait = screen_paint(s, &e, false);
		poll(NULL, 0, SCREEN_PAINT_MS);
		screen_touch(s);
	}
	assert_true(wait > 0 && wait <= SCREEN_PAINT_MS);
	screen_free(s);
	end();
}

static void while_the_size_settles_nothing_is_written(void **state)
{
	const wchar_t *line = L"0123456789";
	const struct edited e = {"me> ", line, line + 10, line + 10, false};
	(void)state;
	start(30, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "me> ", line, 10);
	look();
	resize(12, 8);
	screen_resized(s);
	assert_true(screen_settling(s));
	writes = 0;
	screen_write(s, "event\n", 6);
	int64_t began = loop_now();
	int wait = screen_paint(s, &e, false);
	assert_in_range(wait, 1, SCREEN_SETTLE_MS);
	assert_int_equal(writes, 0);
	while ((wait = screen_paint(s, &e, false)) > 0)
		poll(NULL, 0, wait);
	assert_true(loop_now() - began >= SCREEN_SETTLE_MS - 20);
	assert_int_equal(writes, 1);
	assert_screen("event\nme> 0123456\n789\n");
	/* The signal comes later than the change: noticed anyway. */
	resize(20, 8);
	screen_touch(s);
	poll(NULL, 0, SCREEN_PAINT_MS + 1);
	assert_int_equal(screen_paint(s, &e, false), SCREEN_SETTLE_MS);
	screen_free(s);
	end();
}

static void while_the_size_settles_keys_are_echoed(void **state)
{
	const wchar_t *line = L"0123456789ab";
	(void)state;
	start(60, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "me> ", L"0123456789", 10);
	look();
	resize(50, 8);
	screen_resized(s);
	assert_true(screen_settling(s));
	assert_true(screen_takes_keys(s));
	const struct edited more = {"me> ", line, line + 12, line + 12, false};
	size_t before = t.raw.len;
	screen_touch(s);
	assert_in_range(screen_paint(s, &more, false), 1, SCREEN_SETTLE_MS);
	assert_screen("me> 0123456789ab\n");
	assert_int_equal(t.raw.len - before, 2);
	/* A row that the terminal may have broken in two is left alone, and an event waits. */
	resize(14, 8);
	screen_resized(s);
	assert_false(screen_takes_keys(s));
	resize(50, 8);
	screen_resized(s);
	assert_true(screen_takes_keys(s));
	screen_write(s, "event\n", 6);
	assert_false(screen_takes_keys(s));
	screen_free(s);
	end();
}

static void a_line_taller_than_the_screen_is_a_window_and_whole_in_the_end(void **state)
{
	(void)state;
	start(10, 4);
	struct screen *s = screen_create(slave, slave);
	const wchar_t *line = L"a0bcdefghi1bcdefghi2bcdefghi3bcdefghi4bcdefghi5bcdefg";
	screen_write(s, "event 1\n", 8);
	paint(s, "", line, 53);
	assert_screen("event 1\ni3bcdefgh\ni4bcdefgh\ni5bcdefg\n");
	assert_int_equal(t.y, 3);
	paint(s, "", line, 0);
	assert_screen("event 1\na0bcdefgh\ni1bcdefgh\ni2bcdefgh\n");
	assert_int_equal(t.y, 1);
	paint(s, "", line, 20);
	assert_int_equal(screen_visual(s), true);
	screen_write(s, "event 2\n", 8);
	finish(s, "", line, NULL);
	look();
	char *all = text(true);
	assert_string_equal(all,
	    "event 1\nevent 2\na0bcdefgh\ni1bcdefgh\ni2bcdefgh\ni3bcdefgh\ni4bcdefgh\ni5bcdefg\n");
	free(all);
	screen_free(s);
	end();
}

static void what_others_write_after_hide_is_in_order(void **state)
{
	(void)state;
	start(30, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "me> ", L"typed", 5);
	screen_write(s, "event\n", 6);
	screen_hide(s);
	assert_int_equal(syscall(SYS_write, slave, "result\n", 7), 7);
	screen_write(s, "at once\n", 8);
	assert_screen("event\nresult\nat once\n");
	paint(s, "me> ", L"typed", 5);
	finish(s, "me> ", L"typed", "^C");
	assert_screen("event\nresult\nat once\nme> typed^C\n");
	assert_int_equal(t.y, 4);
	screen_free(s);
	end();
}

static void a_lent_terminal_is_left_alone(void **state)
{
	const wchar_t *line = L"x";
	const struct edited e = {"me> ", line, line + 1, line + 1, false};
	(void)state;
	start(30, 8);
	struct screen *s = screen_create(slave, slave);
	paint(s, "me> ", L"x", 1);
	screen_hide(s);
	screen_lend(s);
	writes = 0;
	screen_write(s, "event 1\n", 8);
	screen_write(s, "event 2\n", 8);
	assert_int_equal(screen_paint(s, &e, true), -1);
	screen_hide(s);
	assert_int_equal(writes, 0);
	screen_take_back(s);
	assert_screen("event 1\nevent 2\n");
	screen_free(s);
	end();
}

static void what_does_not_fit_while_the_terminal_is_lent_is_counted(void **state)
{
	char last[64] = "";
	(void)state;
	FILE *f = tmpfile();
	assert_non_null(f);
	struct screen *s = screen_create(fileno(f), fileno(f));
	screen_lend(s);
	for (int i = 0; i < 200000; i++)
		screen_write(s, "123456789\n", 10);
	screen_take_back(s);
	screen_free(s);
	fseek(f, 0, SEEK_END);
	assert_in_range(ftell(f), 1000000, 1100000);
	fseek(f, -19, SEEK_END);
	assert_true(fread(last, 1, sizeof last - 1, f) > 0);
	assert_string_equal(last, "(95143 more lines)\n");
	fclose(f);
}

static void a_dumb_terminal_gets_no_escape_sequence(void **state)
{
	(void)state;
	start(30, 8);
	setenv("TERM", "dumb", 1);
	struct screen *s = screen_create(slave, slave);
	assert_true(screen_dumb(s));
	assert_false(screen_visual(s));
	paint(s, "\033[1mme>\033[m ", L"", 0);
	screen_write(s, "event\n", 6);
	paint(s, "\033[1mme>\033[m ", L"", 0);
	screen_bell(s);
	screen_clear(s);
	screen_control(s, "\033[?2004h");
	finish(s, "\033[1mme>\033[m ", L"", "^C");
	assert_screen("me>\nevent\nme> ^C\n");
	assert_null(memchr(buf_head(&t.raw), '\033', t.raw.len));
	screen_free(s);
	end();
}

/* Returns the bytes that painting takes. */
static size_t cost(struct screen *s, const wchar_t *line, size_t cursor)
{
	size_t before;

	look();
	before = t.raw.len;
	paint(s, "\033[1mme>\033[m ", line, cursor);
	look();
	return t.raw.len - before;
}

static void a_key_at_the_end_writes_no_more_than_itself(void **state)
{
	static const wchar_t line[] = L"realm_query 5100005442 device switch_uid,device_ip device_mac x";
	wchar_t typed[sizeof line / sizeof *line] = L"";
	size_t all = 0, n = wcslen(line);
	(void)state;
	start(40, 8);
	struct screen *s = screen_create(slave, slave);
	cost(s, L"", 0);
	for (size_t i = 0; i < n; i++) {
		typed[i] = line[i];
		all += cost(s, typed, i + 1);
	}
	assert_int_equal(all, n + strlen("\r\r\n"));	/* the terminal adds the second CR itself */
	assert_screen("me> realm_query 5100005442 device switc\nh_uid,device_ip device_mac x\n");
	assert_in_range(cost(s, L"realm_query 5100005442 device switch_uid,device_ip device_mac ", n - 1), 1, 4);
	assert_in_range(cost(s, L"realm_query 5100005442 device switch_uid,device_ip device_mac ", n - 2), 1, 3);
	assert_in_range(cost(s, L"realm_query 5100005442 device switch_uid,device_ip device_macs ", n - 1), 1, 6);
	assert_screen("me> realm_query 5100005442 device switc\nh_uid,device_ip device_macs\n");
	assert_in_range(cost(s, L"realm_query 5100005442 device switch_uid,", n - 22), 1, 60);
	assert_screen("me> realm_query 5100005442 device switc\nh_uid,\n");
	screen_write(s, "event\n", 6);
	assert_true(cost(s, L"realm_query 5100005442 device switch_uid,", n - 22) > n - 22);
	assert_screen("event\nme> realm_query 5100005442 device switc\nh_uid,\n");
	screen_free(s);
	end();
}

static void an_accent_goes_onto_the_character_before_it(void **state)
{
	(void)state;
	start(40, 8);
	struct screen *s = screen_create(slave, slave);
	cost(s, L"e", 1);
	cost(s, L"e\u0301", 2);
	cost(s, L"e\u0301x", 3);
	size_t before = cost(s, L"ex", 2);
	assert_true(before > 1);			/* the accent is deleted with its character */
	assert_screen("me> ex\n");
	screen_free(s);
	end();
}

static void without_movement_a_line_is_edited_in_its_row(void **state)
{
	(void)state;
	start(20, 12);
	setenv("TERM", "dumb", 1);
	struct screen *s = screen_create(slave, slave);
	cost(s, L"", 0);
	assert_int_equal(cost(s, L"a", 1), 1);
	assert_int_equal(cost(s, L"abc", 3), 2);
	assert_int_equal(cost(s, L"ab", 2), strlen("\b \b"));
	cost(s, L"ab", 0);
	cost(s, L"xab", 1);
	assert_screen("me> xab\n");
	cost(s, L"", 0);
	cost(s, L"realm_info", 10);
	assert_screen("me> realm_info\n");
	assert_int_equal(cost(s, L"realm_info gid,name", 19), strlen(" gid,") + strlen("\r\n") + strlen("name"));
	cost(s, L"realm_info gid,n", 16);
	assert_screen("me> realm_info gid,\nn\n");
	cost(s, L"ping", 4);				/* rows above are out of reach */
	assert_screen("me> realm_info gid,\nn\nme> ping\n");
	screen_write(s, "event\n", 6);
	cost(s, L"ping", 4);
	finish(s, "\033[1mme>\033[m ", L"ping", NULL);
	assert_screen("me> realm_info gid,\nn\nme> ping\nevent\nme> ping\n");
	assert_null(memchr(buf_head(&t.raw), '\033', t.raw.len));
	screen_free(s);
	end();
}

static void without_a_terminal_it_is_a_plain_writer(void **state)
{
	int ends[2];
	char got[64];
	(void)state;
	assert_int_equal(pipe(ends), 0);
	struct screen *s = screen_create(ends[0], ends[1]);
	const wchar_t *line = L"x";
	const struct edited e = {"me> ", line, line + 1, line + 1, false};
	assert_int_equal(screen_paint(s, &e, true), -1);
	screen_write(s, "event\n", 6);
	screen_finish(s, &e, "^C");
	screen_free(s);
	close(ends[1]);
	assert_int_equal(read(ends[0], got, sizeof got), 6);
	assert_memory_equal(got, "event\n", 6);
	close(ends[0]);
}

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

/* The rows that a line must take, worked out independently; *row, *col: the cursor's place. */
static void model(const char *prompt, const wchar_t *line, size_t cursor, int columns, char rows[][400], int *count,
    int *row, int *col)
{
	int n = 0, h = 0;

	rows[0][0] = '\0';
	for (const char *p = prompt; *p != '\0'; p++) {
		if (h + 1 > columns - 1) {
			rows[++n][0] = '\0';
			h = 0;
		}
		strcat(rows[n], (const char[]){*p, '\0'});
		h++;
	}
	*row = -1;
	for (size_t i = 0;; i++) {
		char bytes[UTF8_MAX + 1] = "";
		int w = line[i] != L'\0' ? width_point((uint32_t)line[i]) : 0;

		if (w > 0 && h + w > columns - 1) {
			rows[++n][0] = '\0';
			h = 0;
		}
		if (i == cursor) {
			*row = n;
			*col = h;
		}
		if (line[i] == L'\0')
			break;
		utf8_encode((uint32_t)line[i], bytes);
		strcat(rows[n], bytes);
		h += w;
	}
	*count = n + 1;
}

/* Whatever is typed and whatever comes: nothing is lost or torn, and the line is unchanged. */
static void random_painting(int columns, int rows, uint32_t start_seed)
{
	static const wchar_t letters[] = L"abcdefgh äöü日本語한😀x";
	static char expected[100][400];
	struct buf said = {0};
	wchar_t line[64] = L"";
	size_t len = 0, cursor = 0;
	unsigned events = 0;

	seed = start_seed;
	start(columns, rows);
	struct screen *s = screen_create(slave, slave);
	for (int step = 0; step < 400; step++) {
		uint32_t what = dice(10);

		if (what < 5 && len < 60) {
			memmove(line + cursor + 1, line + cursor, (len - cursor + 1) * sizeof *line);
			line[cursor++] = letters[dice(sizeof letters / sizeof *letters - 1)];
			len++;
		} else if (what == 5) {
			cursor = dice((uint32_t)len + 1);
		} else if (what == 6 && len > 0) {
			len = cursor = dice((uint32_t)len);
			line[len] = L'\0';
		} else if (what == 7 && dice(3) == 0) {
			screen_hide(s);
		} else {
			char event[32];
			int n = snprintf(event, sizeof event, columns > 9 ? "e%u\n" : "%u\n", events++ % (columns > 9 ? 10000 : 10));

			screen_write(s, event, (size_t)n);
			buf_put(&said, event, (size_t)n);
			if (dice(2) == 0)
				continue;
		}
		paint(s, "me> ", line, cursor);
		look();

		int count, row, col, height = rows - 1, top;
		model("me> ", line, cursor, columns, expected, &count, &row, &col);
		top = row < height ? 0 : row - height + 1;
		/* Everything from the top is the events, then the (visible) rows of the line. */
		struct buf want = {0};
		buf_put(&want, buf_head(&said), said.len);
		for (int i = top; i < count && i < top + height; i++) {
			size_t n = strlen(expected[i]);
			while (n > 0 && expected[i][n - 1] == ' ')
				n--;
			buf_put(&want, expected[i], n);
			buf_putc(&want, '\n');
		}
		char *now = text(true), *wanted = buf_steal(&want);
		size_t n = strlen(wanted);
		while (n > 1 && wanted[n - 1] == '\n' && wanted[n - 2] == '\n')
			wanted[--n] = '\0';
		if (n == 1 && *wanted == '\n')
			*wanted = '\0';
		assert_string_equal(now, wanted);
		free(now);
		free(wanted);
		assert_int_equal(t.x, col);
	}
	screen_free(s);
	buf_clear(&said);
	end();
}

static void random_typing_and_events_at_any_width(void **state)
{
	static const int sizes[][2] = {{80, 24}, {40, 10}, {24, 6}, {10, 5}, {7, 3}, {4, 2}, {3, 9}};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		for (uint32_t n = 0; n < 3; n++)
			random_painting(sizes[i][0], sizes[i][1], 1000 * n + (uint32_t)i);
}

static void the_smallest_terminals_are_survived(void **state)
{
	static const int sizes[][2] = {{1, 1}, {2, 1}, {1, 5}, {2, 2}, {80, 1}};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		start(sizes[i][0], sizes[i][1]);
		struct screen *s = screen_create(slave, slave);
		paint(s, "me> ", L"日本\tx\ny", 3);
		screen_write(s, "e\n", 2);
		paint(s, "me> ", L"日本\tx\ny", 3);
		finish(s, "me> ", L"日本\tx\ny", "^C");
		screen_free(s);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_column_stays_free),
		cmocka_unit_test(colours_take_no_room_and_controls_are_seen),
		cmocka_unit_test(a_prompt_wider_than_the_terminal),
		cmocka_unit_test(text_goes_above_in_one_write),
		cmocka_unit_test(painting_is_bounded),
		cmocka_unit_test(while_the_size_settles_nothing_is_written),
		cmocka_unit_test(while_the_size_settles_keys_are_echoed),
		cmocka_unit_test(a_line_taller_than_the_screen_is_a_window_and_whole_in_the_end),
		cmocka_unit_test(what_others_write_after_hide_is_in_order),
		cmocka_unit_test(a_lent_terminal_is_left_alone),
		cmocka_unit_test(what_does_not_fit_while_the_terminal_is_lent_is_counted),
		cmocka_unit_test(a_dumb_terminal_gets_no_escape_sequence),
		cmocka_unit_test(a_key_at_the_end_writes_no_more_than_itself),
		cmocka_unit_test(an_accent_goes_onto_the_character_before_it),
		cmocka_unit_test(without_movement_a_line_is_edited_in_its_row),
		cmocka_unit_test(without_a_terminal_it_is_a_plain_writer),
		cmocka_unit_test(random_typing_and_events_at_any_width),
		cmocka_unit_test(the_smallest_terminals_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
