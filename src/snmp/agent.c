/* SPDX-License-Identifier: ISC */
/*
 * agent: a session of Net-SNMP, moved by the loop.  See agent.h.
 *
 * The library calls back in the middle of its own work: results are noted there and handled when it has returned
 * (agent_settle).  Users of v3 are kept out of its one list of users, where two of the same name and engine would be
 * one: a session's own user is in it only while the library works for that session (agent_enter, agent_leave).
 */
#include "snmp/agent_parts.h"

#ifdef AGENT_NET_SNMP

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum event { EVENT_NONE, EVENT_ANSWER, EVENT_TIMEOUT, EVENT_REFUSED, EVENT_UNSENT, EVENT_LOST };

struct agent {
	struct loop *loop;
	const struct agent_ops *ops;
	void *ctx;
	void *session;			/* the library's */
	int fd;				/* -1: the library has closed it */
	struct loop_timer timer;
	struct usmUser *user;		/* ours, or NULL */
	netsnmp_pdu *waiting;		/* to be sent when the engine is known */
	bool probing, asking;

	enum event event;		/* what the library has called back with */
	netsnmp_pdu *answer;
	long refusal;			/* EVENT_REFUSED: the library's number */
	unsigned depth;			/* callbacks to the holder not left yet */
	bool closed;
};

const char agent_options[] = "vcrtluaAxXneEZ", agent_secrets[] = "cAX";

/* --- the user of the session --- */

static void agent_enter(struct agent *a)
{
	if (a->user != NULL)
		lib.usm_add_user(a->user);
}

static void agent_leave(struct agent *a)
{
	if (a->user == NULL)
		return;
	lib.usm_remove_user(a->user);
	a->user->next = a->user->prev = NULL;
}

/* The engine is known: the user's keys can be made. */
static int make_user(struct agent *a)
{
	netsnmp_session *s = lib.snmp_sess_session(a->session);

	if (lib.usm_get_user(s->securityEngineID, s->securityEngineIDLen, s->securityName) != NULL)
		return 0;	/* snmp.conf has it */
	s->flags &= ~(u_long)SNMP_FLAGS_USER_CREATED;
	if (lib.usm_create_user_from_session(s) != SNMPERR_SUCCESS)
		return -1;
	a->user = lib.usm_get_user(s->securityEngineID, s->securityEngineIDLen, s->securityName);
	agent_leave(a);
	return 0;
}

/* --- callbacks of the library --- */

static int on_event(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic)
{
	struct agent *a = magic;

	(void)session, (void)id;
	switch (operation) {
	case NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE:
		/* A report is delivered again as an error, unless the library handles it. */
		if (pdu->command != SNMP_MSG_RESPONSE || a->event != EVENT_NONE)
			break;
		a->answer = lib.snmp_clone_pdu(pdu);
		a->event = a->answer != NULL ? EVENT_ANSWER : EVENT_UNSENT;
		break;
	case NETSNMP_CALLBACK_OP_TIMED_OUT:
		a->event = EVENT_TIMEOUT;
		break;
	case NETSNMP_CALLBACK_OP_SEC_ERROR:
		a->event = EVENT_REFUSED;
		a->refusal = pdu != NULL && pdu->command == SNMP_MSG_REPORT ? lib.snmpv3_get_report_type(pdu) : SNMPERR_GENERR;
		break;
	case NETSNMP_CALLBACK_OP_SEND_FAILED:
	case NETSNMP_CALLBACK_OP_DISCONNECT:
		a->event = EVENT_UNSENT;
		break;
	default:
		break;
	}
	return 1;
}

/* Why the library could not do it. */
static int session_error(struct agent *a, struct error *e)
{
	int library = 0, system = 0;
	char *text = NULL;

	lib.snmp_sess_error(a->session, &system, &library, &text);
	error_set(e, library == SNMPERR_BAD_SENDTO || library == 0 ? STATUS_LOST : STATUS_USAGE, "%s",
	    text != NULL && library != 0 ? text : "cannot send the request");
	free(text);
	return -1;
}

/* --- time and bytes --- */

static void agent_settle(struct agent *a);

/* The library closes a socket whose other end is gone, and the session with it as soon as it is asked what to wait for. */
static void look_for_loss(struct agent *a)
{
	const netsnmp_transport *t = lib.snmp_sess_transport(a->session);

	if (a->fd == -1 || (t != NULL && t->sock != -1))
		return;
	loop_unwatch(a->loop, a->fd);
	a->fd = -1;
	if (a->event == EVENT_NONE)
		a->event = EVENT_LOST;
}

static void on_due(void *ctx)
{
	struct agent *a = ctx;

	agent_enter(a);
	lib.snmp_sess_timeout(a->session);
	agent_leave(a);
	look_for_loss(a);
	agent_settle(a);
}

