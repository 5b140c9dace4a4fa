/* SPDX-License-Identifier: ISC */
/* channel with TLS: handshakes, certificates, keys known and unknown, and how it ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/stat.h>

#include "tls_help.h"

/* --- what the server does after the handshake --- */

static void talk_hello(SSL *ssl, int fd)
{
	char bytes[4096];
	int n;

	(void)fd;
	SSL_write(ssl, "hello\n", 6);
	while ((n = SSL_read(ssl, bytes, sizeof bytes)) > 0)
		SSL_write(ssl, bytes, n);
	/* 0: the client has closed in order; the exit status also says whether a byte came in a refused connection. */
	if (SSL_get_error(ssl, n) != SSL_ERROR_ZERO_RETURN)
		_exit(3);
}

/* Exit status 9 if the client sends anything at all. */
static void talk_suspicious(SSL *ssl, int fd)
{
	char byte;

	(void)fd;
	if (SSL_read(ssl, &byte, 1) > 0)
		_exit(9);
}

static pid_t serve(struct holder *h, const char *cert, void (*talk)(SSL *, int))
{
	unsigned short port;
	int listener = help_listen(AF_INET, 4, &port);

	server.cert = cert;
	server.talk = talk;
	pid_t pid = help_serve(listener, server_run);
	memset(&server, 0, sizeof server);
	holder_init_port(h, "127.0.0.1", port);
	h->o.tls = TLS_ON;
	h->o.known_boxes = in_folder("known/known_boxes");
	h->o.deadline = loop_now() + DEADLINE_MS;
	h->on_connected = start_tls_now;
	return pid;
}

/* Until it is secured or closed. */
static void shake(struct holder *h)
{
	holder_open(h);
	int64_t end = loop_now() + 150000;
	while (h->secured + h->closed == 0 && loop_now() < end)
		loop_step(h->loop, 1000);
	assert_true(h->secured + h->closed > 0);
}

/* That of the last connection. */
static char refusal[ERROR_TEXT];

static int expect_refusal(struct holder *h, pid_t pid, const char *says)
{
	shake(h);
	assert_int_equal(h->secured, 0);
	snprintf(refusal, sizeof refusal, "%s", h->e.text);
	print_message("# %s\n", h->e.text);
	assert_int_equal(h->e.status, STATUS_TLS);
	assert_says(h->e.text, says);
	assert_null(strchr(h->e.text, '\n'));
	holder_clear(h);
	int status = help_end(pid, false);
	assert_int_not_equal(status, 9);
	return status;
}

static void expect_trust(struct holder *h, pid_t pid, const char *vouched)
{
	struct channel_info info;

	shake(h);
	if (h->closed)
		fail_msg("%s", h->e.text);
	channel_info(h->channel, &info);
	assert_says(info.verified_by, vouched);
	assert_true(holder_wait_bytes(h, 6));
	holder_send(h, "round trip");
	assert_true(holder_wait_bytes(h, 16));
	assert_string_equal(buf_string(&h->received), "hello\nround trip");
	channel_info(h->channel, &info);
	assert_int_equal(info.sent, 10);
	assert_int_equal(info.received, 16);
	holder_clear(h);
	assert_int_equal(help_end(pid, false), 0);
}

