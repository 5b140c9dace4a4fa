/* SPDX-License-Identifier: ISC */
/*
 * resolve: from a box's name to addresses, in threads.  See resolve.h.
 *
 * Every query has a thread of its own, as none can be interrupted: the name itself, its SRV records, and each host that
 * those name.  One more thread waits for the others and decides.  A query with an alternative is waited for no
 * longer than GRACE_MS: a name server that does not know such records, or that of one target of several, costs little.
 *
 * The look-up is shared between the caller and the threads, each holding a reference; the last one to release it frees it.
 */
#include "net/resolve.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/srv.h"
#include "net/thread.h"

enum { GRACE_MS = 1000, SRV_ANSWER = 4096 };

/* One host. */
struct lookup {
	struct resolve *resolve;
	const char *host;
	unsigned short port;
	bool done;
	struct address_list list;
	struct error error;		/* set if the list is empty */
};

struct resolve {
	int fd;				/* the caller's end */
	int answer_fd;			/* the thread's end */
	char *host, *service;		/* service: NULL without SRV records */

	pthread_mutex_t lock;		/* all below */
	pthread_cond_t changed;
	unsigned refs;
	bool srv_done;
	struct srv_list srv;
	struct lookup self, targets[SRV_RECORDS];
	struct address_list list;
	struct buf note;
	struct error error;		/* set if the list is empty */
};

/* A name without a dot is in one of the domains of resolv.conf(5), as for getaddrinfo(). */
static int resolve_query_srv(const char *name, bool search, unsigned char *answer, int size)
{
	struct __res_state state;
	int len = -1;

	memset(&state, 0, sizeof state);
	if (res_ninit(&state) == -1)
		return -1;
	state.retrans = 1;
	state.retry = 2;
	if (!search)
		len = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, size);
	else
		for (size_t i = 0; i <= MAXDNSRCH && state.dnsrch[i] != NULL && len <= 0; i++)
			len = res_nquerydomain(&state, name, state.dnsrch[i], ns_c_in, ns_t_srv, answer, size);
	res_nclose(&state);
	return len;
}

struct resolve_functions resolve_functions = {getaddrinfo, freeaddrinfo, resolve_query_srv};

static void resolve_unref(struct resolve *r)
{
	pthread_mutex_lock(&r->lock);
	unsigned left = --r->refs;
	pthread_mutex_unlock(&r->lock);
	if (left > 0)
		return;
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->changed);
	address_list_clear(&r->list);
	address_list_clear(&r->self.list);
	for (size_t i = 0; i < SRV_RECORDS; i++)
		address_list_clear(&r->targets[i].list);
	buf_clear(&r->note);
	free(r->host);
	free(r->service);
	free(r);
}

/* --- in the threads --- */

/* Starts a thread with a reference of its own; the lock is held.  0, or -1 with errno. */
static int resolve_spawn(struct resolve *r, void *(*body)(void *), void *arg)
{
	if (thread_start(body, arg) == -1)
		return -1;
	r->refs++;
	return 0;
}

/* Adds the host's addresses to the list; *e if there are none. */
static void resolve_add(const char *host, unsigned short port, struct address_list *list, struct error *e)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
	struct addrinfo *found = NULL;
	int failure = resolve_functions.getaddrinfo(host, NULL, &hints, &found);
	char text[128];

	if (failure != 0) {
		error_set(e, STATUS_LOST, "%s",
		    failure == EAI_SYSTEM ? strerror_r(errno, text, sizeof text) : gai_strerror(failure));
		return;
	}
	for (const struct addrinfo *i = found; i != NULL; i = i->ai_next) {
		struct address a = {0};

		if (i->ai_addrlen > sizeof a.sa || (i->ai_family != AF_INET && i->ai_family != AF_INET6))
			continue;
		memcpy(&a.sa, i->ai_addr, i->ai_addrlen);
		a.len = i->ai_addrlen;
		address_set_port(&a, port);
		if (address_list_add(list, &a) == -1) {
			error_memory(e);
			break;
		}
	}
	resolve_functions.freeaddrinfo(found);
	address_list_interleave(list, 0);
	if (list->count == 0 && e->status == STATUS_OK)
		error_set(e, STATUS_LOST, "it has no address");
}

