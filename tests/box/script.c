/*
 * script: plays a box that misbehaves as a file says.
 *
 * One step a line, in a row; blank lines and lines that begin with # are skipped.  The steps stand in the table
 * below, which --help prints.  TEXT runs to the end of its line.  In it $id is the id of the last array that came,
 * as the client wrote it, and $id3 that of the third on this connection.  Where C's escapes are said to work, they
 * are \n \r \t \\ \$ \xHH \uHHHH (a character as UTF-8); elsewhere a backslash is one.
 *
 * A box that answers the second request before the first, and then breaks off in the middle:
 *
 *	hello
 *	login
 *	expect "realm_info"
 *	expect "ping"
 *	reply 1,1700000000.5,42
 *	send [$id1,1,["5000015442","Hea
 *	close
 */
#include "script.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices.h"
#include "login.h"
#include "peer.h"
#include "proto/base64.h"
#include "proto/utf8.h"

enum { SCRIPT_DEADLINE = 30000, EXIT_UNEXPECTED = 9, FILL_SIZE = 64 * 1024, REPEAT_DEPTH = 8 };

struct script;

struct step_kind {
	const char *name, *arguments, *help;
	void (*run)(struct script *s, const char *text);
	bool alone;			/* needs no connection */
};

struct step {
	const struct step_kind *kind;
	char *text;
	unsigned line;
	size_t other;			/* repeat: its end; end: its repeat */
};

struct script {
	const char *path;
	ITEMS(struct step) steps;
	size_t at;			/* the step that runs */
	struct peer peer;
	unsigned char nonce[NONCE_LEN];
	ITEMS(char *) ids;		/* of the arrays of this connection, in order */
	ITEMS(bool) answered;
	unsigned long left[REPEAT_DEPTH];
	unsigned depth;
	uint64_t random;
	bool ended;			/* the connection was closed by a step */
	bool skip;			/* to the next connection */
};

static _Noreturn void unexpected(struct script *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static _Noreturn void leave(struct script *s, int status)
{
	if (s->peer.box.o.unix_path)
		unlink(s->peer.box.o.unix_path);
	exit(status);
}

static _Noreturn void unexpected(struct script *s, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "box: %s:%u: ", s->path, s->steps.v[s->at].line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	leave(s, EXIT_UNEXPECTED);
}

/* --- text --- */

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* An escape behind its backslash at p; returns how many characters it takes, 0 if it is none. */
static size_t put_escape(struct buf *out, const char *p)
{
	static const char from[] = "nrt\\$", to[] = "\n\r\t\\$";
	const char *known = *p ? strchr(from, *p) : NULL;
	size_t digits = *p == 'x' ? 2 : *p == 'u' ? 4 : 0;
	char character[UTF8_MAX];
	uint32_t value = 0;

	if (known) {
		buf_putc(out, to[known - from]);
		return 1;
	}
	for (size_t i = 1; i <= digits; i++) {
		if (hex(p[i]) < 0)
			return 0;
		value = value << 4 | (uint32_t)hex(p[i]);
	}
	if (digits == 2)
		buf_putc(out, (char)value);
	else if (digits == 4)
		buf_put(out, character, utf8_encode(value, character));
	return digits ? digits + 1 : 0;
}

/* $id or $id3 at p: returns how many characters it takes, 0 if it is none. */
static size_t put_id(struct script *s, struct buf *out, const char *p)
{
	size_t len = 3, n;
	char *end;

	if (strncmp(p, "$id", 3) != 0)
		return 0;
	n = s->ids.n;
	if (isdigit((unsigned char)p[3])) {
		n = strtoul(p + 3, &end, 10);
		len = (size_t)(end - p);
	}
	if (n == 0 || n > s->ids.n)
		unexpected(s, "%.*s: that array has not come", (int)len, p);
	buf_puts(out, s->ids.v[n - 1]);
	return len;
}

static void expand(struct script *s, struct buf *out, const char *text, bool escapes)
{
	size_t n;

	while (*text) {
		if (escapes && *text == '\\') {
			n = put_escape(out, text + 1);
			if (n == 0)
				unexpected(s, "unknown escape at '%s'", text);
			text += n + 1;
		} else if ((n = put_id(s, out, text)) > 0) {
			text += n;
		} else {
			buf_putc(out, *text++);
		}
	}
}

/* --- sending --- */

static void check(struct script *s, enum peer_result result, const char *what)
{
	switch (result) {
	case PEER_OK:
		return;
	case PEER_EOF:
		unexpected(s, "%s: the client has gone", what);
	case PEER_LATE:
		unexpected(s, "%s: nothing happened for %u ms", what, s->peer.deadline_ms);
	case PEER_BAD:
		unexpected(s, "%s: the client sent what is no array", what);
	}
}

static void send_buf(struct script *s, struct buf *b)
{
	if (b->failed)
		die("out of memory");
	check(s, peer_send(&s->peer, buf_head(b), b->len), "send");
	buf_clear(b);
}

static void run_send(struct script *s, const char *text)
{
	struct buf b = {0};

	expand(s, &b, text, true);
	send_buf(s, &b);
}

static void run_line(struct script *s, const char *text)
{
	struct buf b = {0};

	expand(s, &b, text, true);
	buf_putc(&b, '\n');
	send_buf(s, &b);
}

static void run_json(struct script *s, const char *text)
{
	struct buf b = {0};

	expand(s, &b, text, false);
	buf_putc(&b, '\n');
	send_buf(s, &b);
}

static unsigned long count(struct script *s, const char *text, const char **rest)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text)
		unexpected(s, "'%s' begins with no number", text);
	*rest = end + strspn(end, " \t");
	return n;
}

