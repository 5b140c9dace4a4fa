/* SPDX-License-Identifier: ISC */
/*
 * Queries of RFC 1413: good, bad, and too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net_help.h"

#include "net/ident.h"

/* --- reading --- */

static void check_query(const char *text, bool good, unsigned first, unsigned second)
{
	unsigned ports[2];

	assert_int_equal(ident_read_query(text, strlen(text), ports), good);
	assert_int_equal(ports[0], first);
	assert_int_equal(ports[1], second);
}

static void blanks_may_stand_anywhere(void **state)
{
	(void)state;
	check_query("6193,23", true, 6193, 23);
	check_query("6193, 23", true, 6193, 23);
	check_query(" \t6193 \t,\t 23  ", true, 6193, 23);
	check_query("1,65535", true, 1, 65535);
	check_query("000113,055", true, 113, 55);
}

static void what_is_no_pair_of_ports_is_invalid(void **state)
{
	(void)state;
	check_query("", false, 0, 0);
	check_query("hello", false, 0, 0);
	check_query("6193", false, 6193, 0);
	check_query("6193 23", false, 6193, 0);
	check_query("6193,", false, 6193, 0);
	check_query(",23", false, 0, 0);
	check_query("6193,23,1", false, 6193, 23);
	check_query("6193,23 x", false, 6193, 23);
	check_query("-6193,23", false, 0, 0);
	check_query("6193,2.5", false, 6193, 2);
	check_query("0,23", false, 0, 23);
	check_query("6193,0", false, 6193, 0);
	check_query("65536,23", false, 65536, 23);
	check_query("4294967297,1", false, 429496729, 1);
	check_query("61 93,23", false, 61, 0);
}

static void names_are_printable_ascii(void **state)
{
	char name[IDENT_USER_MAX + 2];

	(void)state;
	assert_true(ident_user_valid("admin"));
	assert_true(ident_user_valid("a b:c"));
	assert_false(ident_user_valid(""));
	assert_false(ident_user_valid(" a"));
	assert_false(ident_user_valid("a\r\n1, 2 : USERID : UNIX : root"));
	assert_false(ident_user_valid("J\xc3\xb6rg"));
	memset(name, 'x', sizeof name);
	name[IDENT_USER_MAX] = '\0';
	assert_true(ident_user_valid(name));
	name[IDENT_USER_MAX] = 'x';
	name[IDENT_USER_MAX + 1] = '\0';
	assert_false(ident_user_valid(name));
}

static void check_where(const char *text, bool good, bool address, unsigned port)
{
	struct address a;
	unsigned short p = 0;

	assert_int_equal(ident_where(text, &a, &p), good);
	if (!good)
		return;
	assert_int_equal(a.len != 0, address);
	assert_int_equal(p, port);
}

static void a_port_may_have_an_address(void **state)
{
	(void)state;
	check_where("113", true, false, 113);
	check_where("0", true, false, 0);
	check_where("127.0.0.1:113", true, true, 113);
	check_where("[::1]:113", true, true, 113);
	check_where("auth", true, false, 113);
	check_where("127.1:https", true, true, 443);
	check_where("[::ffff:127.1]:113", true, true, 113);
	check_where("no-such-service", false, false, 0);
	check_where("127.0.0.1:no-such-service", false, false, 0);
	check_where("", false, false, 0);
	check_where("65536", false, false, 0);
	check_where("11x", false, false, 0);
	check_where(":113", false, false, 0);
	check_where("::1:113", false, false, 0);
	check_where("127.0.0.1:", false, false, 0);
	check_where("localhost:113", false, false, 0);
}

static void a_mapped_address_is_the_same_host(void **state)
{
	struct address a, b;

	(void)state;
	address_parse(&a, "127.0.0.1", 1);
	address_parse(&b, "::ffff:127.0.0.1", 2);
	assert_true(address_same_host(&a, &b));
	address_parse(&b, "::1", 2);
	assert_false(address_same_host(&a, &b));
	address_parse(&b, "127.0.0.2", 1);
	assert_false(address_same_host(&a, &b));
}

/* --- answering --- */

struct fixture {
	struct loop *loop;
	struct ident *ident;
	bool welcome;
	unsigned answers;
};

static bool welcome(void *ctx, const struct address *peer)
{
	(void)peer;
	return ((struct fixture *)ctx)->welcome;
}

static enum ident_answer whose(void *ctx, const struct address *local, const struct address *remote, const char **user)
{
	(void)ctx, (void)remote;
	*user = "me";
	return address_port(local) == 6193 ? IDENT_USER : address_port(local) == 6194 ? IDENT_HIDDEN : IDENT_NO_USER;
}

