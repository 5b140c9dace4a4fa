/* SPDX-License-Identifier: ISC */
/* No memory, at each allocation: a box with a wrong key is never trusted, and nothing crashes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>

#include "tls_help.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* Counts allocations while armed; number fail_at fails, and all after it if `all`. */
static atomic_long counted, fail_at;
static atomic_bool armed, all;

static bool no_memory(void)
{
	if (!armed)
		return false;
	long n = ++counted;
	return fail_at != 0 && (n == fail_at || (all && n > fail_at));
}

#ifndef SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
	return no_memory() ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return no_memory() ? (errno = ENOMEM, NULL) : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return no_memory() ? (errno = ENOMEM, NULL) : __libc_realloc(p, size);
}
#else
/* A sanitizer's malloc is not to be replaced: only OpenSSL's allocations fail then. */
static void *ssl_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return no_memory() ? NULL : malloc(size);
}

static void *ssl_realloc(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return no_memory() ? NULL : realloc(p, size);
}

static void ssl_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}
#endif

/* --- a box that serves one client after the other, and whose exit status says whether any has sent it a byte --- */

static int listener;
static unsigned short port;

static pid_t serve_many(const char *cert)
{
	pid_t pid;

	listener = help_listen(AF_INET, 64, &port);
	pid = fork();
	if (pid != 0) {
		close(listener);
		return pid;
	}
	help_die_with_parent();
	alarm(4 * DEADLINE_S);
	signal(SIGPIPE, SIG_IGN);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	if (SSL_CTX_use_certificate_chain_file(ctx, in_folder(cert)) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, in_folder(cert), SSL_FILETYPE_PEM) != 1)
		_exit(2);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		struct timeval limit = {.tv_sec = 5};
		SSL *ssl = SSL_new(ctx);
		char byte;

		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
		SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1 && SSL_write(ssl, "hello\n", 6) == 6 && SSL_read(ssl, &byte, 1) > 0)
			_exit(9);
		SSL_free(ssl);
		close(fd);
	}
}

/* --- one run, in a process of its own --- */

static int said_secured, said_closed;

static void ignore_text(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static bool ignore_question(void *ctx, const char *text, char *answer, size_t size)
{
	(void)ctx;
	(void)text;
	(void)answer;
	(void)size;
	return false;
}

static struct channel *the_channel;

static void on_connected(void *ctx)
{
	(void)ctx;
	channel_start_tls(the_channel, START_ASKED);
}

static void on_bytes(void *ctx, const char *bytes, size_t len)
{
	(void)ctx;
	(void)bytes;
	(void)len;
}

static void on_drained(void *ctx)
{
	(void)ctx;
}

static void on_secured(void *ctx)
{
	(void)ctx;
	said_secured++;
}

static void on_closed(void *ctx, const struct error *e)
{
	(void)ctx;
	said_closed++;
	/* Checks that there is a reason, and a matching status. */
	if (e == NULL || e->text[0] == '\0' || (e->status != STATUS_TLS && e->status != STATUS_PROTOCOL &&
	    e->status != STATUS_LOST && e->status != STATUS_USAGE)) {
		fprintf(stderr, "closed: %s\n", e != NULL ? e->text : "in order");
		_exit(4);
	}
}

static const struct channel_ops ops = {ignore_text, ignore_text, ignore_question, on_connected, on_bytes, on_drained,
    on_secured, on_closed};

static const int crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

/* Exit status: 0 refused or failed, 1 trusted, 2 neither in time. */
static void run(long k, bool and_all_after, enum tls_mode mode, const char *known)
{
	static const struct reach reach;
	struct channel_options o = {.reach = &reach, .tls_min = 12, .tls = mode, .known_boxes = in_folder(known), .ca = in_folder("ca.pem"),
	    .known_as = "box.example"};
	struct target t;
	struct error e;
	char text[64];
	struct loop *l = loop_create();

	/* cmocka would catch a crash and continue with its tests, here. */
	for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
		signal(crashes[i], SIG_DFL);
	alarm(DEADLINE_S);
	snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned)port);
	if (target_parse(&t, text, NULL, &e) == -1)
		_exit(3);
	o.target = &t;
	o.deadline = loop_now() + 80000;
	fail_at = k;
	all = and_all_after;
	armed = true;
	the_channel = channel_open(l, &o, &ops, NULL);
	if (the_channel == NULL)
		_exit(0);
	int64_t end = loop_now() + 100000;
	while (said_secured + said_closed == 0 && loop_now() < end)
		loop_step(l, 1000);
	armed = false;
	int result = said_secured != 0 ? 1 : said_closed != 0 ? 0 : 2;
	channel_free(the_channel);
	target_clear(&t);
	loop_free(l);
	if (fail_at == 0)
		printf("# %ld allocations\n", (long)counted);
	fflush(stdout);
	_exit(result);
}

