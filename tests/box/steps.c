/* SPDX-License-Identifier: ISC */
/*
 * steps: the steps of a script, and what each does.
 */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "devices.h"
#include "login.h"
#include "script_parts.h"

enum { FILL_SIZE = 64 * 1024 };

/* --- sending --- */

static void check(struct script *s, enum peer_result result, const char *what)
{
	switch (result) {
	case PEER_OK:
		return;
	case PEER_EOF:
		script_unexpected(s, "%s: the client has gone", what);
	case PEER_LATE:
		script_unexpected(s, "%s: nothing happened for %u ms", what, s->peer.deadline_ms);
	case PEER_BAD:
		script_unexpected(s, "%s: the client sent what is no array", what);
	}
}

static void send_buf(struct script *s, struct buf *b)
{
	check(s, peer_send(&s->peer, buf_head(b), b->len), "send");
	buf_clear(b);
}

static void run_send(struct script *s, const char *text)
{
	struct buf b = {0};

	script_expand(s, &b, text, true);
	send_buf(s, &b);
}

static void run_inject(struct script *s, const char *text)
{
	struct buf b = {0};

	script_expand(s, &b, text, true);
	check(s, peer_inject(&s->peer, buf_head(&b), b.len), "inject");
	buf_clear(&b);
}

static void run_line(struct script *s, const char *text)
{
	struct buf b = {0};

	script_expand(s, &b, text, true);
	buf_putc(&b, '\n');
	send_buf(s, &b);
}

static void run_json(struct script *s, const char *text)
{
	struct buf b = {0};

	script_expand(s, &b, text, false);
	buf_putc(&b, '\n');
	send_buf(s, &b);
}

static void run_fill(struct script *s, const char *text)
{
	struct buf one = {0}, many = {0};
	unsigned long n = script_count(s, text, &text);

	script_expand(s, &one, text, true);
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
	unsigned long n = script_count(s, text, &text);

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
		script_unexpected(s, "%s: %s", text, strerror(errno));
	while (!s->peer.cut && (n = fread(room = buf_reserve(&b, FILL_SIZE), 1, FILL_SIZE, file)) > 0) {
		buf_commit(&b, n);
		send_buf(s, &b);
	}
	buf_clear(&b);
	fclose(file);
}

static void run_hello(struct script *s, const char *text)
{
	enum box_auth auth[AUTH_TYPES];
	struct buf b = {0};

	memcpy(auth, s->peer.box.o.auth, sizeof auth);
	if (*text && options_read_auth(auth, text) != 0)
		script_unexpected(s, "'%s' is no list of none, login, login_cram_md6", text);
	memcpy(s->peer.box.o.auth, auth, sizeof auth);
	if (getrandom(s->nonce, sizeof s->nonce, 0) != sizeof s->nonce)
		die("getrandom: %s", strerror(errno));
	buf_puts(&b, "[null,\"hello\",1,[");
	for (size_t i = 0; i < AUTH_TYPES && auth[i]; i++)
		buf_printf(&b, "%s\"%s\"", i ? "," : "", box_auth_name(auth[i]));
	buf_puts(&b, "],\"");
	login_put_base64(&b, s->nonce, sizeof s->nonce, true);
	buf_puts(&b, "\"]\n");
	send_buf(s, &b);
}

/* --- receiving --- */

/* Takes one array; keeps its id. */
static const struct array *receive(struct script *s, const char *what)
{
	const struct array *array;

	check(s, peer_receive(&s->peer, &array), what);
	*ITEM_ADD(&s->ids) = mem_copy(array->id, array->id_len);
	*ITEM_ADD(&s->answered) = false;
	return array;
}

static void run_expect(struct script *s, const char *text)
{
	const struct array *array = receive(s, text);
	char *copy = mem_copy(array->text, array->len), error[200];
	regex_t regex;
	int result = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);

	if (result != 0) {
		regerror(result, &regex, error, sizeof error);
		script_unexpected(s, "%s: %s", text, error);
	}
	if (regexec(&regex, copy, 0, NULL, 0) != 0)
		script_unexpected(s, "expected %s, got %s", text, copy);
	regfree(&regex);
	free(copy);
}

static void run_collect(struct script *s, const char *text)
{
	for (unsigned long n = script_count(s, text, &text); n > 0; n--)
		receive(s, "collect");
}

static void reply(struct script *s, size_t n, const char *values)
{
	struct buf b = {0};

	if (n == 0 || n > s->ids.n)
		script_unexpected(s, "there is no array %zu to reply to", n);
	s->answered.v[n - 1] = true;
	buf_printf(&b, "[%s,", s->ids.v[n - 1]);
	script_expand(s, &b, values, false);
	buf_puts(&b, "]\n");
	send_buf(s, &b);
}

