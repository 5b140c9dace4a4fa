/*
 * resolve: from a box's name to addresses, in a thread.  See resolve.h.
 *
 * The look-up is shared between the caller and its threads, each holding a reference; whoever lets go last frees it.
 * The SRV query has a thread of its own, so that a name server that does not know such records costs little: once the
 * addresses are there it is waited for no longer than SRV_GRACE_MS.
 */
#include "net/resolve.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "net/srv.h"

enum { SRV_GRACE_MS = 1000, SRV_ANSWER = 4096, RESOLVE_STACK = 1024 * 1024 };

struct resolve {
	int fd;				/* the caller's end */
	int answer_fd;			/* the thread's end */
	char *host, *service;
	unsigned short port;

	pthread_mutex_t lock;		/* all below */
	pthread_cond_t changed;
	unsigned refs;
	bool srv_asked, srv_done;
	struct srv_list srv;
	struct address_list list;
	char *note;
	bool failed;
	struct error error;
};

static int resolve_query_srv(const char *name, unsigned char *answer, int size)
{
	struct __res_state state;
	int len;

	memset(&state, 0, sizeof state);
	if (res_ninit(&state) == -1)
		return -1;
	state.retrans = 1;
	state.retry = 2;
	len = res_nquery(&state, name, ns_c_in, ns_t_srv, answer, size);
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
	free(r->note);
	free(r->host);
	free(r->service);
	free(r);
}

/* --- in the threads --- */

/* Adds host's addresses to the list; *e if there are none. */
static void resolve_add(const char *host, unsigned short port, struct address_list *list, struct error *e)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
	struct addrinfo *found = NULL;
	size_t from = list->count;
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
	address_list_interleave(list, from);
	if (list->count == 0 && e->status == STATUS_OK)
		error_set(e, STATUS_LOST, "it has no address");
}

static uint32_t resolve_random(uint32_t below)
{
	uint32_t r = 0;

	/* Only spreads load: without randomness the first one is taken. */
	if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
		return 0;
	return r % below;
}

static void *resolve_srv_thread(void *arg)
{
	struct resolve *r = arg;
	unsigned char *answer = malloc(SRV_ANSWER);
	struct srv_list srv = {0};
	char *name = NULL;

	if (answer != NULL && asprintf(&name, "_%s._tcp.%s", r->service, r->host) != -1) {
		int len = resolve_functions.srv(name, answer, SRV_ANSWER);

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

/* The SRV records, or an empty list if they have not come in time. */
static void resolve_await_srv(struct resolve *r, struct srv_list *srv)
{
	struct timespec until;

	*srv = (struct srv_list){0};
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += SRV_GRACE_MS / 1000;
	pthread_mutex_lock(&r->lock);
	while (r->srv_asked && !r->srv_done)
		if (pthread_cond_timedwait(&r->changed, &r->lock, &until) == ETIMEDOUT)
			break;
	if (r->srv_done)
		*srv = r->srv;
	pthread_mutex_unlock(&r->lock);
}

static void resolve_note(char **note, const struct srv_list *srv, const struct resolve *r)
{
	char text[512];
	int len = snprintf(text, sizeof text, "_%s._tcp.%s is", r->service, r->host);

	for (size_t i = 0; i < srv->count && len > 0 && (size_t)len < sizeof text; i++)
		len += snprintf(text + len, sizeof text - (size_t)len, "%s %s port %u", i > 0 ? "," : "",
		    srv->items[i].target, (unsigned)srv->items[i].port);
	*note = strdup(text);
}

static void *resolve_thread(void *arg)
{
	struct resolve *r = arg;
	struct address_list list = {0};
	struct error e = {0};
	struct srv_list srv;
	char *note = NULL;

	resolve_add(r->host, r->port, &list, &e);
	resolve_await_srv(r, &srv);
	if (srv.nowhere || srv.count > 0) {
		address_list_clear(&list);
		e = (struct error){0};
		for (size_t i = 0; i < srv.count; i++)
			if (srv.items[i].target[0] != '\0')
				resolve_add(srv.items[i].target, srv.items[i].port, &list, &e);
		if (srv.nowhere)
			error_set(&e, STATUS_LOST, "its DNS says that it does not have this service (SRV record `.`)");
		else
			resolve_note(&note, &srv, r);
	}
	pthread_mutex_lock(&r->lock);
	r->list = list;
	r->note = note;
	r->failed = list.count == 0;
	r->error = e;
	pthread_mutex_unlock(&r->lock);
	/* Signals are blocked here: if nobody reads any more the write just fails. */
	while (write(r->answer_fd, "", 1) == -1 && errno == EINTR)
		;
	close(r->answer_fd);
	resolve_unref(r);
	return NULL;
}

/* --- in the caller --- */

/* Starts a detached thread with a reference of its own and all signals blocked.  0, or -1 with errno. */
static int resolve_spawn(struct resolve *r, void *(*body)(void *))
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int failure = pthread_attr_init(&attr);

	if (failure != 0) {
		errno = failure;
		return -1;
	}
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, RESOLVE_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_mutex_lock(&r->lock);
	r->refs++;
	pthread_mutex_unlock(&r->lock);
	failure = pthread_create(&thread, &attr, body, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (failure == 0)
		return 0;
	pthread_mutex_lock(&r->lock);
	r->refs--;
	pthread_mutex_unlock(&r->lock);
	errno = failure;
	return -1;
}

/* SRV records belong to domains: not to names that only this machine or this link knows. */
static bool resolve_may_have_srv(const char *host)
{
	const char *dot = strrchr(host, '.');

	return dot != NULL && dot[1] != '\0' && strcasecmp(dot, ".localhost") != 0 && strcasecmp(dot, ".local") != 0;
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
	r->port = port;
	r->fd = r->answer_fd = -1;
	r->host = strdup(host);
	if (service != NULL && resolve_may_have_srv(host))
		r->service = strdup(service);
	if (r->host == NULL || pipe2(pair, O_CLOEXEC) == -1) {
		resolve_unref(r);
		return NULL;
	}
	r->fd = pair[0];
	r->answer_fd = pair[1];
	if (r->service != NULL) {
		r->srv_asked = resolve_spawn(r, resolve_srv_thread) == 0;
	}
	if (resolve_spawn(r, resolve_thread) == -1) {
		int failure = errno;

		close(pair[1]);
		resolve_free(r);
		errno = failure;
		return NULL;
	}
	return r;
}

int resolve_fd(const struct resolve *r)
{
	return r->fd;
}

int resolve_take(struct resolve *r, struct address_list *list, char **note, struct error *e)
{
	int result = 0;

	pthread_mutex_lock(&r->lock);
	if (r->failed) {
		*e = r->error;
		result = -1;
	}
	*list = r->list;
	*note = r->note;
	r->list = (struct address_list){0};
	r->note = NULL;
	pthread_mutex_unlock(&r->lock);
	return result;
}

void resolve_free(struct resolve *r)
{
	if (r == NULL)
		return;
	close(r->fd);
	resolve_unref(r);
}