static void write_known(const char *text)
{
	mkdir(in_folder("known"), 0700);
	unlink(in_folder("known/known_boxes"));
	if (text == NULL)
		return;
	int fd = open(in_folder("known/known_boxes"), O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static const char *read_known(void)
{
	static char text[4096];
	int fd = open(in_folder("known/known_boxes"), O_RDONLY);
	ssize_t n = fd != -1 ? read(fd, text, sizeof text - 1) : 0;

	close(fd);
	text[n] = '\0';
	return text;
}

/* "127.0.0.1:PORT" as written in known_boxes. */
static const char *name_of(struct holder *h)
{
	static char name[64];

	snprintf(name, sizeof name, "%s:%u", h->target.host, (unsigned)h->target.port);
	return name;
}

/* --- unknown, known and changed keys --- */

static void test_unknown_key_without_a_terminal_is_refused_with_its_pin(void **state)
{
	struct holder h;
	char pin[64];

	(void)state;
	write_known(NULL);
	tls_pin("self", pin);
	pid_t pid = serve(&h, "self", talk_suspicious);
	char says[128];
	snprintf(says, sizeof says, "--pin %s, or --accept-new", pin);
	expect_refusal(&h, pid, says);
	assert_string_equal(read_known(), "");
}

static void test_pin_is_trusted_and_another_one_is_not(void **state)
{
	struct holder h;
	char pin[64], list[200];
	pid_t pid;

	(void)state;
	write_known(NULL);
	tls_pin("self", pin);
	pid = serve(&h, "self", talk_hello);
	h.o.pin = pin;
	expect_trust(&h, pid, "--pin");
	pid = serve(&h, "self", talk_hello);
	snprintf(list, sizeof list, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;%s", pin);
	h.o.pin = list;
	expect_trust(&h, pid, "--pin");
	pid = serve(&h, "other", talk_suspicious);
	h.o.pin = pin;
	expect_refusal(&h, pid, "not --pin ");
	/* With other options, too: insecure, accepting. */
	pid = serve(&h, "other", talk_suspicious);
	h.o.pin = pin;
	h.o.tls = TLS_INSECURE;
	h.o.accept_new = true;
	expect_refusal(&h, pid, "not --pin ");
	assert_string_equal(read_known(), "");
}

static void fails_of_a_warning(void *ctx, const char *text)
{
	(void)ctx;
	fail_msg("%s", text);
}

/* A key that is known or pinned needs no authority: the system's may be missing, and an attacker may have one of theirs. */
static void test_authorities_are_asked_only_where_no_key_is_expected(void **state)
{
	static const struct trust_ops ops = {.warn = fails_of_a_warning};
	static const struct { enum tls_mode mode; bool pin, known, wanted; } cases[] = {
		{TLS_AUTO, false, false, true}, {TLS_ON, false, false, true}, {TLS_VERIFY, false, false, true}, {TLS_INSECURE, false, false, false},
		{TLS_AUTO, true, false, false}, {TLS_ON, true, false, false}, {TLS_VERIFY, true, false, true}, {TLS_INSECURE, true, false, false},
		{TLS_AUTO, false, true, false}, {TLS_ON, false, true, false}, {TLS_VERIFY, false, true, true},
	};
	char pin[64], line[128], host[] = "127.0.0.1";
	const struct target target = {.host = host, .port = 7};

	(void)state;
	tls_pin("self", pin);
	snprintf(line, sizeof line, "127.0.0.1:7 %s 2026-01-01\n", pin);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trust t;
		struct error e;
		struct trust_settings settings = {.mode = cases[i].mode, .pin = cases[i].pin ? pin : NULL,
		    .known_boxes = in_folder("known/known_boxes")};

		write_known(cases[i].known ? line : NULL);
		assert_int_equal(trust_init(&t, &settings, &target, NULL, &ops, NULL, &e), 0);
		if (trust_needs_authority(&t) != cases[i].wanted)
			fail_msg("case %zu", i);
		trust_clear(&t);
	}
	write_known(NULL);
}

static void test_pin_that_is_none_is_a_mistake(void **state)
{
	static const char *const pins[] = {"", "sha256//", "sha256//AAAA", "md5//x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};

	(void)state;
	for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++) {
		struct holder h;
		pid_t pid = serve(&h, "self", talk_suspicious);

		h.o.pin = pins[i];
		shake(&h);
		assert_int_equal(h.e.status, STATUS_USAGE);
		assert_says(h.e.text, "not a pin");
		holder_clear(&h);
		help_end(pid, true);
	}
}

static void test_accepted_key_is_remembered_and_a_changed_one_refused(void **state)
{
	struct holder h;
	char pin[64], other[64], text[512];
	pid_t pid;
	unsigned short port;
	struct stat st;

	(void)state;
	write_known(NULL);
	rmdir(in_folder("known"));
	tls_pin("self", pin);
	tls_pin("other", other);
	pid = serve(&h, "self", talk_hello);
	h.o.accept_new = true;
	port = h.target.port;
	expect_trust(&h, pid, "--accept-new");
	assert_int_equal(stat(in_folder("known"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(in_folder("known/known_boxes"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	snprintf(text, sizeof text, "127.0.0.1:%u %s 20", (unsigned)port, pin);
	assert_memory_equal(read_known(), text, strlen(text));
	assert_says(read_known(), " min=1.3 start_tls=asked\n");

	/* The same key at another port of ours: its line is added by hand. */
	pid = serve(&h, "self", talk_hello);
	snprintf(text, sizeof text, "# mine\n%s %s 2024-01-31\n", name_of(&h), pin);
	write_known(text);
	expect_trust(&h, pid, "line 2");
	/* The TLS version has been added to the line. */
	assert_says(read_known(), "# mine\n");
	assert_says(read_known(), " 2024-01-31 min=1.3 start_tls=asked\n");

	pid = serve(&h, "other", talk_suspicious);
	snprintf(text, sizeof text, "# mine\n\n%s %s 2024-01-31\n", name_of(&h), pin);
	write_known(text);
	h.o.accept_new = true;
	h.answers[0] = "yes";
	shake(&h);
	assert_int_equal(h.asked, 0);
	assert_int_equal(h.e.status, STATUS_TLS);
	assert_says(h.e.text, "KEY HAS CHANGED");
	assert_says(h.e.text, pin);
	assert_says(h.e.text, other);
	assert_says(h.e.text, "known_boxes:3)");
	holder_clear(&h);
	assert_int_not_equal(help_end(pid, false), 9);
	assert_string_equal(read_known(), text);

	/* Several keys: one of them is enough. */
	pid = serve(&h, "other", talk_hello);
	snprintf(text, sizeof text, "%s %s 2024-01-31 start_tls=asked\n%s %s 2024-01-31 min=1.3 start_tls=asked\n", name_of(&h), pin, name_of(&h), other);
	write_known(text);
	expect_trust(&h, pid, "line 2");
	assert_string_equal(read_known(), text);
}

/* E9 */
static void test_question_is_answered(void **state)
{
	static const struct { const char *answers[2]; bool continues; const char *says; } cases[] = {
		{{"no", NULL}, false, "was not accepted"},
		{{"", NULL}, false, "was not accepted"},
		{{"yes", NULL}, true, "you, just now"},
		{{" YES\n", NULL}, true, "you, just now"},
		{{"PIN", NULL}, true, "you, just now"},
		{{"PIN-BARE", NULL}, true, "you, just now"},
		{{"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL}, false, "not the one that was typed"},
		{{"sha256//shor", NULL}, false, "not the one that was typed"},
		{{"y", "yes"}, true, "you, just now"},
		{{"maybe", "no"}, false, "was not accepted"},
	};
	char pin[64];

	(void)state;
	tls_pin("self", pin);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;
		pid_t pid = serve(&h, "self", cases[i].continues ? talk_hello : talk_suspicious);

		print_message("# answer %s\n", cases[i].answers[0]);
		write_known(NULL);
		for (int a = 0; a < 2; a++)
			h.answers[a] = cases[i].answers[a];
		if (strncmp(cases[i].answers[0], "PIN", 3) == 0)
			h.answers[0] = cases[i].answers[0][3] == '\0' ? pin : pin + 8;
		if (!cases[i].continues) {
			expect_refusal(&h, pid, cases[i].says);
			assert_string_equal(read_known(), "");
			continue;
		}
		shake(&h);
		assert_int_equal(h.secured, 1);
		assert_int_equal(channel_trust(h.channel), TRUST_TLS);
		assert_says(buf_string(&h.question), pin);
		assert_says(buf_string(&h.question), "EC prime256v1");
		assert_says(buf_string(&h.question), "subject  CN = box\\x1b[31m\\x0a\\xe2\\x80\\xae.example");
		assert_says(buf_string(&h.question), "self-signed");
		assert_says(read_known(), pin);
		holder_clear(&h);
		help_end(pid, false);
	}
}

static void test_insecure_continues_with_a_warning_and_is_not_trusted(void **state)
{
	struct holder h;
	char text[256];
	pid_t pid;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "self", talk_hello);
	h.o.tls = TLS_INSECURE;
	shake(&h);
	assert_int_equal(h.secured, 1);
	/* It is on loopback nevertheless. */
	assert_int_equal(channel_trust(h.channel), TRUST_LOOPBACK);
	assert_says(buf_string(&h.warnings), "the key is not verified");
	holder_clear(&h);
	assert_int_equal(help_end(pid, false), 0);
	assert_string_equal(read_known(), "");
	pid = serve(&h, "self", talk_hello);
	h.o.tls = TLS_INSECURE;
	snprintf(text, sizeof text, "%s sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 2024-01-31\n", name_of(&h));
	write_known(text);
	shake(&h);
	assert_int_equal(h.secured, 1);
	assert_says(buf_string(&h.warnings), "NOT THE ONE REMEMBERED");
	holder_clear(&h);
	help_end(pid, false);
}

static void test_insecure_through_a_proxy_is_not_trusted(void **state)
{
	struct holder h;
	pid_t pid;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "self", talk_hello);
	h.o.tls = TLS_INSECURE;
	h.reach.proxy_command = "exec perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => \"%h:%p\") or exit 9;"
	    " if (!fork) { syswrite $s, $b while sysread STDIN, $b, 4096; exit }"
	    " syswrite STDOUT, $b while sysread $s, $b, 4096'";
	shake(&h);
	assert_int_equal(h.secured, 1);
	assert_int_equal(channel_trust(h.channel), TRUST_TLS_UNKNOWN);
	assert_true(holder_wait_bytes(&h, 6));
	holder_clear(&h);
	help_end(pid, true);
}

/* --- what the run itself has seen: known_boxes is missing, or cannot be written --- */

static void test_key_that_could_not_be_remembered_is_still_known_to_the_run(void **state)
{
	struct trust_seen seen = {0};
	struct holder h;
	struct error e;
	pid_t pid;

	(void)state;
	pid = serve(&h, "self", talk_hello);
	h.o.known_boxes = NULL;
	h.o.accept_new = true;
	h.o.seen = &seen;
	h.o.known_as = "box.example";
	expect_trust(&h, pid, "--accept-new");
	/* The next connection: the same key, another one, none. */
	pid = serve(&h, "self", talk_hello);
	h.o.known_boxes = NULL;
	h.o.accept_new = true;
	h.o.seen = &seen;
	h.o.known_as = "box.example";
	expect_trust(&h, pid, "seen earlier in this run");
	pid = serve(&h, "other", talk_suspicious);
	h.o.known_boxes = NULL;
	h.o.accept_new = true;
	h.o.seen = &seen;
	h.o.known_as = "box.example";
	expect_refusal(&h, pid, "KEY HAS CHANGED");
	holder_init(&h, "core.example:55");
	h.reach.proxy_command = "exec cat >/dev/null";
	h.o.seen = &seen;
	h.o.known_as = "box.example";
	holder_open(&h);
	assert_true(holder_wait(&h, &h.connected, 1));
	assert_int_equal(channel_wants(h.channel), WANTS_TLS);
	h.answers[0] = "yes";
	assert_int_equal(channel_accept_clear(h.channel, &e), -1);
	assert_int_equal(h.asked, 0);
	assert_says(e.text, "used it before (seen earlier in this run)");
	holder_clear(&h);
	/* Another box is not affected. */
	pid = serve(&h, "other", talk_hello);
	h.o.known_boxes = NULL;
	h.o.accept_new = true;
	h.o.seen = &seen;
	expect_trust(&h, pid, "--accept-new");
	trust_seen_clear(&seen);
}

static void test_old_tls_is_reported_though_no_file_remembers_the_box(void **state)
{
	struct trust_seen seen = {0};
	struct holder h;

	(void)state;
	write_known(NULL);
	for (int again = 0; again < 2; again++) {
		server.max = again ? TLS1_1_VERSION : 0;
		pid_t pid = serve(&h, "rsa2048", talk_hello);
		h.o.known_boxes = NULL;
		h.o.accept_new = true;
		h.o.seen = &seen;
		h.o.known_as = "box.example";
		h.o.tls_min = 10;
		shake(&h);
		assert_int_equal(h.secured, 1);
		assert_true((strstr(buf_string(&h.warnings), "speaks only TLS 1.1 now, it used 1.3 before") != NULL) == again);
		holder_clear(&h);
		help_end(pid, false);
	}
	trust_seen_clear(&seen);
}

static void test_file_has_the_last_word_about_what_the_run_has_seen(void **state)
{
	struct trust_seen seen = {0};
	struct holder h;
	char pin[64], text[256];
	pid_t pid;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "self", talk_hello);
	h.o.accept_new = true;
	h.o.seen = &seen;
	h.o.known_as = "box.example";
	expect_trust(&h, pid, "--accept-new");
	tls_pin("other", pin);
	snprintf(text, sizeof text, "box.example:55 %s 2024-01-31 min=1.3\n", pin);
	write_known(text);
	pid = serve(&h, "other", talk_hello);
	h.o.seen = &seen;
	h.o.known_as = "box.example";
	expect_trust(&h, pid, "known_boxes line 1");
	pid = serve(&h, "self", talk_suspicious);
	h.o.seen = &seen;
	h.o.known_as = "box.example";
	expect_refusal(&h, pid, "KEY HAS CHANGED");
	trust_seen_clear(&seen);
}

/* --- certificates by an authority: E11, E12, E13 --- */

static void test_certificates_by_an_authority(void **state)
{
	static const struct { const char *cert, *known_as; const char *refusal; } cases[] = {
		{"good", "box.example", NULL},
		{"good", "BOX.Example:55", NULL},
		{"good", "box.example.", NULL},
		{"good", "other.example", "hostname mismatch"},
		{"good", NULL, NULL},			/* by its IP SAN, 127.0.0.1 */
		{"good", "127.1", NULL},
		{"good", "[::1]", NULL},
		{"good", "127.0.0.2", "IP address mismatch"},
		{"wildcard", "a.lab.example", NULL},
		{"wildcard", "a.b.lab.example", "hostname mismatch"},
		{"wildcard", "lab.example", "hostname mismatch"},
		{"wildcard", NULL, "IP address mismatch"},
		{"cn-only", "box.example", "hostname mismatch"},
		{"nul-in-cn", "box.example", "hostname mismatch"},
		{"expired", "box.example", "expired"},
		{"early", "box.example", "not yet valid"},
		{"client", "box.example", "purpose"},
		{"self", "box.example", "self-signed"},
		{"sha1", "box.example", "too weak"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int mode = 0; mode < 2; mode++) {
			struct holder h;
			pid_t pid = serve(&h, cases[i].cert, cases[i].refusal == NULL ? talk_hello : talk_suspicious);

			print_message("# %s for %s\n", cases[i].cert, cases[i].known_as != NULL ? cases[i].known_as : "-");
			write_known(NULL);
			h.o.tls = mode == 0 ? TLS_VERIFY : TLS_ON;
			h.o.ca = in_folder("ca.pem");
			h.o.known_as = cases[i].known_as;
			if (cases[i].refusal != NULL) {
				expect_refusal(&h, pid, cases[i].refusal);
				assert_string_equal(read_known(), "");
			} else {
				expect_trust(&h, pid, "verified by CN = Test Authority");
				assert_says(read_known(), " tls 20");
			}
		}
}

static void test_system_authorities_are_not_the_test_authority(void **state)
{
	struct holder h;
	pid_t pid;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "good", talk_suspicious);
	h.o.tls = TLS_VERIFY;
	expect_refusal(&h, pid, "self-signed certificate in certificate chain");
	/* ...but are used by default. */
	setenv("SSL_CERT_FILE", in_folder("ca.pem"), 1);
	pid = serve(&h, "good", talk_hello);
	expect_trust(&h, pid, "verified by");
	unsetenv("SSL_CERT_FILE");
}

static void test_weak_signatures_are_taken_with_tls_min_1_0_only(void **state)
{
	struct holder h;
	pid_t pid;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "sha1", talk_hello);
	h.o.tls = TLS_VERIFY;
	h.o.ca = in_folder("ca.pem");
	h.o.known_as = "box.example";
	h.o.tls_min = 10;
	expect_trust(&h, pid, "verified by");
}

static void test_authority_with_a_key_of_512_bits_is_not_trusted(void **state)
{
	struct holder h;
	pid_t pid;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "weakly", talk_suspicious);
	h.o.tls = TLS_VERIFY;
	h.o.ca = in_folder("weak-ca.pem");
	h.o.known_as = "box.example";
	h.o.tls_min = 10;
	expect_refusal(&h, pid, "authority's key is too weak");
}

static void test_known_key_that_differs_is_refused_even_if_verified(void **state)
{
	char text[512];

	(void)state;
	for (int mode = 0; mode < 2; mode++) {
		struct holder h;
		pid_t pid = serve(&h, "good", talk_suspicious);

		snprintf(text, sizeof text, "box.example:55 sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 2024-01-31\n");
		write_known(text);
		h.o.tls = mode == 0 ? TLS_VERIFY : TLS_ON;
		h.o.ca = in_folder("ca.pem");
		h.o.known_as = "box.example";
		expect_refusal(&h, pid, ".trust remove box.example:55");
	}
}

static void test_known_key_with_an_expired_certificate_is_trusted(void **state)
{
	struct holder h;
	struct channel_info info;
	char text[512], pin[64];
	pid_t pid;

	(void)state;
	tls_pin("expired", pin);
	snprintf(text, sizeof text, "box.example:55 %s 2024-01-31 min=1.3 start_tls=asked\n", pin);
	write_known(text);
	pid = serve(&h, "expired", talk_hello);
	h.o.known_as = "box.example";
	shake(&h);
	assert_int_equal(h.secured, 1);
	channel_info(h.channel, &info);
	assert_true(info.not_after > 0 && info.not_after < time(NULL));
	assert_int_equal(h.warnings.len, 0);
	holder_clear(&h);
	help_end(pid, false);
	assert_string_equal(read_known(), text);
}

static void test_box_that_an_authority_signed_is_not_accepted_as_new(void **state)
{
	struct holder h;
	pid_t pid;

	(void)state;
	write_known("box.example:55 tls 2024-01-31 min=1.3\n");
	pid = serve(&h, "self", talk_suspicious);
	h.o.known_as = "box.example";
	h.o.accept_new = true;
	expect_refusal(&h, pid, "an authority verified this box before");
}

/* --- keys that prove nothing: E14 --- */

static void test_weak_keys(void **state)
{
	static const struct { const char *cert; unsigned min; const char *refusal; } cases[] = {
		{"rsa512", 12, "RSA 512, is too weak"}, {"rsa512", 10, "RSA 512, is too weak"},
		{"rsa1024", 12, "see --tls-min 1.0"}, {"rsa1024", 10, NULL}, {"md5", 10, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;

		print_message("# %s with --tls-min 1.%u\n", cases[i].cert, cases[i].min - 10);
		write_known(NULL);
		/* TLS 1.3 has no signature for a key of 512 bits: the handshake needs 1.2 and a cipher without one. */
		server.max = TLS1_2_VERSION;
		server.ciphers = "AES128-SHA256:AES128-GCM-SHA256:@SECLEVEL=0";
		pid_t pid = serve(&h, cases[i].cert, cases[i].refusal == NULL ? talk_hello : talk_suspicious);
		h.o.accept_new = true;
		h.o.tls_min = cases[i].min;
		if (cases[i].refusal != NULL) {
			expect_refusal(&h, pid, cases[i].refusal);
		} else {
			expect_trust(&h, pid, "--accept-new");
		}
	}
}

/* Which option permits a weak key is said only where the key is the box's, or nothing is known of the box. */
static void test_weak_key_of_a_box_that_is_known(void **state)
{
	char self[64], weak[64], same[128], other[128];
	const struct { const char *known, *pin, *says; bool advice; } cases[] = {
		{NULL, NULL, "RSA 1024, is weak", true},
		{NULL, weak, "RSA 1024, is weak", true},
		{same, NULL, "RSA 1024, is weak", true},
		{"box.example:55 clear 2024-01-31\n", NULL, "RSA 1024, is weak", true},
		{other, NULL, "THE KEY HAS CHANGED", false},
		{NULL, self, "not --pin ", false},
		{"box.example:55 tls 2024-01-31 min=1.2\n", NULL, "an authority verified this box before", false},
	};

	(void)state;
	tls_pin("self", self);
	tls_pin("rsa1024", weak);
	snprintf(same, sizeof same, "box.example:55 %s 2024-01-31 min=1.3\n", weak);
	snprintf(other, sizeof other, "box.example:55 %s 2024-01-31 min=1.0\n", self);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;

		print_message("# case %zu\n", i);
		write_known(cases[i].known);
		pid_t pid = serve(&h, "rsa1024", talk_suspicious);
		h.o.known_as = "box.example";
		h.o.pin = cases[i].pin;
		h.o.accept_new = true;
		expect_refusal(&h, pid, cases[i].says);
		assert_int_equal(strstr(refusal, "--tls-min") != NULL, cases[i].advice);
	}
}

/* --- old boxes: E15 - E19 --- */

static void test_old_box_is_refused_with_what_to_do(void **state)
{
	static const struct { int version; unsigned min; const char *refusal, *shown; } cases[] = {
		{TLS1_VERSION, 12, "see --tls-min 1.0", NULL},
		{TLS1_1_VERSION, 12, "see --tls-min 1.0", NULL},
		{TLS1_2_VERSION, 13, "see --tls-min 1.2", NULL},
		{TLS1_VERSION, 10, NULL, "TLSv1"},
		{TLS1_1_VERSION, 11, NULL, "TLSv1.1"},
		{TLS1_VERSION, 11, "see --tls-min 1.0", NULL},
		{TLS1_2_VERSION, 12, NULL, "TLSv1.2"},
		{TLS1_3_VERSION, 13, NULL, "TLSv1.3"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;
		struct channel_info info;

		print_message("# version %x, --tls-min 1.%u\n", (unsigned)cases[i].version, cases[i].min - 10);
		write_known(NULL);
		server.min = server.max = cases[i].version;
		pid_t pid = serve(&h, "rsa2048", cases[i].refusal == NULL ? talk_hello : talk_suspicious);
		h.o.tls_min = cases[i].min;
		h.o.accept_new = true;
		if (cases[i].refusal != NULL) {
			expect_refusal(&h, pid, cases[i].refusal);
			continue;
		}
		shake(&h);
		if (h.closed)
			fail_msg("%s", h.e.text);
		channel_info(h.channel, &info);
		assert_string_equal(info.tls_version, cases[i].shown);
		if (cases[i].version < TLS1_2_VERSION)
			assert_says(buf_string(&h.warnings), "old and weak");
		else
			assert_int_equal(h.warnings.len, 0);
		holder_clear(&h);
		help_end(pid, false);
	}
}

/* E26 */
static void test_box_that_falls_back_to_old_tls_is_reported(void **state)
{
	struct holder h;
	char pin[64], text[512];

	(void)state;
	tls_pin("rsa2048", pin);
	snprintf(text, sizeof text, "box.example:55 %s 2024-01-31 min=1.2 start_tls=asked\n", pin);
	write_known(text);
	server.max = TLS1_VERSION;
	pid_t pid = serve(&h, "rsa2048", talk_hello);
	h.o.known_as = "box.example";
	h.o.tls_min = 10;
	shake(&h);
	assert_int_equal(h.secured, 1);
	assert_says(buf_string(&h.warnings), "speaks only TLS 1.0 now, it used 1.2 before");
	holder_clear(&h);
	help_end(pid, false);
	assert_string_equal(read_known(), text);
}

/* A server of other software, started by a command that prints a line with its port after `mark`. */
static pid_t start_command(const char *command, const char *mark, unsigned short *port, int *input)
{
	int in[2], out[2];
	char line[512];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*input = in[1];
	FILE *f = fdopen(out[0], "r");
	*port = 0;
	while (*port == 0 && fgets(line, sizeof line, f) != NULL) {
		const char *found = strstr(line, mark);

		if (found != NULL)
			*port = (unsigned short)strtoul(found + strlen(mark), NULL, 10);
	}
	/* Its further output stays in the pipe, which is large enough. */
	fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
	if (*port == 0)
		fail_msg("does not run: %s", command);
	return pid;
}

static pid_t s_server(struct holder *h, const char *options, int *input)
{
	char command[512];
	unsigned short port;

	snprintf(command, sizeof command, "exec openssl s_server -accept 127.0.0.1:0 %s", options);
	pid_t pid = start_command(command, "ACCEPT 127.0.0.1:", &port, input);
	holder_init_port(h, "127.0.0.1", port);
	h->o.tls = TLS_ON;
	h->o.accept_new = true;
	h->o.deadline = loop_now() + DEADLINE_MS;
	h->on_connected = start_tls_now;
	return pid;
}

/* E15 */
static void test_anonymous_server_is_refused(void **state)
{
	static const char *const options[] = {"-nocert -cipher ADH-AES128-SHA256:@SECLEVEL=0 -tls1_2",
	    "-nocert -cipher ALL:aNULL:eNULL:@SECLEVEL=0 -tls1"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct holder h;
		int input;
		pid_t pid = s_server(&h, options[i], &input);

		h.o.tls_min = 10;
		h.o.tls = TLS_INSECURE;
		shake(&h);
		assert_int_equal(h.secured, 0);
		assert_int_equal(h.e.status, STATUS_TLS);
		holder_clear(&h);
		close(input);
		help_end(pid, true);
	}
}

static pid_t gnutls_serv(struct holder *h, const char *priority, int *input)
{
	char command[512];
	/* It takes no port 0, and reports no port: use one that was free just now. */
	unsigned short port = help_closed_port(), found;

	snprintf(command, sizeof command, "exec stdbuf -oL gnutls-serv --echo -p %u --x509certfile %s --x509keyfile %s"
	    " --priority '%s'", (unsigned)port, in_folder("rsa2048.pem"), in_folder("rsa2048.pem"), priority);
	pid_t pid = start_command(command, "Echo Server listening on IPv4 0.0.0.0 port ", &found, input);
	assert_int_equal(found, port);
	holder_init_port(h, "127.0.0.1", port);
	h->o.tls = TLS_ON;
	h->o.accept_new = true;
	h->o.deadline = loop_now() + DEADLINE_MS;
	h->on_connected = start_tls_now;
	return pid;
}

/* The servers of other libraries, as old boxes have them. */
static void test_old_boxes_of_two_makers(void **state)
{
	static const struct { bool gnutls; const char *how; bool takes_old; const char *says; } cases[] = {
		{false, "-tls1", true, "see --tls-min 1.0"}, {false, "-tls1_1", true, "see --tls-min 1.0"},
		{true, "NORMAL:-VERS-ALL:+VERS-TLS1.0", true, "see --tls-min 1.0"},
		{true, "NORMAL:-VERS-ALL:+VERS-TLS1.1", true, "see --tls-min 1.1"},
		{true, "NORMAL:-VERS-ALL:+VERS-SSL3.0", false, "closed the connection during the handshake: an old one"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (unsigned min = 12; min >= 10; min -= 2) {
			struct holder h;
			char options[256];
			int input;

			print_message("# %s, --tls-min 1.%u\n", cases[i].how, min - 10);
			snprintf(options, sizeof options, "-cert %s %s -cipher DEFAULT:@SECLEVEL=0", in_folder("rsa2048.pem"), cases[i].how);
			pid_t pid = cases[i].gnutls ? gnutls_serv(&h, cases[i].how, &input) : s_server(&h, options, &input);
			h.o.tls_min = min;
			shake(&h);
			assert_int_equal(h.secured, min < 12 && cases[i].takes_old);
			if (h.secured) {
				assert_says(buf_string(&h.warnings), "TLS 1.0 and 1.1 are old and weak");
			} else {
				print_message("# %s\n", h.e.text);
				assert_int_equal(h.e.status, STATUS_TLS);
				if (min == 12)
					assert_says(h.e.text, cases[i].says);
			}
			holder_clear(&h);
			close(input);
			help_end(pid, true);
		}
}

static void test_box_without_safe_renegotiation(void **state)
{
	(void)state;
	for (unsigned min = 12; min >= 10; min -= 2) {
		struct holder h;
		int input;
		pid_t pid = gnutls_serv(&h, "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION", &input);

		h.o.tls_min = min;
		shake(&h);
		assert_int_equal(h.secured, min < 12);
		if (min == 12) {
			assert_int_equal(h.e.status, STATUS_TLS);
			assert_says(h.e.text, "no RFC 5746");
			assert_says(h.e.text, "--tls-min 1.0");
		}
		holder_clear(&h);
		close(input);
		help_end(pid, true);
	}
}

/* A ServerHello of SSL 3.0, after the ClientHello. */
static void ssl3_hello(int fd)
{
	static const unsigned char hello[] = "\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00" "01234567890123456789012345678901"
	    "\x00\x00\x35\x00";
	char bytes[4096];

	if (read(fd, bytes, sizeof bytes) <= 0 || bytes[0] != 0x16)
		_exit(1);
	if (write(fd, hello, sizeof hello - 1) == -1)
		_exit(1);
	while (read(fd, bytes, sizeof bytes) > 0)
		;
}

static void garbage(int fd)
{
	help_write(fd, "[1,1,\"x\"]\n[null,\"hello\",1,[\"login\"]]\n");
	ssl3_hello(fd);
}

static void close_at_once(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		_exit(1);
}

static void end_at_once(int fd)
{
	char bytes[4096];

	if (read(fd, bytes, sizeof bytes) <= 0)
		_exit(1);
}

static void mute(int fd)
{
	char bytes[4096];

	while (read(fd, bytes, sizeof bytes) > 0)
		;
}

/* E4, E7, E19 */
static void test_handshakes_that_fail(void **state)
{
	static const struct { void (*body)(int); const char *says; } cases[] = {
		{ssl3_hello, "SSL 3.0 only"}, {garbage, "not TLS"}, {close_at_once, "reset by peer"},
		{end_at_once, "closed the connection during the handshake"}, {mute, "not answered in time"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;
		unsigned short port;
		int listener = help_listen(AF_INET, 4, &port);
		pid_t pid = help_serve(listener, cases[i].body);

		holder_init_port(&h, "127.0.0.1", port);
		h.o.tls = TLS_INSECURE;
		h.o.deadline = loop_now() + (cases[i].body == mute ? 400 : DEADLINE_MS);
		h.on_connected = start_tls_now;
		shake(&h);
		assert_int_equal(h.e.status, STATUS_TLS);
		assert_says(h.e.text, cases[i].says);
		assert_says(h.e.text, "127.0.0.1:");
		holder_clear(&h);
		help_end(pid, false);
	}
}

static struct { pid_t pid; int gate[2]; } resetting;

static void reset_when_let(int fd)
{
	char byte;

	help_reset_on_close(fd);
	close(resetting.gate[1]);
	if (read(resetting.gate[0], &byte, 1) != 0)
		_exit(1);
}

static void start_tls_after_the_reset(struct holder *h)
{
	close(resetting.gate[1]);
	help_end(resetting.pid, false);
	start_tls_now(h);
}

static void test_a_reset_before_the_handshake_is_no_end_in_order(void **state)
{
	struct holder h;
	unsigned short port;

	(void)state;
	assert_int_equal(pipe(resetting.gate), 0);
	resetting.pid = help_serve(help_listen(AF_INET, 4, &port), reset_when_let);
	holder_init_port(&h, "127.0.0.1", port);
	h.o.tls = TLS_INSECURE;
	h.on_connected = start_tls_after_the_reset;
	shake(&h);
	assert_int_equal(h.e.status, STATUS_TLS);
	assert_says(h.e.text, "reset by peer");
	close(resetting.gate[0]);
	holder_clear(&h);
}

/* --- in operation --- */

static void talk_ten_messages(SSL *ssl, int fd)
{
	char byte;

	(void)fd;
	SSL_write(ssl, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", 20);
	SSL_read(ssl, &byte, 1);
}

static void talk_ten_records(SSL *ssl, int fd)
{
	static char bytes[1400];
	BIO *buffer = BIO_new(BIO_f_buffer());
	char byte;

	(void)fd;
	BIO_set_write_buffer_size(buffer, 65536);
	SSL_set0_wbio(ssl, BIO_push(buffer, BIO_new_socket(fd, BIO_NOCLOSE)));
	for (int i = 0; i < 10; i++)
		SSL_write(ssl, bytes, sizeof bytes);
	(void)BIO_flush(buffer);
	SSL_read(ssl, &byte, 1);
}

static void test_all_of_a_record_and_of_a_segment_is_handed_over_at_once(void **state)
{
	struct holder h;
	pid_t pid;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "self", talk_ten_messages);
	h.o.accept_new = true;
	shake(&h);
	assert_true(holder_wait_bytes(&h, 20));
	holder_clear(&h);
	help_end(pid, false);
	pid = serve(&h, "self", talk_ten_records);
	h.o.accept_new = true;
	shake(&h);
	assert_true(holder_wait_bytes(&h, 14000));
	holder_clear(&h);
	help_end(pid, false);
}

static void talk_key_updates(SSL *ssl, int fd)
{
	char bytes[16384];
	int n, rounds = 0;

	(void)fd;
	while ((n = SSL_read(ssl, bytes, sizeof bytes)) > 0) {
		if (rounds++ % 50 == 0)
			SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
		if (SSL_write(ssl, bytes, n) != n)
			_exit(1);
	}
}

/* E28: small socket buffers, key updates, and a send buffer that moves as it grows and is consumed. */
static void test_megabytes_with_key_updates_and_little_room(void **state)
{
	enum { TOTAL = 4 << 20 };
	struct holder h;
	pid_t pid;
	unsigned sent = 0;

	(void)state;
	write_known(NULL);
	pid = serve(&h, "self", talk_key_updates);
	h.o.accept_new = true;
	shake(&h);
	int64_t end = loop_now() + 300000;
	while (h.received.len < TOTAL && loop_now() < end && !h.closed) {
		while (h.out.len < 100000 && sent < TOTAL / 4) {
			uint32_t number = sent++;

			buf_put(&h.out, &number, 4);
		}
		channel_send(h.channel, &h.out);
		loop_step(h.loop, 100);
	}
	assert_int_equal(h.received.len, TOTAL);
	for (uint32_t i = 0; i < TOTAL / 4; i++) {
		uint32_t number;

		memcpy(&number, buf_head(&h.received) + 4 * i, 4);
		assert_int_equal(number, i);
	}
	holder_clear(&h);
	help_end(pid, false);
}

static void talk_fin(SSL *ssl, int fd)
{
	SSL_write(ssl, "last\n", 5);
	shutdown(fd, SHUT_WR);
	SSL_set_quiet_shutdown(ssl, 1);
	char byte;
	SSL_read(ssl, &byte, 1);
}

static void talk_cut(SSL *ssl, int fd)
{
	/* A record that says 64 bytes and ends after 5. */
	SSL_write(ssl, "last\n", 5);
	if (write(fd, "\x17\x03\x03\x00\x40" "abcde", 10) != 10)
		_exit(1);
	shutdown(fd, SHUT_WR);
	char byte;
	while (read(fd, &byte, 1) > 0)
		;
}

static void talk_goodbye(SSL *ssl, int fd)
{
	char byte;

	(void)fd;
	SSL_write(ssl, "last\n", 5);
	SSL_shutdown(ssl);
	SSL_read(ssl, &byte, 1);
}

/* E21 */
static void test_ends_of_tls(void **state)
{
	static const struct { void (*talk)(SSL *, int); bool in_order; const char *says; } cases[] = {
		{talk_goodbye, true, NULL}, {talk_fin, true, NULL}, {talk_cut, false, "inside a TLS record"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;
		pid_t pid;

		write_known(NULL);
		pid = serve(&h, "self", cases[i].talk);
		h.o.accept_new = true;
		shake(&h);
		assert_true(holder_wait(&h, &h.closed, 1));
		assert_int_equal(h.in_order, cases[i].in_order);
		assert_string_equal(buf_string(&h.received), "last\n");
		if (!h.in_order) {
			assert_int_equal(h.e.status, STATUS_LOST);
			assert_says(h.e.text, cases[i].says);
		}
		holder_clear(&h);
		help_end(pid, false);
	}
}

static void talk_last_words(SSL *ssl, int fd)
{
	struct pollfd more = {.fd = fd, .events = POLLIN};
	int on = 1;
	char byte;

	SSL_read(ssl, &byte, 1);
	/* Unread data makes the close a RST: it must have come, and what is not sent by then is lost. */
	poll(&more, 1, -1);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	SSL_write(ssl, "last words\n", 11);
	SSL_set_quiet_shutdown(ssl, 1);
}

/* A15: with OpenSSL's own socket BIO this ends by SIGPIPE, or with the last words lost. */
static void test_last_words_are_read_after_a_broken_pipe(void **state)
{
	struct holder h;
	pid_t pid;

	(void)state;
	write_known(NULL);
	signal(SIGPIPE, SIG_DFL);
	pid = serve(&h, "self", talk_last_words);
	h.o.accept_new = true;
	shake(&h);
	channel_hold(h.channel, true);
	holder_send(&h, "x");
	holder_send(&h, "yz");
	help_end(pid, false);
	for (int i = 0; i < 100 && h.out.len == 0; i++) {
		holder_send(&h, "more");
		loop_step(h.loop, 5);
	}
	assert_true(h.out.len > 0);
	channel_hold(h.channel, false);
	assert_true(holder_wait(&h, &h.closed, 1));
	assert_string_equal(buf_string(&h.received), "last words\n");
	assert_false(h.in_order);
	assert_int_equal(h.e.status, STATUS_LOST);
	holder_clear(&h);
}

/* E20, with openssl's own server: R renegotiates, K updates keys, c asks for a certificate. */
static void test_server_that_wants_more_after_the_handshake(void **state)
{
	static const struct { const char *options, *key; bool continues; } cases[] = {
		{"-tls1_2", "R\n", false}, {"-tls1_3", "K\n", true}, {"-tls1_3", "c\n", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;
		int input;
		char options[256];

		snprintf(options, sizeof options, "-cert %s %s", in_folder("rsa2048.pem"), cases[i].options);
		pid_t pid = s_server(&h, options, &input);
		shake(&h);
		if (h.closed)
			fail_msg("%s", h.e.text);
		assert_int_equal(write(input, cases[i].key, 2), 2);
		if (cases[i].continues) {
			/* It drops what it reads together with the key: repeats until a line comes through. */
			for (int tries = 0; tries < 100 && h.received.len == 0; tries++) {
				assert_int_equal(write(input, "line\n", 5), 5);
				loop_step(h.loop, 50);
			}
			assert_says(buf_string(&h.received), "line\n");
			assert_int_equal(h.closed, 0);
		} else {
			assert_true(holder_wait(&h, &h.closed, 1));
		}
		holder_clear(&h);
		close(input);
		help_end(pid, true);
	}
}

/* --- our own certificate --- */

static void test_client_certificate_is_shown_when_given_and_missed_when_not(void **state)
{
	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++)
		for (int with = 0; with < 2; with++) {
			struct holder h;

			write_known(NULL);
			server.client_ca = "ca";
			server.max = version;
			pid_t pid = serve(&h, "self", talk_hello);
			h.o.accept_new = true;
			if (with) {
				h.o.cert = in_folder("client.pem");
				expect_trust(&h, pid, "--accept-new");
				continue;
			}
			/* In 1.3 the client has finished before the server has seen that no certificate came. */
			holder_open(&h);
			assert_true(holder_wait(&h, &h.closed, 1));
			assert_says(h.e.text, "--cert");
			holder_clear(&h);
			help_end(pid, false);
		}
}

static void test_files_that_are_no_certificates_are_mistakes(void **state)
{
	static const struct { const char *ca, *cert, *key, *says; } cases[] = {
		{"missing.pem", NULL, NULL, "--ca "}, {NULL, "missing.pem", NULL, "No such file"},
		{NULL, "client.pem", "self.pem", "--key "}, {NULL, "ec.key", NULL, "--cert "},
		{NULL, NULL, "client.pem", "--cert is missing"}, {NULL, "client.pem", "locked.key", "passphrase"}, {NULL, "other.pem", "missing.pem", "--key "},
	};
	FILE *f = fopen(in_folder("locked.key"), "w");

	(void)state;
	PEM_write_PrivateKey(f, tls_key("ec"), EVP_aes_128_cbc(), (const unsigned char *)"secret", 6, NULL, NULL);
	fclose(f);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;
		pid_t pid = serve(&h, "self", talk_suspicious);

		h.o.ca = cases[i].ca != NULL ? in_folder(cases[i].ca) : NULL;
		h.o.cert = cases[i].cert != NULL ? in_folder(cases[i].cert) : NULL;
		h.o.key = cases[i].key != NULL ? in_folder(cases[i].key) : NULL;
		shake(&h);
		assert_says(h.e.text, cases[i].says);
		assert_int_equal(h.e.status, STATUS_USAGE);
		holder_clear(&h);
		help_end(pid, true);
	}
}

/* --- boxes without TLS --- */

static void wait_for_end(int fd)
{
	char byte;

	_exit(read(fd, &byte, 1) > 0 ? 9 : 0);
}

static void open_by_proxy(struct holder *h, const char *known)
{
	write_known(known);
	holder_init(h, "core.example:55");
	h->o.known_boxes = in_folder("known/known_boxes");
	h->reach.proxy_command = "exec cat >/dev/null";
	holder_open(h);
	assert_true(holder_wait(h, &h->connected, 1));
}

static void test_box_without_tls_is_asked_about_and_remembered(void **state)
{
	struct holder h;
	struct error e;

	(void)state;
	open_by_proxy(&h, NULL);
	assert_int_equal(channel_wants(h.channel), WANTS_TLS_OR_ASK);
	assert_int_equal(channel_accept_clear(h.channel, &e), -1);
	assert_int_equal(e.status, STATUS_TLS);
	assert_says(e.text, "--tls off");
	h.answers[0] = "no";
	assert_int_equal(channel_accept_clear(h.channel, &e), -1);
	assert_string_equal(read_known(), "");
	/* Neither yes nor no is asked about again. */
	h.answers[1] = "y";
	h.answers[2] = "yes";
	assert_int_equal(channel_accept_clear(h.channel, &e), 0);
	assert_says(read_known(), "core.example:55 clear 20");
	assert_int_equal(channel_trust(h.channel), TRUST_CLEAR);
	holder_clear(&h);

	open_by_proxy(&h, "core.example:55 clear 2024-01-31\n");
	assert_int_equal(channel_wants(h.channel), WANTS_CLEAR);
	assert_int_equal(channel_accept_clear(h.channel, &e), 0);
	assert_int_equal(channel_accept_tls(h.channel, &e), 0);
	holder_clear(&h);
}

static void test_box_once_seen_with_tls_is_not_used_without(void **state)
{
	static const char *const known[] = {
		"core.example:55 sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 2024-01-31\n",
		"core.example:55 tls 2024-01-31\n",
		"core.example:55 clear 2024-01-31\ncore.example:55 tls 2024-01-31\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct holder h;
		struct error e;

		open_by_proxy(&h, known[i]);
		assert_int_equal(channel_wants(h.channel), WANTS_TLS);
		h.answers[0] = "yes";
		assert_int_equal(channel_accept_clear(h.channel, &e), -1);
		assert_int_equal(h.asked, 0);
		assert_says(e.text, "used it before");
		holder_clear(&h);
	}
}

static void test_modes_say_what_is_wanted(void **state)
{
	static const struct { enum tls_mode mode; enum channel_wants wants; bool clear; } cases[] = {
		{TLS_OFF, WANTS_CLEAR, true}, {TLS_ON, WANTS_TLS, false}, {TLS_VERIFY, WANTS_TLS, false},
		{TLS_INSECURE, WANTS_TLS, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct holder h;
		struct error e;

		write_known(NULL);
		holder_init(&h, "core.example:55");
		h.reach.proxy_command = "exec cat >/dev/null";
		h.o.tls = cases[i].mode;
		holder_open(&h);
		assert_true(holder_wait(&h, &h.connected, 1));
		h.answers[0] = "yes";
		assert_int_equal(channel_wants(h.channel), cases[i].wants);
		assert_int_equal(channel_accept_clear(h.channel, &e), cases[i].clear ? 0 : -1);
		assert_int_equal(channel_accept_tls(h.channel, &e), cases[i].mode == TLS_OFF ? -1 : 0);
		holder_clear(&h);
	}
}

/* H6: a user who can write the file can make us trust any box. */
static void test_known_boxes_that_others_can_write_end_it(void **state)
{
	struct holder h;
	unsigned short port;
	pid_t pid;

	(void)state;
	write_known("x:55 clear 2024-01-31\n");
	assert_int_equal(chmod(in_folder("known/known_boxes"), 0660), 0);
	pid = serve(&h, "self", talk_suspicious);
	h.o.accept_new = true;
	expect_refusal(&h, pid, "others can write it");
	/* Insecure asks no question, but prints a warning. */
	pid = serve(&h, "self", talk_hello);
	h.o.tls = TLS_INSECURE;
	shake(&h);
	assert_int_equal(h.secured, 1);
	assert_says(buf_string(&h.warnings), "others can write it");
	holder_clear(&h);
	help_end(pid, false);
	/* Loopback under a name is refused, too: a user who can write the file can make us forget that this box has TLS. */
	int listener = help_listen(AF_INET, 4, &port);
	pid = help_serve(listener, wait_for_end);
	holder_init_port(&h, "127.0.0.1", port);
	h.o.known_boxes = in_folder("known/known_boxes");
	h.o.known_as = "box.example";
	holder_open(&h);
	assert_true(holder_wait(&h, &h.closed, 1));
	assert_says(h.e.text, "others can write it");
	holder_clear(&h);
	assert_int_equal(help_end(pid, false), 0);
}

/* Whatever a name means today, even this machine: a box that has used TLS is not used without. */
static void test_loopback_that_is_known_with_tls_wants_tls(void **state)
{
	static const struct { const char *known, *pin; enum channel_wants wants; const char *says; } cases[] = {
		{"box.example:55 tls 2024-01-31\n", NULL, WANTS_TLS, "used it before"},
		{"box.example:55 sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 2024-01-31\n", NULL, WANTS_TLS, "used it before"},
		{"box.example:55 clear 2024-01-31\n", NULL, WANTS_CLEAR, NULL},
		{"", NULL, WANTS_CLEAR, NULL},
		/* A pin requires that key, locally and of a box known as clear, too. */
		{"", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", WANTS_TLS, "--pin"},
		{"box.example:55 clear 2024-01-31\n", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", WANTS_TLS, "--pin"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int proxy = 0; proxy < 2; proxy++) {
			struct holder h;
			struct error e;
			unsigned short port;
			pid_t pid = help_serve(help_listen(AF_INET, 4, &port), wait_for_end);

			write_known(cases[i].known);
			holder_init_port(&h, "127.0.0.1", port);
			h.o.known_boxes = in_folder("known/known_boxes");
			h.o.known_as = "box.example";
			h.o.pin = cases[i].pin;
			h.reach.proxy_command = proxy ? "exec cat >/dev/null" : NULL;
			holder_open(&h);
			assert_true(holder_wait(&h, &h.connected, 1));
			h.answers[0] = "yes";
			if (*cases[i].known != '\0' || cases[i].pin != NULL || !proxy)
				assert_int_equal(channel_wants(h.channel), cases[i].wants);
			if (cases[i].says != NULL) {
				assert_int_equal(channel_accept_clear(h.channel, &e), -1);
				assert_int_equal(h.asked, 0);
				assert_says(e.text, cases[i].says);
			}
			holder_clear(&h);
			help_end(pid, proxy);
		}
}

static int make_certificates(void **state)
{
	static const struct cert_spec specs[] = {
		{"ca", "ec", NULL, "Test Authority", 0, NULL, NULL, -10, 3650, NULL, true},
		{"self", "ec2", NULL, "box\x1b[31m\n\xe2\x80\xae.example", 0, NULL, NULL, -1, 365, NULL, false},
		{"other", "rsa2048", NULL, "box.example", 0, NULL, NULL, -1, 365, NULL, false},
		{"rsa2048", "rsa2048", NULL, "box.example", 0, NULL, NULL, -1, 365, NULL, false},
		{"rsa1024", "rsa1024", NULL, "box.example", 0, NULL, NULL, -1, 365, NULL, false},
		{"rsa512", "rsa512", NULL, "box.example", 0, NULL, NULL, -1, 365, NULL, false},
		{"md5", "rsa1024", NULL, "box.example", 0, NULL, NULL, -1, 365, "MD5", false},
		{"good", "rsa2048", "ca", "anything", 0, "DNS:box.example,IP:127.0.0.1,IP:::1", "serverAuth", -1, 365, NULL, false},
		{"wildcard", "rsa2048", "ca", "anything", 0, "DNS:*.lab.example", NULL, -1, 365, NULL, false},
		{"cn-only", "rsa2048", "ca", "box.example", 0, NULL, NULL, -1, 365, NULL, false},
		{"nul-in-cn", "rsa2048", "ca", "box.example\0.evil.example", 24, NULL, NULL, -1, 365, NULL, false},
		{"expired", "rsa2048", "ca", "x", 0, "DNS:box.example", NULL, -10, -1, NULL, false},
		{"early", "rsa2048", "ca", "x", 0, "DNS:box.example", NULL, 1, 365, NULL, false},
		{"client", "rsa2048", "ca", "admin", 0, "DNS:box.example", "clientAuth", -1, 365, NULL, false},
		{"weak-ca", "rsa512", NULL, "Weak Authority", 0, NULL, NULL, -10, 3650, NULL, true},
		{"weakly", "rsa2048", "weak-ca", "x", 0, "DNS:box.example", NULL, -1, 365, NULL, false},
		{"sha1", "rsa2048", "ca", "x", 0, "DNS:box.example", NULL, -1, 365, "SHA1", false},
	};

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	/* Certificates with old digests must be made here, whatever the system's policy is. */
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
		tls_make(&specs[i]);
	FILE *f = fopen(in_folder("ec.key"), "w");
	PEM_write_PrivateKey(f, tls_key("ec"), NULL, NULL, 0, NULL, NULL);
	fclose(f);
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
	FILE *f = popen(command, "r");
	return pclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_key_without_a_terminal_is_refused_with_its_pin),
		cmocka_unit_test(test_pin_is_trusted_and_another_one_is_not),
		cmocka_unit_test(test_authorities_are_asked_only_where_no_key_is_expected),
		cmocka_unit_test(test_pin_that_is_none_is_a_mistake),
		cmocka_unit_test(test_accepted_key_is_remembered_and_a_changed_one_refused),
		cmocka_unit_test(test_question_is_answered),
		cmocka_unit_test(test_insecure_continues_with_a_warning_and_is_not_trusted),
		cmocka_unit_test(test_insecure_through_a_proxy_is_not_trusted),
		cmocka_unit_test(test_key_that_could_not_be_remembered_is_still_known_to_the_run),
		cmocka_unit_test(test_old_tls_is_reported_though_no_file_remembers_the_box),
		cmocka_unit_test(test_file_has_the_last_word_about_what_the_run_has_seen),
		cmocka_unit_test(test_certificates_by_an_authority),
		cmocka_unit_test(test_system_authorities_are_not_the_test_authority),
		cmocka_unit_test(test_weak_signatures_are_taken_with_tls_min_1_0_only),
		cmocka_unit_test(test_authority_with_a_key_of_512_bits_is_not_trusted),
		cmocka_unit_test(test_known_key_that_differs_is_refused_even_if_verified),
		cmocka_unit_test(test_known_key_with_an_expired_certificate_is_trusted),
		cmocka_unit_test(test_box_that_an_authority_signed_is_not_accepted_as_new),
		cmocka_unit_test(test_weak_keys),
		cmocka_unit_test(test_weak_key_of_a_box_that_is_known),
		cmocka_unit_test(test_old_box_is_refused_with_what_to_do),
		cmocka_unit_test(test_box_that_falls_back_to_old_tls_is_reported),
		cmocka_unit_test(test_anonymous_server_is_refused),
		cmocka_unit_test(test_old_boxes_of_two_makers),
		cmocka_unit_test(test_box_without_safe_renegotiation),
		cmocka_unit_test(test_handshakes_that_fail),
		cmocka_unit_test(test_a_reset_before_the_handshake_is_no_end_in_order),
		cmocka_unit_test(test_all_of_a_record_and_of_a_segment_is_handed_over_at_once),
		cmocka_unit_test(test_megabytes_with_key_updates_and_little_room),
		cmocka_unit_test(test_ends_of_tls),
		cmocka_unit_test(test_last_words_are_read_after_a_broken_pipe),
		cmocka_unit_test(test_server_that_wants_more_after_the_handshake),
		cmocka_unit_test(test_client_certificate_is_shown_when_given_and_missed_when_not),
		cmocka_unit_test(test_files_that_are_no_certificates_are_mistakes),
		cmocka_unit_test(test_box_without_tls_is_asked_about_and_remembered),
		cmocka_unit_test(test_box_once_seen_with_tls_is_not_used_without),
		cmocka_unit_test(test_modes_say_what_is_wanted),
		cmocka_unit_test(test_known_boxes_that_others_can_write_end_it),
		cmocka_unit_test(test_loopback_that_is_known_with_tls_wants_tls),
	};

	return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