static void run_reply(struct script *s, const char *text)
{
	reply(s, s->ids.n, text);
}

static void run_reply_to(struct script *s, const char *text)
{
	size_t n = script_count(s, text, &text);

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
	const struct array *array = receive(s, "login");
	const cJSON *v = array_member(array, 1), *args[3];
	const char *type = call_value(v);
	struct buf values = {0};
	size_t n = 0;

	(void)text;
	if (!call_is(v, "login") && !call_is(v, "login_cram_md6"))
		script_unexpected(s, "expected a login, got %.*s", (int)array->len, array->text);
	while (n < 3 && (v = v->next))
		args[n++] = v;
	buf_puts(&values, "1");
	if (!login_verify(&s->peer.box.o, s->nonce, sizeof s->nonce, type, args, n, &values))
		script_unexpected(s, "the login is wrong: %.*s", (int)array->len, array->text);
	reply(s, s->ids.n, buf_string(&values));
	buf_clear(&values);
}

/* Answers up to `max` further arrays (0: all) until the client hangs up; returns how many came. */
static unsigned long answer(struct script *s, unsigned long max, const char *only, const char *values)
{
	const struct array *array;
	unsigned long n = 0;
	enum peer_result result = PEER_OK;

	while ((max == 0 || n < max) && (result = peer_receive(&s->peer, &array)) == PEER_OK) {
		struct buf b = {0};

		if (only && !call_is(array_member(array, 1), only))
			script_unexpected(s, "expected %s, got %.*s", only, (int)array->len, array->text);
		buf_printf(&b, "[%.*s,%s]\n", (int)array->id_len, array->id, values);
		send_buf(s, &b);
		n++;
	}
	if (result != PEER_EOF)
		check(s, result, "answer");
	return n;
}

static void run_answer_all(struct script *s, const char *text)
{
	answer(s, *text ? script_count(s, text, &text) : 0, NULL, "1");
}

static void run_count_pings(struct script *s, const char *text)
{
	unsigned long n = answer(s, 0, "ping", "1,1700000000.25,42"),
		      want = *text ? script_count(s, text, &text) : n;

	if (n != want)
		script_unexpected(s, "expected %lu pings, got %lu", want, n);
}

void step_drain(struct script *s, const char *text)
{
	const struct array *array;
	enum peer_result result;

	(void)text;
	while ((result = peer_receive(&s->peer, &array)) != PEER_EOF) {
		if (result == PEER_LATE)
			check(s, result, "drain");
		/* Anything may come here. */
		if (result == PEER_BAD) {
			buf_consume(&s->peer.in, s->peer.in.len);
			s->peer.arrays = (struct arrays){0};
		}
	}
}

static void run_expect_eof(struct script *s, const char *text)
{
	const struct array *array;
	enum peer_result result = peer_receive(&s->peer, &array);

	(void)text;
	if (result == PEER_OK)
		script_unexpected(s, "expected nothing more, got %.*s", (int)array->len, array->text);
	if (result != PEER_EOF)
		check(s, result, "expect-eof");
	if (s->peer.in.len > 0)
		script_unexpected(s, "expected nothing more, got %zu bytes of an array", s->peer.in.len);
}

/* --- between client and box --- */

/* Forwards a line of the other box to the client. */
static void hand_back(struct script *s)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len = getline(&line, &size, s->forward);

	if (len < 0)
		script_unexpected(s, "the box to forward to sends nothing");
	check(s, peer_send(&s->peer, line, (size_t)len), "pass");
	free(line);
}

static void run_forward(struct script *s, const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)script_count(s, text, &text))};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&in, sizeof in) < 0 || !(s->forward = fdopen(fd, "r")))
		script_unexpected(s, "the box to forward to: %s", strerror(errno));
	hand_back(s);
}

static void run_pass(struct script *s, const char *text)
{
	unsigned long n = *text ? script_count(s, text, &text) : ULONG_MAX;
	enum peer_result result = PEER_OK;
	const struct array *array;

	for (; n > 0 && (result = peer_receive(&s->peer, &array)) == PEER_OK; n--) {
		if (!s->forward || dprintf(fileno(s->forward), "%.*s\n", (int)array->len, array->text) < 0)
			script_unexpected(s, "there is no box to forward to");
		hand_back(s);
	}
	if (result != PEER_OK && (result != PEER_EOF || *text))
		check(s, result, "pass");
}