static int run_in_child(long k, bool and_all_after, enum tls_mode mode, const char *known)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		run(k, and_all_after, mode, known);
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status))
		fail_msg("allocation %ld: signal %d", k, WTERMSIG(status));
	return WEXITSTATUS(status);
}

static long count_of(enum tls_mode mode, const char *known, int expected)
{
	int pipes[2];
	char text[64] = "";

	assert_int_equal(pipe(pipes), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(pipes[1], 1);
		run(0, false, mode, known);
	}
	close(pipes[1]);
	assert_true(read(pipes[0], text, sizeof text - 1) > 0);
	close(pipes[0]);
	assert_int_equal(help_end(pid, false), expected);
	print_message("%s", text);
	return strtol(text + 2, NULL, 10);
}

/* All of the first ones, which are ours mostly, and a sample of OpenSSL's thousands. */
static void sweep(enum tls_mode mode, const char *known, long samples, bool may_succeed)
{
	long total = count_of(mode, known, may_succeed), step = total / samples + 1, trusted = 0;

	for (long k = 1; k <= total; k += k < 60 ? 1 : step)
		for (int and_all_after = 0; and_all_after < 2; and_all_after++) {
			int result = run_in_child(k, and_all_after, mode, known);

			trusted += result == 1;
			if (result > 1 || (result == 1 && !may_succeed))
				fail_msg("allocation %ld of %ld: result %d", k, total, result);
		}
	print_message("# trusted in %ld runs\n", trusted);
}

/* The certificate is verified among the last allocations; OpenSSL copies the name to verify there, in three of them. */
static void sweep_verifying(const char *known)
{
	long total = count_of(TLS_VERIFY, known, 0);

	for (long k = total - 600; k <= total; k += 2)
		if (run_in_child(k, false, TLS_VERIFY, known) != 0)
			fail_msg("allocation %ld of %ld: trusted", k, total);
}

static void test_box_with_a_wrong_key_is_never_trusted(void **state)
{
	pid_t box = serve_many("self.pem");

	(void)state;
	sweep(TLS_ON, "known-wrong", 250, false);
	kill(box, SIGTERM);
	assert_int_equal(help_end(box, false), -1);
}

static void test_certificate_that_does_not_verify_is_never_trusted(void **state)
{
	pid_t box = serve_many("wrong-name.pem");

	(void)state;
	sweep(TLS_VERIFY, "known-nothing", 250, false);
	sweep(TLS_ON, "known-nothing", 100, false);
	sweep_verifying("known-nothing");
	kill(box, SIGTERM);
	assert_int_equal(help_end(box, false), -1);
}

static void test_good_box_is_trusted_or_the_run_ends_with_a_reason(void **state)
{
	pid_t box = serve_many("good.pem");

	(void)state;
	sweep(TLS_VERIFY, "known-nothing", 100, true);
	kill(box, SIGTERM);
	assert_int_equal(help_end(box, false), -1);
}

static int make_certificates(void **state)
{
	static const struct cert_spec specs[] = {
		{"ca", "ec", NULL, "Test Authority", 0, NULL, NULL, -10, 3650, NULL, true},
		{"self", "ec2", NULL, "box.example", 0, "DNS:box.example", NULL, -1, 365, NULL, false},
		{"wrong-name", "ec2", "ca", "x", 0, "DNS:other.example", NULL, -1, 365, NULL, false},
		{"good", "ec2", "ca", "x", 0, "DNS:box.example", NULL, -1, 365, NULL, false},
	};

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
		tls_make(&specs[i]);
	int fd = open(in_folder("known-wrong"), O_WRONLY | O_CREAT, 0600);
	assert_true(write(fd, "box.example:55 sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 2024-01-31\n", 79) > 0);
	close(fd);
	fd = open(in_folder("known-nothing"), O_WRONLY | O_CREAT, 0600);
	assert_true(write(fd, "box.example:55 tls 2024-01-31 min=1.3\n", 38) > 0);
	close(fd);
	return 0;
}

static int remove_certificates(void **state)
{
	char command[128];

	(void)state;
	for (size_t i = 0; i < made_count; i++)
		X509_free(made[i].cert);
	for (size_t i = 0; keys[i].name != NULL; i++)
		EVP_PKEY_free(keys[i].key);
	snprintf(command, sizeof command, "rm -r %s", folder);
	return pclose(popen(command, "r"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_box_with_a_wrong_key_is_never_trusted),
		cmocka_unit_test(test_certificate_that_does_not_verify_is_never_trusted),
		cmocka_unit_test(test_good_box_is_trusted_or_the_run_ends_with_a_reason),
	};

#ifdef SANITIZED
	CRYPTO_set_mem_functions(ssl_malloc, ssl_realloc, ssl_free);
#endif
	return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