static void run_fill(struct script *s, const char *text)
{
	struct buf one = {0}, many = {0};
	unsigned long n = count(s, text, &text);

	expand(s, &one, text, true);
	while (n > 0 && !s->peer.cut) {
		for (; n > 0 && many.len < FILL_SIZE; n--)
			buf_put(&many, buf_head(&one), one.len);
		send_buf(s, &many);
	}
	buf_clear(&one);
}

static void run_random(struct script *s, const char *text)
{
	struct buf b = {0};
	unsigned long n = count(s, text, &text);

	while (b.len < n) {
		s->random = scramble(s->random, 1);
		buf_put(&b, &s->random, n - b.len < sizeof s->random ? n - b.len : sizeof s->random);
	}
	send_buf(s, &b);
}

static void run_file(struct script *s, const char *text)
{
	struct buf b = {0};
	FILE *file = fopen(text, "re");
	char *room;
	size_t n;

	if (!file)
		unexpected(s, "%s: %s", text, strerror(errno));
	while ((room = buf_reserve(&b, FILL_SIZE)) && (n = fread(room, 1, FILL_SIZE, file)) > 0)
		buf_commit(&b, n);
	fclose(file);
	send_buf(s, &b);
}

static void run_hello(struct script *s, const char *text)
{
	enum box_auth auth[AUTH_TYPES];
	struct buf b = {0};

	memcpy(auth, s->peer.box.o.auth, sizeof auth);
	if (*text && options_read_auth(auth, text) != 0)
		unexpected(s, "'%s' is no list of none, login, login_cram_md6", text);
	memcpy(s->peer.box.o.auth, auth, sizeof auth);
	if (getrandom(s->nonce, sizeof s->nonce, 0) != sizeof s->nonce)
		die("getrandom: %s", strerror(errno));
	buf_puts(&b, "[null,\"hello\",1,[");
	for (size_t i = 0; i < AUTH_TYPES && auth[i]; i++)
		buf_printf(&b, "%s\"%s\"", i ? "," : "", box_auth_name(auth[i]));
	buf_puts(&b, "],\"");
	base64_encode(&b, s->nonce, sizeof s->nonce, true);
	buf_puts(&b, "\"]\n");
	send_buf(s, &b);
}

