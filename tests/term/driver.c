/* SPDX-License-Identifier: ISC */
/*
 * driver: the prompt without a box, for the tests of the terminal.
 *
 *	term-driver [-e SOCKET] [-h HISTORY] [-l LOG] [-p PROMPT]
 *	term-driver -b emacs|vi		(prints libedit's own key maps)
 *
 * Every line that comes on the Unix socket is put above the line being edited, as an event would be; the ones that
 * begin with ! are commands (on_order).  Every line that is read is echoed and written to LOG, LF as \n.
 * `quit` ends it, `abort` crashes it, `pager N` shows N lines.
 */
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "lang/line.h"
#include "term/pager.h"
#include "term/prompt.h"

static struct driver {
	struct loop *loop;
	struct screen *screen;
	struct prompt *prompt;
	struct history *history;
	struct buf in;
	int sock, log;
	int signal;
	int64_t loading_until;
	char text[256];
} d = {.sock = -1, .log = -1, .text = "me> "};

static const char *prompt_text_now(void *ctx)
{
	(void)ctx;
	return d.text;
}

static bool continues(void *ctx, const char *text, size_t len)
{
	struct line_state state = {0};

	(void)ctx;
	return line_continues(text, len, &state);
}

/* gids that take a while to come, as from a box */
static void gids(void *ctx, enum gid_kind kind, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx;
	if (d.loading_until == 0)
		d.loading_until = loop_now() + 100;
	if (loop_now() < d.loading_until)
		return;
	if (kind == GID_REALM) {
		found(arg, "5000015442", "Head Office");
		found(arg, "5000015443", "Zürich 日本");
		found(arg, "5100005442", "evil \033[2J\u202e name");
	}
}

static bool loading(void *ctx)
{
	(void)ctx;
	return d.loading_until != 0 && loop_now() < d.loading_until;
}

static void commands(void *ctx, void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx;
	found(arg, ".help", "Explain requests and commands");
	found(arg, ".history", "Show lines typed before");
	found(arg, ".quit", "Leave");
}

static enum command_place command_word(void *ctx, char *const *words, size_t count, size_t index,
    void (*found)(void *, const char *, const char *), void *arg)
{
	(void)ctx, (void)words, (void)count, (void)index, (void)found, (void)arg;
	return PLACE_WORD;
}

static void say(const char *format, const char *text)
{
	struct buf out = {0};

	buf_printf(&out, format, text);
	screen_write(d.screen, buf_head(&out), out.len);
	buf_clear(&out);
}

static void note(const char *what, const char *text)
{
	struct buf out = {0};

	if (d.log < 0)
		return;
	buf_puts(&out, what);
	buf_putc(&out, ' ');
	for (; *text != '\0'; text++)
		buf_puts(&out, *text == '\n' ? "\\n" : (const char[]){*text, '\0'});
	buf_putc(&out, '\n');
	if (write(d.log, buf_head(&out), out.len) < 0)
		exit(9);
	buf_clear(&out);
}

static void page(const char *count)
{
	struct buf out = {0};

	for (long i = 1, n = strtol(count, NULL, 10); i <= n; i++)
		buf_printf(&out, "page line %ld\n", i);
	pager_show(d.loop, d.screen, d.prompt, buf_head(&out), out.len);
	buf_clear(&out);
	note("PAGED", count);
}

static void on_order(const char *order)
{
	if (strncmp(order, "!prompt ", 8) == 0) {
		snprintf(d.text, sizeof d.text, "%s", order + 8);
		prompt_changed(d.prompt);
	} else if (strncmp(order, "!pager ", 7) == 0) {
		page(order + 7);
	} else if (strcmp(order, "!release") == 0) {
		prompt_release(d.prompt);
	} else if (strcmp(order, "!take") == 0) {
		prompt_take(d.prompt);
	}
}