static void *lookup_thread(void *arg)
{
	struct lookup *l = arg;
	struct resolve *r = l->resolve;
	struct address_list list = {0};
	struct error e = {0};

	resolve_add(l->host, l->port, &list, &e);
	pthread_mutex_lock(&r->lock);
	l->list = list;
	l->error = e;
	l->done = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
	resolve_unref(r);
	return NULL;
}

/* The lock is held. */
static void lookup_start(struct resolve *r, struct lookup *l, const char *host, unsigned short port)
{
	char text[80];		/* strerror() belongs to the main thread */

	*l = (struct lookup){.resolve = r, .host = host, .port = port};
	if (resolve_spawn(r, lookup_thread, l) == 0)
		return;
	l->done = true;
	error_set(&l->error, STATUS_LOST, "%s", strerror_r(errno, text, sizeof text));
}

static uint32_t resolve_random(uint32_t below)
{
	uint32_t r = 0;

	/* Only spreads load: without randomness the first one is taken. */
	if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
		return 0;
	return r % below;
}

static void *srv_thread(void *arg)
{
	struct resolve *r = arg;
	unsigned char *answer = malloc(SRV_ANSWER);
	struct srv_list srv = {0};
	char *name = NULL;

	if (answer != NULL && asprintf(&name, "_%s._tcp.%s", r->service, r->host) != -1) {
		int len = resolve_functions.srv(name, strchr(r->host, '.') == NULL, answer, SRV_ANSWER);

		if (len > 0)
			srv_read(&srv, answer, (size_t)len < SRV_ANSWER ? (size_t)len : SRV_ANSWER);
		srv_order(&srv, resolve_random);
		free(name);
	}
	free(answer);
	pthread_mutex_lock(&r->lock);
	r->srv = srv;
	r->srv_done = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
	resolve_unref(r);
	return NULL;
}

/* --- waiting: all with the lock held --- */

static bool is_decided(const struct resolve *r)
{
	return r->srv_done && (r->srv.count > 0 || r->srv.nowhere || r->self.done);
}

static bool is_self_found(const struct resolve *r)
{
	return r->self.list.count > 0;
}

static bool are_targets_done(const struct resolve *r)
{
	for (size_t i = 0; i < r->srv.count; i++)
		if (!r->targets[i].done)
			return false;
	return true;
}

static bool is_target_found(const struct resolve *r)
{
	for (size_t i = 0; i < r->srv.count; i++)
		if (r->targets[i].list.count > 0)
			return true;
	return false;
}

/* Waits until done(), or for GRACE_MS once there is enough(). */
static void resolve_await(struct resolve *r, bool (*done)(const struct resolve *), bool (*enough)(const struct resolve *))
{
	struct timespec until;
	bool limited = false;

	while (!done(r)) {
		if (!limited && enough(r)) {
			limited = true;
			clock_gettime(CLOCK_MONOTONIC, &until);
			until.tv_sec += GRACE_MS / 1000;
		}
		if (!limited)
			pthread_cond_wait(&r->changed, &r->lock);
		else if (pthread_cond_timedwait(&r->changed, &r->lock, &until) == ETIMEDOUT)
			break;
	}
}

/* --- notes and results: all with the lock held --- */

static void note_records(struct resolve *r)
{
	buf_printf(&r->note, "_%s._tcp.%s is", r->service, r->host);
	for (size_t i = 0; i < r->srv.count; i++)
		buf_printf(&r->note, "%s %s port %u", i > 0 ? "," : "", r->srv.items[i].target, (unsigned)r->srv.items[i].port);
	buf_putc(&r->note, '\n');
}

/* Adds the target's addresses to those to be tried. */
static void take_target(struct resolve *r, struct lookup *l)
{
	char text[ADDRESS_TEXT];

	if (l->list.count == 0) {
		buf_printf(&r->note, "%s: %s\n", l->host, l->done ? l->error.text : "no answer in time, skipped");
		if (r->error.status == STATUS_OK && l->done)
			error_set(&r->error, l->error.status, "SRV target %.200s: %.200s", l->host, l->error.text);
		return;
	}
	buf_printf(&r->note, "%s is", l->host);
	for (size_t i = 0; i < l->list.count; i++) {
		address_text(&l->list.items[i], text);
		buf_printf(&r->note, "%s %s", i > 0 ? "," : "", text);
		if (address_list_add(&r->list, &l->list.items[i]) == -1)
			error_memory(&r->error);
	}
	buf_putc(&r->note, '\n');
}