/* --- receiving --- */

/* Takes one array; keeps its id. */
static struct json receive(struct script *s, const char *what)
{
	struct json line, id = {"null", 4};
	struct json_iter it;

	check(s, peer_receive(&s->peer, &line), what);
	it = json_iterate(line);
	json_next(&it, NULL, &id);
	*ITEM_ADD(&s->ids) = mem_copy(id.text, id.len);
	*ITEM_ADD(&s->answered) = false;
	return line;
}

static void run_expect(struct script *s, const char *text)
{
	struct json line = receive(s, text);
	char *copy = mem_copy(line.text, line.len), error[200];
	regex_t regex;
	int result = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);

	if (result != 0) {
		regerror(result, &regex, error, sizeof error);
		unexpected(s, "%s: %s", text, error);
	}
	if (regexec(&regex, copy, 0, NULL, 0) != 0)
		unexpected(s, "expected %s, got %s", text, copy);
	regfree(&regex);
	free(copy);
}

static void run_collect(struct script *s, const char *text)
{
	for (unsigned long n = count(s, text, &text); n > 0; n--)
		receive(s, "collect");
}

static void reply(struct script *s, size_t n, const char *values)
{
	struct buf b = {0};

	if (n == 0 || n > s->ids.n)
		unexpected(s, "there is no array %zu to reply to", n);
	s->answered.v[n - 1] = true;
	buf_printf(&b, "[%s,", s->ids.v[n - 1]);
	expand(s, &b, values, false);
	buf_puts(&b, "]\n");
	send_buf(s, &b);
}

static void run_reply(struct script *s, const char *text)
{
	reply(s, s->ids.n, text);
}

static void run_reply_to(struct script *s, const char *text)
{
	size_t n = count(s, text, &text);

	reply(s, n, text);
}

static void run_reply_all(struct script *s, const char *text)
{
	for (size_t i = 1; i <= s->ids.n; i++)
		if (!s->answered.v[i - 1])
			reply(s, i, text);
}

static void run_reply_reversed(struct script *s, const char *text)
{
	for (size_t i = s->ids.n; i > 0; i--)
		if (!s->answered.v[i - 1])
			reply(s, i, text);
}

static void run_login(struct script *s, const char *text)
{
	struct json line = receive(s, "login"), type = {0}, args[3];
	struct json_iter it = json_iterate(line);
	struct buf values = {0};
	size_t n = 0;

	(void)text;
	json_next(&it, NULL, &type);
	if (!json_next(&it, NULL, &type) || (!json_is(type, "login") && !json_is(type, "login_cram_md6")))
		unexpected(s, "expected a login, got %.*s", (int)line.len, line.text);
	while (n < 3 && json_next(&it, NULL, &args[n]))
		n++;
	buf_puts(&values, "1");
	if (!login_verify(&s->peer.box.o, s->nonce, sizeof s->nonce, json_is(type, "login") ? "login" : "login_cram_md6",
		args, n, &values))
		unexpected(s, "the login is wrong: %.*s", (int)line.len, line.text);
	reply(s, s->ids.n, buf_string(&values));
	buf_clear(&values);
}

/* Answers up to `max` further arrays (0: all) until the client hangs up; returns how many came. */
static unsigned long answer(struct script *s, unsigned long max, const char *only, const char *values)
{
	struct json line, type = {0};
	unsigned long n = 0;
	enum peer_result result = PEER_OK;

	while ((max == 0 || n < max) && (result = peer_receive(&s->peer, &line)) == PEER_OK) {
		struct json_iter it = json_iterate(line);
		struct buf b = {0};
		struct json id = {"null", 4};

		json_next(&it, NULL, &id);
		if (only && (!json_next(&it, NULL, &type) || !json_is(type, only)))
			unexpected(s, "expected %s, got %.*s", only, (int)line.len, line.text);
		buf_printf(&b, "[%.*s,%s]\n", (int)id.len, id.text, values);
		send_buf(s, &b);
		n++;
	}
	if (result != PEER_EOF)
		check(s, result, "answer");
	return n;
}