/* --- the connection --- */

static void run_noread(struct script *s, const char *text)
{
	bool bounded = *text != '\0';

	if (!peer_wait(&s->peer, bounded ? (unsigned)script_count(s, text, &text) : s->peer.deadline_ms) && !bounded)
		check(s, PEER_LATE, "noread");
}

static void run_sleep(struct script *s, const char *text)
{
	poll(NULL, 0, (int)script_count(s, text, &text));
}

static void run_chunk(struct script *s, const char *text)
{
	s->peer.chunk = script_count(s, text, &text);
	s->peer.chunk_ms = *text ? (unsigned)script_count(s, text, &text) : 0;
}

static void run_deadline(struct script *s, const char *text)
{
	s->peer.deadline_ms = (unsigned)script_count(s, text, &text);
}

static void run_rcvbuf(struct script *s, const char *text)
{
	int size = (int)script_count(s, text, &text);

	/* Accepted sockets inherit it; set later it would not change the window. */
	for (unsigned i = 0; i < s->peer.n; i++)
		setsockopt(s->peer.listeners[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static void run_tls(struct script *s, const char *text)
{
	const char *why;
	enum peer_result result = peer_start_tls(&s->peer, &why);

	(void)text;
	if (result == PEER_BAD)
		script_unexpected(s, "tls: %s", why);
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

void steps_forget(struct script *s)
{
	while (s->ids.n > 0)
		free(s->ids.v[--s->ids.n]);
	s->answered.n = 0;
}

void step_next(struct script *s, const char *text)
{
	(void)text;
	peer_close(&s->peer, false);
	steps_forget(s);
	s->ended = s->skip = false;
	check(s, peer_accept(&s->peer), "next");
}

/* --- loops --- */

void step_repeat(struct script *s, const char *text)
{
	unsigned long n = script_count(s, text, &text);

	if (n == 0) {
		s->at = s->steps.v[s->at].other;
		return;
	}
	s->left[s->depth++] = n - 1;
}

void step_end(struct script *s, const char *text)
{
	(void)text;
	if (s->left[s->depth - 1]-- > 0)
		s->at = s->steps.v[s->at].other;
	else
		s->depth--;
}

void steps_connect(struct script *s, const char *step)
{
	if (s->peer.fd >= 0)
		return;
	if (s->ended)
		script_unexpected(s, "%s: the connection has ended; next waits for another", step);
	check(s, peer_accept(&s->peer), "waiting for a client");
}

/* --- the language --- */

const struct step_kind step_kinds[] = {
    {"send", "TEXT", "TEXT with C's escapes and $id; no newline is added", run_send, false},
    {"inject", "TEXT", "the same beside TLS, as a process in between would", run_inject, false},
    {"line", "TEXT", "as in send, and a newline", run_line, false},
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
    {"answer-all", "[N]", "[id,1] to every further array (N of them) until the client hangs up",
	run_answer_all, false},
    {"count-pings", "[N]", "a pong to every ping until it hangs up; nothing else may come, and N of them",
	run_count_pings, false},
    {"drain", "", "reads all that comes until the client hangs up", step_drain, false},
    {"forward", "PORT", "connects to another box of this machine and passes on its greeting", run_forward, false},
    {"pass", "[N]", "hands every array (N of them) to that box until the client hangs up, and back a line for each",
	run_pass, false},
    {"noread", "[MS]", "reads nothing until the client hangs up, at most so long if MS is given", run_noread, false},
    {"sleep", "MS", "does nothing for a while", run_sleep, true},
    {"chunk", "N [MS]", "from now on segments of N bytes, with a pause; 0: as they are", run_chunk, true},
    {"deadline", "MS", "how long a step may wait (300000)", run_deadline, true},
    {"rcvbuf", "N", "size of the receive buffer of later connections", run_rcvbuf, true},
    {"tls", "", "the handshake now; it must succeed", run_tls, false},
    {"try-tls", "", "the same; if it fails, goes on with the next connection", run_try_tls, false},
    {"close", "", "ends the connection; what came is read first, so that it is no reset", run_close, false},
    {"shutdown", "", "ends its own half of it", run_shutdown, false},
    {"reset", "", "ends it with a reset", run_reset, false},
    {"next", "", "ends it, if it has not, and waits for the next", step_next, true},
    {"repeat", "N", "runs the steps up to `end` N times", step_repeat, true},
    {"end", "", "the end of what is repeated", step_end, true},
    {NULL, NULL, NULL, NULL, false},
};