static void set_timer(struct agent *a)
{
	netsnmp_large_fd_set fds;
	struct timeval left = {0};
	int count = 0, block = 1;

	if (a->fd == -1) {
		loop_timer_stop(a->loop, &a->timer);
		return;
	}
	lib.netsnmp_large_fd_set_init(&fds, FD_SETSIZE);
	NETSNMP_LARGE_FD_ZERO(&fds);
	lib.snmp_sess_select_info2(a->session, &count, &fds, &left, &block);
	lib.netsnmp_large_fd_set_cleanup(&fds);
	if (block)
		loop_timer_stop(a->loop, &a->timer);
	else	/* a millisecond later it is due for certain */
		loop_timer_start(a->loop, &a->timer, (int64_t)left.tv_sec * 1000 + left.tv_usec / 1000 + 1, on_due, a);
}

static void on_ready(void *ctx, int fd, short revents)
{
	struct agent *a = ctx;
	netsnmp_large_fd_set fds;

	(void)revents;
	lib.netsnmp_large_fd_set_init(&fds, FD_SETSIZE);
	NETSNMP_LARGE_FD_ZERO(&fds);
	lib.netsnmp_large_fd_setfd(fd, &fds);
	agent_enter(a);
	lib.snmp_sess_read2(a->session, &fds);
	agent_leave(a);
	lib.netsnmp_large_fd_set_cleanup(&fds);
	look_for_loss(a);
	agent_settle(a);
}

/* --- asking --- */

/* Takes pdu. */
static int send_pdu(struct agent *a, netsnmp_pdu *pdu, struct error *e)
{
	a->event = EVENT_NONE;
	if (a->fd == -1) {
		lib.snmp_free_pdu(pdu);
		return error_set(e, STATUS_LOST, "the agent has closed the connection");
	}
	agent_enter(a);
	int id = lib.snmp_sess_async_send(a->session, pdu, on_event, a);
	agent_leave(a);
	a->event = EVENT_NONE;
	if (id == 0) {
		lib.snmp_free_pdu(pdu);
		return session_error(a, e);
	}
	set_timer(a);
	return 0;
}

/* An empty question that no user asks: the answer is a report, and from it the library learns the engine's id and time
 * (RFC 3414, section 4). */
static int probe(struct agent *a, struct error *e)
{
	netsnmp_pdu *pdu = lib.snmp_pdu_create(SNMP_MSG_GET);

	if (pdu == NULL || (pdu->securityName = strdup("")) == NULL) {
		lib.snmp_free_pdu(pdu);
		return error_memory(e);
	}
	pdu->version = SNMP_VERSION_3;
	pdu->securityNameLen = 0;
	pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	pdu->securityModel = SNMP_SEC_MODEL_USM;
	/* Else the library would ask by itself, and wait. */
	lib.snmp_sess_session(a->session)->flags |= SNMP_FLAGS_DONT_PROBE;
	a->probing = true;
	return send_pdu(a, pdu, e);
}

/* --- the end of a question --- */

static void agent_destroy(struct agent *a)
{
	if (a->user != NULL)
		lib.usm_free_user(a->user);
	free(a);
}

static void agent_fail(struct agent *a, enum status status, const char *text)
{
	struct error e;

	error_set(&e, status, "%s", text);
	a->asking = a->probing = false;
	if (a->waiting != NULL)
		lib.snmp_free_pdu(a->waiting);
	a->waiting = NULL;
	a->ops->failed(a->ctx, &e);
}

static void probed(struct agent *a)
{
	netsnmp_session *s = lib.snmp_sess_session(a->session);
	netsnmp_pdu *pdu = a->waiting;
	struct error e;

	a->probing = false;
	a->waiting = NULL;
	if (s->securityEngineIDLen == 0) {
		lib.snmp_free_pdu(pdu);
		agent_fail(a, STATUS_FAILED, "the agent does not send its engine's id");
	} else if (make_user(a) == -1) {
		lib.snmp_free_pdu(pdu);
		agent_fail(a, STATUS_FAILED, "cannot make the user's keys");
	} else if (send_pdu(a, pdu, &e) == -1) {
		agent_fail(a, e.status, e.text);
	} else if (a->ops->step != NULL) {
		a->ops->step(a->ctx, "the engine's id is known");
	}
}

/* What cannot be decrypted is not answered, however authentic it is. */
static bool is_private(const struct agent *a)
{
	return a->user != NULL && lib.snmp_sess_session(a->session)->securityLevel == SNMP_SEC_LEVEL_AUTHPRIV;
}

/* Acts upon what the library has called back with. */
static void agent_settle(struct agent *a)
{
	enum event event = a->event;
	netsnmp_pdu *answer = a->answer;

	a->event = EVENT_NONE;
	a->answer = NULL;
	a->depth++;
	if (event == EVENT_NONE || !a->asking) {
		set_timer(a);
	} else if (event == EVENT_LOST) {
		agent_fail(a, STATUS_LOST, "the agent has closed the connection");
	} else if (a->probing && event != EVENT_TIMEOUT) {
		probed(a);
	} else if (event == EVENT_ANSWER) {
		a->asking = false;
		a->ops->answered(a->ctx, (const struct agent_answer *)(const void *)answer);
	} else if (event == EVENT_TIMEOUT) {
		agent_fail(a, STATUS_TIMEOUT, is_private(a) && !a->probing ? "no answer in time (a wrong privacy pass phrase?)" : "no answer in time");
	} else if (event == EVENT_REFUSED) {
		agent_fail(a, STATUS_FAILED, lib.snmp_api_errstring((int)a->refusal));
	} else {
		agent_fail(a, STATUS_FAILED, "cannot send the request or read its answer");
	}
	if (answer != NULL)
		lib.snmp_free_pdu(answer);
	if (--a->depth == 0 && a->closed)
		agent_destroy(a);
}