static void run_answer_all(struct script *s, const char *text)
{
	answer(s, *text ? count(s, text, &text) : 0, NULL, "1");
}

static void run_count_pings(struct script *s, const char *text)
{
	unsigned long n = answer(s, 0, "ping", "1,1700000000.25,42"), want = *text ? count(s, text, &text) : n;

	if (n != want)
		unexpected(s, "expected %lu pings, got %lu", want, n);
}

static void run_drain(struct script *s, const char *text)
{
	struct json line;
	enum peer_result result;

	(void)text;
	while ((result = peer_receive(&s->peer, &line)) != PEER_EOF) {
		if (result == PEER_LATE)
			check(s, result, "drain");
		/* Here anything may come. */
		if (result == PEER_BAD) {
			buf_reset(&s->peer.in);
			s->peer.scanned = 0;
		}
	}
}

static void run_expect_eof(struct script *s, const char *text)
{
	struct json line;
	enum peer_result result = peer_receive(&s->peer, &line);

	(void)text;
	if (result == PEER_OK)
		unexpected(s, "expected nothing more, got %.*s", (int)line.len, line.text);
	if (result != PEER_EOF)
		check(s, result, "expect-eof");
	if (s->peer.in.len > 0)
		unexpected(s, "expected nothing more, got %zu bytes of an array", s->peer.in.len);
}

/* --- the connection --- */

static void run_noread(struct script *s, const char *text)
{
	peer_wait(&s->peer, *text ? (unsigned)count(s, text, &text) : s->peer.deadline_ms);
}

static void run_sleep(struct script *s, const char *text)
{
	poll(NULL, 0, (int)count(s, text, &text));
}

static void run_chunk(struct script *s, const char *text)
{
	s->peer.chunk = count(s, text, &text);
	s->peer.chunk_ms = *text ? (unsigned)count(s, text, &text) : 0;
}

static void run_deadline(struct script *s, const char *text)
{
	s->peer.deadline_ms = (unsigned)count(s, text, &text);
}