static void on_events(void *ctx, int fd, short revents)
{
	char *room = buf_reserve(&d.in, 1 << 16);
	ssize_t n = room != NULL ? read(fd, room, 1 << 16) : -1;
	const char *lf;

	(void)ctx, (void)revents;
	if (n <= 0) {
		loop_unwatch(d.loop, fd);
		return;
	}
	buf_commit(&d.in, (size_t)n);
	while ((lf = memchr(buf_head(&d.in), '\n', d.in.len)) != NULL) {
		size_t len = (size_t)(lf - buf_head(&d.in)) + 1;
		char *line = strndup(buf_head(&d.in), len);

		buf_consume(&d.in, len);
		if (line != NULL && *line == '!') {
			line[len - 1] = '\0';
			on_order(line);
		} else if (line != NULL) {
			screen_write(d.screen, line, len);
		}
		free(line);
	}
}

static void connect_events(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	d.sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(d.sock, (const struct sockaddr *)&a, sizeof a) < 0) {
		perror(path);
		exit(9);
	}
	loop_watch(d.loop, d.sock, POLLIN, on_events, NULL);
}

static void on_signal(void *ctx, int signo)
{
	(void)ctx;
	if (signo == SIGINT) {
		if (!prompt_released(d.prompt))
			prompt_interrupt(d.prompt);
		return;
	}
	d.signal = signo;
	prompt_stop(d.prompt);
}

static bool on_line(enum prompt_end end, const char *text)
{
	note(end == PROMPT_PASTE ? "PASTE" : "LINE", text);
	if (strcmp(text, "quit") == 0)
		return false;
	if (strcmp(text, "abort") == 0)
		abort();
	history_add(d.history, text, text);
	if (strncmp(text, "pager ", 6) == 0)
		page(text + 6);
	else
		say("you said [%s]\n", text);
	return true;
}

static int print_bindings(const char *editor)
{
	const char *bind[] = {"bind", NULL};
	EditLine *el = setlocale(LC_CTYPE, "") != NULL ? el_init("term-driver", stdin, stdout, stderr) : NULL;

	if (el == NULL || el_set(el, EL_EDITOR, editor) == -1 || el_parse(el, 1, bind) == -1)
		return 7;
	el_end(el);
	return 0;
}

int main(int argc, char **argv)
{
	const struct complete_context context = {.gids = gids, .commands = commands, .command_word = command_word};
	struct prompt_options o = {.complete = &context, .prompt = prompt_text_now, .continues = continues, .loading = loading};
	const char *events = NULL, *history = NULL;
	struct error e;
	bool failed, more = true;

	for (int c; (c = getopt(argc, argv, "b:e:h:l:p:")) != -1;) {
		if (c == 'b')
			return print_bindings(optarg);
		else if (c == 'e')
			events = optarg;
		else if (c == 'h')
			history = optarg;
		else if (c == 'l')
			d.log = open(optarg, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		else if (c == 'p')
			snprintf(d.text, sizeof d.text, "%s", optarg);
	}
	d.loop = loop_create();
	d.screen = screen_create(STDIN_FILENO, STDOUT_FILENO);
	d.history = history_open(history, &e, &failed);
	if (d.loop == NULL || d.screen == NULL || d.history == NULL)
		return 7;
	if (failed)
		say("warning: %s\n", e.text);
	d.prompt = prompt_create(d.loop, d.screen, d.history, STDIN_FILENO, STDOUT_FILENO, &o);
	if (d.prompt == NULL)
		return 7;
	loop_signal(d.loop, SIGINT, on_signal, NULL);
	loop_signal(d.loop, SIGTERM, on_signal, NULL);
	loop_signal(d.loop, SIGHUP, on_signal, NULL);
	if (events != NULL)
		connect_events(events);
	while (more) {
		char *text;
		enum prompt_end end = prompt_read(d.prompt, &text);

		if (end == PROMPT_LINE || end == PROMPT_PASTE)
			more = on_line(end, text);
		else if (end == PROMPT_INTERRUPT)
			note("INTERRUPT", "");
		else if (end == PROMPT_EDIT) {
			note("EDIT", text);
			prompt_give_back(d.prompt, text);
		}
		else
			more = false;
		free(text);
	}
	note("END", "");
	prompt_free(d.prompt);
	screen_free(d.screen);
	history_free(d.history);
	loop_free(d.loop);
	buf_clear(&d.in);
	if (d.sock >= 0)
		close(d.sock);
	return d.signal != 0 ? 128 + d.signal : 0;
}