static void answered(void *ctx, const char *text)
{
	assert_null(strpbrk(text, "\r\n"));
	((struct fixture *)ctx)->answers++;
}

static const struct ident_ops ops = {.welcome = welcome, .whose = whose, .answered = answered};

static void open_fixture(struct fixture *f, int64_t patience)
{
	struct address a;
	struct error e;

	*f = (struct fixture){.loop = loop_create(), .welcome = true};
	address_parse(&a, "127.0.0.1", 0);
	int fd = ident_listen(&a, 0, &e);
	assert_int_not_equal(fd, -1);
	f->ident = ident_create(f->loop, fd, patience, &ops, f);
	assert_non_null(f->ident);
}

static void close_fixture(struct fixture *f)
{
	ident_free(f->ident);
	loop_free(f->loop);
}

static int dial(const struct fixture *f)
{
	struct address a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address_parse(&a, "127.0.0.1", ident_port(f->ident));
	assert_int_equal(connect(fd, &a.sa.any, a.len), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Runs the loop until the text has come, or the end (then *ended), or a minute has passed. */
static void take(struct fixture *f, int fd, const char *wanted, bool *ended)
{
	char text[16384];
	size_t len = 0;
	int64_t end = loop_now() + 60000;

	*ended = false;
	while (loop_now() < end && !*ended && len < strlen(wanted) + (wanted[0] == '\0')) {
		loop_step(f->loop, 5);
		ssize_t n = recv(fd, text + len, sizeof text - len - 1, 0);
		if (n > 0)
			len += (size_t)n;
		else
			*ended = n == 0 || errno != EAGAIN;
	}
	text[len] = '\0';
	assert_string_equal(text, wanted);
}

static void put(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static void several_queries_a_connection_in_any_cut(void **state)
{
	struct fixture f;
	bool ended;

	(void)state;
	open_fixture(&f, IDENT_PATIENCE);
	int fd = dial(&f);
	put(fd, "6193, 23\r\n");
	take(&f, fd, "6193, 23 : USERID : UNIX : me\r\n", &ended);
	put(fd, "6194,23\n6195,23\r\n61");
	take(&f, fd, "6194, 23 : ERROR : HIDDEN-USER\r\n6195, 23 : ERROR : NO-USER\r\n", &ended);
	put(fd, "93,");
	loop_step(f.loop, 20);
	put(fd, "23\r");
	loop_step(f.loop, 20);
	put(fd, "\n");
	take(&f, fd, "6193, 23 : USERID : UNIX : me\r\n", &ended);
	put(fd, "what\r\n");
	take(&f, fd, "0, 0 : ERROR : INVALID-PORT\r\n", &ended);
	assert_false(ended);
	assert_int_equal(f.answers, 5);
	/* A client that ends its side gets the answers it has asked for. */
	put(fd, "6193,23\r\n6193,24\r\n");
	shutdown(fd, SHUT_WR);
	take(&f, fd, "6193, 23 : USERID : UNIX : me\r\n6193, 24 : USERID : UNIX : me\r\n", &ended);
	take(&f, fd, "", &ended);
	assert_true(ended);
	close(fd);
	close_fixture(&f);
}

static void a_long_query_ends_the_connection(void **state)
{
	struct fixture f;
	bool ended;
	char query[IDENT_QUERY_MAX + 8];

	(void)state;
	open_fixture(&f, IDENT_PATIENCE);
	int fd = dial(&f);
	memset(query, ' ', sizeof query);
	memcpy(query + IDENT_QUERY_MAX - 7, "6193,23\r\n", 10);	/* 1000 bytes: just right */
	put(fd, query);
	take(&f, fd, "6193, 23 : USERID : UNIX : me\r\n", &ended);
	assert_false(ended);
	memset(query, ' ', sizeof query);
	memcpy(query + IDENT_QUERY_MAX - 6, "6193,23\r\n", 10);
	put(fd, query);
	take(&f, fd, "", &ended);
	assert_true(ended);
	close(fd);
	close_fixture(&f);
}

static void a_slow_query_ends_the_connection(void **state)
{
	struct fixture f;
	bool ended;

	(void)state;
	open_fixture(&f, 150);
	int fd = dial(&f);
	int64_t begun = loop_now();
	/* Slow bytes do not extend the deadline. */
	for (const char *p = "6193, 2"; *p != '\0'; p++) {
		char one[2] = {*p, '\0'};
		if (send(fd, one, 1, MSG_NOSIGNAL) != 1)
			break;
		loop_step(f.loop, 10);
	}
	take(&f, fd, "", &ended);
	assert_true(ended);
	assert_true(loop_now() - begun >= 140);
	close(fd);
	close_fixture(&f);
}

static void the_ninth_waits_until_one_has_gone(void **state)
{
	struct fixture f;
	int fds[IDENT_CLIENTS + 1];
	bool ended;

	(void)state;
	open_fixture(&f, IDENT_PATIENCE);
	for (size_t i = 0; i < IDENT_CLIENTS + 1; i++) {
		fds[i] = dial(&f);
		put(fds[i], "6193, 23\r\n");
	}
	for (size_t i = 0; i < IDENT_CLIENTS; i++)
		take(&f, fds[i], "6193, 23 : USERID : UNIX : me\r\n", &ended);
	for (int i = 0; i < 20; i++)
		loop_step(f.loop, 2);
	assert_int_equal(f.answers, IDENT_CLIENTS);
	close(fds[3]);
	take(&f, fds[IDENT_CLIENTS], "6193, 23 : USERID : UNIX : me\r\n", &ended);
	for (size_t i = 0; i < IDENT_CLIENTS + 1; i++)
		if (i != 3)
			close(fds[i]);
	close_fixture(&f);
}

static void strangers_get_no_answer(void **state)
{
	struct fixture f;
	bool ended;

	(void)state;
	open_fixture(&f, IDENT_PATIENCE);
	f.welcome = false;
	int fd = dial(&f);
	put(fd, "6193, 23\r\n");
	take(&f, fd, "", &ended);
	assert_true(ended);
	assert_int_equal(f.answers, 0);
	close(fd);
	close_fixture(&f);
}

static void a_peer_that_turns_out_a_stranger_gets_no_further_answer(void **state)
{
	struct fixture f;
	bool ended;

	(void)state;
	open_fixture(&f, IDENT_PATIENCE);
	int fd = dial(&f);
	put(fd, "6193, 23\r\n");
	take(&f, fd, "6193, 23 : USERID : UNIX : me\r\n", &ended);
	assert_false(ended);
	f.welcome = false;
	put(fd, "6193, 23\r\n");
	take(&f, fd, "", &ended);
	assert_true(ended);
	assert_int_equal(f.answers, 1);
	close(fd);
	close_fixture(&f);
}

/* One that asks and never reads costs a few kilobytes, then its turn. */
static void an_asker_that_does_not_read_is_cut_off(void **state)
{
	struct fixture f;
	char many[9 * 1000 + 1] = "";
	bool gone = false;

	(void)state;
	open_fixture(&f, 300);
	int fd = dial(&f), small = 2048;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	for (size_t i = 0; i < 1000; i++)
		memcpy(many + 9 * i, "6193,23\r\n", 10);
	for (int64_t end = loop_now() + 100000; loop_now() < end && !gone;) {
		if (send(fd, many, 9000, MSG_NOSIGNAL) == -1 && errno != EAGAIN)
			gone = true;
		loop_step(f.loop, 5);
	}
	assert_true(gone);
	close(fd);
	close_fixture(&f);
}

static void a_socket_is_taken_only_if_it_listens(void **state)
{
	struct error e;
	unsigned short port;
	int fd = help_listen(AF_INET, 1, &port), pair[2];

	(void)state;
	assert_int_equal(ident_take(fd, &e), 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	assert_int_equal(ident_take(fd, &e), -1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(ident_take(pair[0], &e), -1);
	assert_non_null(strstr(e.text, "listens"));
	close(pair[0]);
	close(pair[1]);
	fd = open("/dev/null", O_RDONLY);
	assert_int_equal(ident_take(fd, &e), -1);
	close(fd);
}

static void a_port_in_use_is_reported(void **state)
{
	struct error e;
	struct address a;
	unsigned short port;
	int fd = help_listen(AF_INET, 1, &port);

	(void)state;
	address_parse(&a, "127.0.0.1", port);
	assert_int_equal(ident_listen(&a, port, &e), -1);
	assert_non_null(strstr(e.text, strerror(EADDRINUSE)));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_may_stand_anywhere),
		cmocka_unit_test(what_is_no_pair_of_ports_is_invalid),
		cmocka_unit_test(names_are_printable_ascii),
		cmocka_unit_test(a_port_may_have_an_address),
		cmocka_unit_test(a_mapped_address_is_the_same_host),
		cmocka_unit_test(several_queries_a_connection_in_any_cut),
		cmocka_unit_test(a_long_query_ends_the_connection),
		cmocka_unit_test(a_slow_query_ends_the_connection),
		cmocka_unit_test(the_ninth_waits_until_one_has_gone),
		cmocka_unit_test(strangers_get_no_answer),
		cmocka_unit_test(a_peer_that_turns_out_a_stranger_gets_no_further_answer),
		cmocka_unit_test(an_asker_that_does_not_read_is_cut_off),
		cmocka_unit_test(a_socket_is_taken_only_if_it_listens),
		cmocka_unit_test(a_port_in_use_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