static void run_rcvbuf(struct script *s, const char *text)
{
	int size = (int)count(s, text, &text);

	/* Inherited by what is accepted: set later, it would be too late for the window. */
	for (unsigned i = 0; i < s->peer.n; i++)
		setsockopt(s->peer.listeners[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static void run_tls(struct script *s, const char *text)
{
	const char *why;
	enum peer_result result = peer_start_tls(&s->peer, &why);

	(void)text;
	if (result == PEER_BAD)
		unexpected(s, "tls: %s", why);
	check(s, result, "tls");
}

static void run_try_tls(struct script *s, const char *text)
{
	const char *why;

	(void)text;
	s->skip = peer_start_tls(&s->peer, &why) != PEER_OK;
}

static void run_close(struct script *s, const char *text)
{
	(void)text;
	peer_close(&s->peer, false);
	s->ended = true;
}

static void run_reset(struct script *s, const char *text)
{
	(void)text;
	peer_close(&s->peer, true);
	s->ended = true;
}

static void run_shutdown(struct script *s, const char *text)
{
	(void)text;
	peer_shutdown(&s->peer);
}

static void forget_ids(struct script *s)
{
	while (s->ids.n > 0)
		free(s->ids.v[--s->ids.n]);
	s->answered.n = 0;
}

static void run_next(struct script *s, const char *text)
{
	(void)text;
	peer_close(&s->peer, false);
	forget_ids(s);
	s->ended = s->skip = false;
	check(s, peer_accept(&s->peer), "next");
}

/* --- loops --- */

static void run_repeat(struct script *s, const char *text)
{
	unsigned long n = count(s, text, &text);

	if (n == 0) {
		s->at = s->steps.v[s->at].other;
		return;
	}
	s->left[s->depth++] = n - 1;
}

static void run_end(struct script *s, const char *text)
{
	(void)text;
	if (s->left[s->depth - 1]-- > 0)
		s->at = s->steps.v[s->at].other;
	else
		s->depth--;
}

/* --- the language --- */

static const struct step_kind kinds[] = {
	{"send", "TEXT", "TEXT with C's escapes and $id; no newline is added", run_send, false},
	{"line", "TEXT", "the same with a newline", run_line, false},
	{"json", "TEXT", "TEXT as it stands but for $id, and a newline", run_json, false},
	{"fill", "N TEXT", "TEXT (as in send) N times, in large writes", run_fill, false},
	{"random", "N", "N bytes, the same for the same --seed", run_random, false},
	{"file", "PATH", "what is in a file", run_file, false},
	{"hello", "[LIST]", "a good hello with a random nonce; LIST as in --auth", run_hello, false},
	{"login", "", "expects a login of any method, checks the password, and answers it", run_login, false},
	{"expect", "PATTERN", "the next array; it must match the extended regular expression", run_expect, false},
	{"expect-eof", "", "the client hangs up without another byte", run_expect_eof, false},
	{"collect", "N", "N arrays, whatever they say", run_collect, false},
	{"reply", "VALUES", "[id,VALUES] to the last array: reply 1,\"x\"", run_reply, false},
	{"reply-to", "N VALUES", "the same to the Nth array of this connection", run_reply_to, false},
	{"reply-all", "VALUES", "to all that no reply was made to", run_reply_all, false},
	{"reply-reversed", "VALUES", "the same, the last one first", run_reply_reversed, false},
	{"answer-all", "[N]", "[id,1] to every further array (N of them) until the client hangs up", run_answer_all, false},
	{"count-pings", "[N]", "a pong to every ping until it hangs up; nothing else may come, and N of them", run_count_pings,
	    false},
	{"drain", "", "reads all that comes until the client hangs up", run_drain, false},
	{"noread", "[MS]", "reads nothing until the client hangs up, at most so long", run_noread, false},
	{"sleep", "MS", "does nothing for a while", run_sleep, true},
	{"chunk", "N [MS]", "from now on segments of N bytes, with a pause; 0: as they are", run_chunk, true},
	{"deadline", "MS", "how long a step may wait (30000)", run_deadline, true},
	{"rcvbuf", "N", "size of the receive buffer of later connections", run_rcvbuf, true},
	{"tls", "", "the handshake now; it must succeed", run_tls, false},
	{"try-tls", "", "the same; if it fails, goes on with the next connection", run_try_tls, false},
	{"close", "", "ends the connection; what came is read first, so that it is no reset", run_close, false},
	{"shutdown", "", "ends its own half of it", run_shutdown, false},
	{"reset", "", "ends it with a reset", run_reset, false},
	{"next", "", "ends it, if it has not, and waits for the next", run_next, true},
	{"repeat", "N", "runs the steps up to `end` N times", run_repeat, true},
	{"end", "", "", run_end, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

void script_print_help(FILE *out)
{
	fputs("Scripts: a step a line; the first connection is waited for when a step needs it.  At the end of the script\n"
	      "what comes is read until the client hangs up.  Sending to a client that has gone is no mistake.\n", out);
	for (size_t i = 0; i < KINDS; i++)
		fprintf(out, "  %-14s %-9s %s\n", kinds[i].name, kinds[i].arguments, kinds[i].help);
	fputs("In TEXT, VALUES: $id is the id of the last array that came, $id3 that of the third on the connection.\n"
	      "C's escapes: \\n \\r \\t \\\\ \\$ \\xHH \\uHHHH.\n", out);
}

static const struct step_kind *find_kind(const char *name, size_t len)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, name, len) == 0)
			return &kinds[i];
	return NULL;
}

static void read_step(struct script *s, char *line, unsigned number, size_t open[static REPEAT_DEPTH])
{
	const struct step_kind *kind;
	struct step *step;
	size_t len;

	line[strcspn(line, "\n")] = '\0';
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return;
	len = strcspn(line, " \t");
	kind = find_kind(line, len);
	if (!kind)
		die("%s:%u: unknown step '%.*s'; see --help", s->path, number, (int)len, line);
	line += len;
	line += *line != '\0';
	if ((*kind->arguments && *kind->arguments != '[' && !*line) || (!*kind->arguments && line[strspn(line, " \t")]))
		die("%s:%u: it is: %s %s", s->path, number, kind->name, kind->arguments);
	step = ITEM_ADD(&s->steps);
	*step = (struct step){kind, mem_string(line), number, 0};
	if (kind->run == run_repeat) {
		if (s->depth == REPEAT_DEPTH)
			die("%s:%u: more than %d loops in each other", s->path, number, REPEAT_DEPTH);
		open[s->depth++] = s->steps.n - 1;
	} else if (kind->run == run_end) {
		if (s->depth == 0)
			die("%s:%u: an end without its repeat", s->path, number);
		step->other = open[--s->depth];
		s->steps.v[step->other].other = s->steps.n - 1;
	}
}

static void read_script(struct script *s)
{
	FILE *file = fopen(s->path, "re");
	size_t open[REPEAT_DEPTH], size = 0;
	char *line = NULL;

	if (!file)
		die("%s: %s", s->path, strerror(errno));
	for (unsigned number = 1; getline(&line, &size, file) >= 0; number++)
		read_step(s, line, number, open);
	if (s->depth > 0)
		die("%s: a repeat without its end", s->path);
	free(line);
	fclose(file);
}

/* --- playing --- */

static char unlink_path[200];

static void on_signal(int signal)
{
	(void)signal;
	unlink(unlink_path);
	_exit(0);
}

static void run_step(struct script *s, const struct step *step)
{
	if (s->skip && step->kind->run != run_next)
		return;
	if (!step->kind->alone && s->peer.fd < 0) {
		if (s->ended)
			unexpected(s, "%s: the connection has ended; next waits for another", step->kind->name);
		check(s, peer_accept(&s->peer), "waiting for a client");
	}
	step->kind->run(s, step->text);
}

static void finish(struct script *s)
{
	if (s->peer.fd >= 0) {
		peer_shutdown(&s->peer);
		run_drain(s, "");
		peer_close(&s->peer, false);
	}
	forget_ids(s);
	free(s->ids.v);
	free(s->answered.v);
	for (size_t i = 0; i < s->steps.n; i++)
		free(s->steps.v[i].text);
	free(s->steps.v);
	buf_clear(&s->peer.in);
	SSL_CTX_free(s->peer.box.tls);
	if (s->peer.box.log)
		fclose(s->peer.box.log);
	for (unsigned i = 0; i < s->peer.n; i++)
		close(s->peer.listeners[i]);
	if (s->peer.box.o.unix_path)
		unlink(s->peer.box.o.unix_path);
}

int script_run(const struct options *o)
{
	struct script s = {.path = o->script, .random = o->seed};
	int port;

	s.peer.box.o = *o;
	s.peer.fd = -1;
	s.peer.deadline_ms = SCRIPT_DEADLINE;
	read_script(&s);
	if (o->log && !(s.peer.box.log = fopen(o->log, "ae")))
		die("%s: %s", o->log, strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	snprintf(unlink_path, sizeof unlink_path, "%s", o->unix_path ? o->unix_path : "");
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	s.peer.n = server_listen(o, s.peer.listeners, s.peer.local, &port);
	server_announce(o, port);
	for (s.at = 0; s.at < s.steps.n; s.at++)
		run_step(&s, &s.steps.v[s.at]);
	if (s.steps.n > 0)
		s.at = s.steps.n - 1;
	finish(&s);
	return 0;
}