static void take_self(struct resolve *r)
{
	if (r->service != NULL)
		buf_printf(&r->note, "%s SRV record _%s._tcp.%s: trying the name itself\n", r->srv_done ? "no" : "no answer in time for the",
		    r->service, r->host);
	r->list = r->self.list;
	r->self.list = (struct address_list){0};
	r->error = r->self.error;
}

static void take_targets(struct resolve *r)
{
	note_records(r);
	for (size_t i = 0; i < r->srv.count; i++)
		lookup_start(r, &r->targets[i], r->srv.items[i].target, r->srv.items[i].port);
	resolve_await(r, are_targets_done, is_target_found);
	for (size_t i = 0; i < r->srv.count; i++)
		take_target(r, &r->targets[i]);
}

static void *resolve_thread(void *arg)
{
	struct resolve *r = arg;

	pthread_mutex_lock(&r->lock);
	resolve_await(r, is_decided, is_self_found);
	if (r->srv_done && r->srv.nowhere)
		error_set(&r->error, STATUS_LOST, "its DNS says that it does not have this service (SRV record `.`)");
	else if (r->srv_done && r->srv.count > 0)
		take_targets(r);
	else
		take_self(r);
	pthread_mutex_unlock(&r->lock);
	/* Signals are blocked here: if the reader is gone the write just fails. */
	while (write(r->answer_fd, "", 1) == -1 && errno == EINTR)
		;
	close(r->answer_fd);
	resolve_unref(r);
	return NULL;
}

/* --- in the caller --- */

/* SRV records belong to domains: not to names that only this machine or this link knows. */
static bool resolve_may_have_srv(const char *host)
{
	static const char *const without[] = {"localhost", "local"};
	size_t len = strlen(host);

	if (len > 0 && host[len - 1] == '.')
		len--;
	for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
		size_t n = strlen(without[i]);

		if (len >= n && strncasecmp(host + len - n, without[i], n) == 0 && (len == n || host[len - n - 1] == '.'))
			return false;
	}
	return len > 0;
}

static int resolve_init_lock(struct resolve *r)
{
	pthread_condattr_t attr;

	if (pthread_mutex_init(&r->lock, NULL) != 0)
		return -1;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	int failure = pthread_cond_init(&r->changed, &attr);
	pthread_condattr_destroy(&attr);
	if (failure != 0)
		pthread_mutex_destroy(&r->lock);
	return failure == 0 ? 0 : -1;
}

struct resolve *resolve_start(const char *host, unsigned short port, const char *service)
{
	struct resolve *r = calloc(1, sizeof *r);
	int pair[2];

	if (r == NULL || resolve_init_lock(r) == -1) {
		free(r);
		errno = ENOMEM;
		return NULL;
	}
	r->refs = 1;
	r->fd = r->answer_fd = -1;
	r->srv_done = true;
	r->host = strdup(host);
	if (service != NULL && resolve_may_have_srv(host))
		r->service = strdup(service);
	if (r->host == NULL || pipe2(pair, O_CLOEXEC) == -1) {
		resolve_unref(r);
		return NULL;
	}
	r->fd = pair[0];
	r->answer_fd = pair[1];
	pthread_mutex_lock(&r->lock);
	if (r->service != NULL)
		r->srv_done = resolve_spawn(r, srv_thread, r) == -1;
	lookup_start(r, &r->self, r->host, port);
	int failure = resolve_spawn(r, resolve_thread, r) == -1 ? errno : 0;
	pthread_mutex_unlock(&r->lock);
	if (failure == 0)
		return r;
	close(pair[1]);
	resolve_free(r);
	errno = failure;
	return NULL;
}

int resolve_fd(const struct resolve *r)
{
	return r->fd;
}

int resolve_take(struct resolve *r, struct address_list *list, char **note, struct error *e)
{
	pthread_mutex_lock(&r->lock);
	*list = r->list;
	r->list = (struct address_list){0};
	*note = buf_string(&r->note) != NULL && r->note.len > 0 ? buf_steal(&r->note) : NULL;
	if (list->count == 0)
		*e = r->error;
	pthread_mutex_unlock(&r->lock);
	return list->count > 0 ? 0 : -1;
}

void resolve_free(struct resolve *r)
{
	if (r == NULL)
		return;
	close(r->fd);
	resolve_unref(r);
}