/* The library takes 12x for 12, and cuts numbers off that its type has no room for. */
static bool is_number_of(char type, const char *text)
{
	char *end;
	long long n;

	if (strchr("iuct3", type) == NULL || isalpha((unsigned char)text[0]))
		return true;	/* not a number's type; or a name, which the MIBs may know */
	if (!isdigit((unsigned char)text[text[0] == '-']))
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' && (type == 'i' ? n >= -2147483648LL && n <= 2147483647LL : n >= 0 && n <= 4294967295LL);
}

static int add_variables(netsnmp_pdu *pdu, const struct agent_request *r, struct error *e)
{
	for (size_t i = 0; i < r->count; i++) {
		oid ids[AGENT_OID_MAX];

		for (size_t k = 0; k < r->oids[i].len; k++)
			ids[k] = r->oids[i].ids[k];
		if (r->operation != AGENT_SET) {
			if (lib.snmp_add_null_var(pdu, ids, r->oids[i].len) == NULL)
				return error_memory(e);
			continue;
		}
		struct agent_capture capture;
		char why[160];
		agent_capture_begin(&capture);
		int failed = r->types[i][0] == '\0' || r->types[i][1] != '\0' || !is_number_of(r->types[i][0], r->values[i]) ||
		    lib.snmp_add_var(pdu, ids, r->oids[i].len, r->types[i][0], r->values[i]) != 0;
		agent_capture_end(&capture, why, sizeof why);
		if (failed)
			return error_set(e, STATUS_USAGE, "%.20s %.60s: not a type's letter and a value of it%s%s (i u t a o s x d b: see snmpset(1))",
			    r->types[i], r->values[i], why[0] != '\0' ? ": " : "", why);
	}
	return 0;
}

int agent_ask(struct agent *a, const struct agent_request *r, struct error *e)
{
	static const int commands[] = {SNMP_MSG_GET, SNMP_MSG_GETNEXT, SNMP_MSG_GETBULK, SNMP_MSG_SET};
	netsnmp_session *s = lib.snmp_sess_session(a->session);
	netsnmp_pdu *pdu = lib.snmp_pdu_create(commands[r->operation]);

	if (pdu == NULL)
		return error_memory(e);
	if (r->operation == AGENT_GETBULK) {
		pdu->non_repeaters = r->non_repeaters;
		pdu->max_repetitions = r->max_repetitions;
	}
	if (add_variables(pdu, r, e) == -1) {
		lib.snmp_free_pdu(pdu);
		return -1;
	}
	a->asking = true;
	if (s->version == SNMP_VERSION_3 && s->securityEngineIDLen == 0) {
		a->waiting = pdu;
		if (probe(a, e) == 0)
			return 0;
		lib.snmp_free_pdu(pdu);
		a->waiting = NULL;
		a->asking = a->probing = false;
		return -1;
	}
	if (s->version == SNMP_VERSION_3 && a->user == NULL && make_user(a) == -1) {
		lib.snmp_free_pdu(pdu);
		session_error(a, e);
	} else if (send_pdu(a, pdu, e) == 0) {
		return 0;
	}
	a->asking = false;
	return -1;
}

/* --- opening and closing --- */

struct agent *agent_open(struct loop *l, const struct address *to, int fd, char **options, size_t count,
    const struct agent_ops *ops, void *ctx, struct error *e)
{
	struct agent *a = calloc(1, sizeof *a);

	if (a == NULL) {
		if (fd != -1)
			close(fd);
		error_memory(e);
		return NULL;
	}
	*a = (struct agent){.loop = l, .ops = ops, .ctx = ctx, .fd = -1};
	a->session = agent_session(to, fd, options, count, e);
	if (a->session != NULL) {
		a->fd = lib.snmp_sess_transport(a->session)->sock;
		if (loop_watch(l, a->fd, POLLIN, on_ready, a) == 0)
			return a;
		lib.snmp_sess_close(a->session);
		error_memory(e);
	}
	free(a);
	return NULL;
}

void agent_close(struct agent *a)
{
	if (a == NULL || a->closed)
		return;
	a->closed = true;
	a->asking = false;
	loop_timer_stop(a->loop, &a->timer);
	if (a->fd != -1)
		loop_unwatch(a->loop, a->fd);
	lib.snmp_sess_close(a->session);
	a->session = NULL;
	if (a->waiting != NULL)
		lib.snmp_free_pdu(a->waiting);
	a->waiting = NULL;
	if (a->depth == 0)
		agent_destroy(a);
}

int agent_version(const struct agent *a)
{
	switch (lib.snmp_sess_session(a->session)->version) {
	case SNMP_VERSION_1:
		return 1;
	case SNMP_VERSION_2c:
		return 2;
	default:
		return 3;
	}
}

#endif
