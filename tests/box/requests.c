/* SPDX-License-Identifier: ISC */
/*
 * requests: bytes parsed into requests, and each handed to its answer.
 *
 * Arrays come back to back, with or without white space between.  A ping is answered without parsing the
 * rest of the grammar, so that the box is not what a benchmark measures.
 */
#include "requests.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "box.h"
#include "call.h"
#include "client.h"
#include "clock.h"

enum { TURN_FULL = 1024 * 1024 };	/* bytes of answers before other clients get their turn */

static const struct answer {
	const char *type;
	enum call_result (*answer)(struct call *c);
	bool before_login;
} answers[] = {
	/* sorted */
	{"advanced_settings", answer_advanced_settings, false},
	{"advanced_settings_modify", answer_advanced_settings_modify, false},
	{"global_settings", answer_global_settings, false},
	{"global_settings_modify", answer_global_settings_modify, false},
	{"group_info", answer_group_info, false},
	{"group_modify", answer_group_modify, false},
	{"group_settings", answer_group_settings, false},
	{"group_settings_modify", answer_group_settings_modify, false},
	{"log", answer_log, false},
	{"login", answer_login, true},
	{"login_cram_md6", answer_login, true},
	{"ping", answer_ping, false},
	{"poller_info", answer_poller_info, false},
	{"poller_info_modify", answer_poller_info_modify, false},
	{"poller_modify", answer_poller_modify, false},
	{"poller_subnet_list", answer_poller_subnet_list, false},
	{"poller_subnet_list_modify", answer_poller_subnet_list_modify, false},
	{"product_id", answer_product_id, false},
	{"realm_advanced_settings", answer_realm_advanced_settings, false},
	{"realm_advanced_settings_modify", answer_realm_advanced_settings_modify, false},
	{"realm_device_assign", answer_realm_device_assign, false},
	{"realm_device_assignment_list", answer_realm_device_assignment_list, false},
	{"realm_discover", answer_realm_discover, false},
	{"realm_info", answer_realm_info, false},
	{"realm_info_modify", answer_realm_info_modify, false},
	{"realm_modify", answer_realm_modify, false},
	{"realm_poll", answer_realm_poll, false},
	{"realm_query", answer_realm_query, false},
	{"realm_seed_list", answer_realm_seed_list, false},
	{"realm_seed_list_modify", answer_realm_seed_list_modify, false},
	{"realm_snmp_credential_list", answer_realm_snmp_credential_list, false},
	{"realm_snmp_credential_list_modify", answer_realm_snmp_credential_list_modify, false},
	{"realm_sync", answer_realm_sync, false},
	{"realm_view", answer_realm_view, false},
	{"remote_backup", answer_remote_backup, false},
	{"report_info", answer_report_info, false},
	{"security_authentication_method_list", answer_security_authentication_method_list, false},
	{"security_authentication_modify", answer_security_authentication_modify, false},
	{"security_certificate_assign", answer_security_certificate_assign, false},
	{"security_certificate_assignment_list", answer_security_certificate_assignment_list, false},
	{"security_certificate_list", answer_security_certificate_list, false},
	{"security_certificate_list_modify", answer_security_certificate_list_modify, false},
	{"security_misc_settings", answer_security_misc_settings, false},
	{"security_misc_settings_modify", answer_security_misc_settings_modify, false},
	{"set_license", answer_set_license, false},
	{"start_tls", answer_start_tls, true},
	{"subscribe", answer_subscribe, false},
	{"switch_poll", answer_switch_poll, false},
	{"unsubscribe", answer_unsubscribe, false},
	{"user_view_info", answer_user_view_info, false},
};

static int compare(const void *type, const void *entry)
{
	return strcmp(type, ((const struct answer *)entry)->type);
}

/* --- pings --- */

/* The time and the pid in all pongs of one turn. */
static size_t pong(char text[static 64])
{
	struct timespec now = clock_now();

	return (size_t)snprintf(
	    text, 64, ",1,%lld.%05ld,%ld]\n", (long long)now.tv_sec, now.tv_nsec / 10000, (long)getpid());
}

/* Checks whether text begins with [id,"ping"] in its shortest spelling, the id being a whole number or a string of
 * letters and digits: sets the id's length.  Returns the bytes of the array; 0: not a ping. */
static size_t match_ping(const char *text, size_t len, size_t *id)
{
	static const char rest[] = ",\"ping\"]";
	size_t i = 1;

	if (len < 4 || text[0] != '[')
		return 0;
	if (text[i] == '"')
		for (i++; i < len && (((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z') ||
					 (text[i] >= '0' && text[i] <= '9'));)
			i++;
	else if (text[i] >= '1' && text[i] <= '9')
		while (i < len && text[i] >= '0' && text[i] <= '9')
			i++;
	if (text[1] == '"' && i < len && text[i] == '"')
		i++;
	*id = i - 1;
	if (*id == 0 || (text[1] == '"' && (*id < 2 || text[i - 1] != '"')))
		return 0;
	if (len - i < sizeof rest - 1 || memcmp(text + i, rest, sizeof rest - 1) != 0)
		return 0;
	return i + sizeof rest - 1;
}

/* Answers as many pings as there are at the head of the input. */
static void take_pings(struct client *c)
{
	const char *p = buf_head(&c->in), *end = p + c->in.len;
	char text[64];
	size_t len = 0, id, used;

	while (p < end) {
		if (*p == '\n' || *p == '\r' || *p == ' ') {
			p++;
			continue;
		}
		if ((used = match_ping(p, (size_t)(end - p), &id)) == 0)
			break;
		if (len == 0)
			len = pong(text);
		if (c->box->log)
			box_log(c->box, c, "recv", p, used);
		buf_put(&c->out, p, id + 1);
		buf_put(&c->out, text, len);
		p += used;
	}
	buf_consume(&c->in, (size_t)(p - buf_head(&c->in)));
}

enum call_result answer_ping(struct call *c)
{
	char text[64];

	/* without its head ",1" and its end "]\n" */
	buf_put(c->out, text + 2, pong(text) - 4);
	return CALL_OK;
}

/* --- any request --- */

static void begin_reply(struct client *c, const struct array *request, const char *status)
{
	buf_putc(&c->out, '[');
	buf_put(&c->out, request->id, request->id_len);
	buf_puts(&c->out, status);
}

static void answer(struct client *c, const struct array *request)
{
	struct call call = {.box = c->box, .client = c, .request = request, .out = &c->out, .mark = c->out.len};
	const cJSON *id = array_member(request, 0), *v = array_member(request, 1);
	const struct answer *a = NULL;
	enum call_result result;

	if ((!cJSON_IsString(id) && !cJSON_IsRaw(id)) || !cJSON_IsString(v)) {
		buf_puts(&c->out, "[null,\"error\",\"a request is [id, type, arguments...]\"]\n");
		client_close(c, "box");
		return;
	}
	call.type = v->valuestring;
	while (call.n < CALL_ARGS && (v = v->next))
		call.args[call.n++] = v;
	a = bsearch(call.type, answers, sizeof answers / sizeof *answers, sizeof *answers, compare);
	begin_reply(c, request, ",1");
	if (!c->authed && !(a && a->before_login))
		result = call_fail(&call, "you need to authenticate first");
	else if (!a)
		result = call_fail(&call, "unknown request type '%s'", call.type);
	else
		result = a->answer(&call);
	switch (result) {
	case CALL_OK:
		break;
	case CALL_FAILED:
		buf_truncate(&c->out, call.mark);
		begin_reply(c, request, ",0,");
		put_text(&c->out, call.error);
		break;
	case CALL_LATER:	/* it has taken its reply back */
		break;
	}
	if (result != CALL_LATER)
		buf_puts(&c->out, "]\n");
}

void requests_take(struct client *c)
{
	size_t before = c->out.len, len;
	enum arrays_result found;
	struct array request;
	const char *error;

	c->more = false;
	while (!c->closing && !c->gone && !(c->handshake && !c->secured)) {
		if (c->out.len - before >= TURN_FULL) {
			c->more = true;
			return;
		}
		if (c->authed && c->arrays.scanned == 0)
			take_pings(c);
		found = arrays_next(&c->arrays, &c->in, &request, &error);
		if (found == ARRAYS_MORE)
			return;
		if (found == ARRAYS_BAD) {
			box_log(c->box, c, "odd", buf_head(&c->in), c->in.len < 200 ? c->in.len : 200);
			buf_printf(&c->out, "[null,\"error\",\"undecodable request: %s\"]\n", error);
			client_close(c, "box");
			return;
		}
		if (c->box->log)
			box_log(c->box, c, "recv", request.text, request.len);
		/* Its id is part of the input. */
		answer(c, &request);
		len = request.len;
		array_clear(&request);
		buf_consume(&c->in, len);
		if (c->handshake && !c->secured && c->in.len > 0) {
			/* Not even a LF may follow a start_tls: it would be read as TLS. */
			box_log(c->box, c, "odd", buf_head(&c->in), c->in.len < 200 ? c->in.len : 200);
			client_close(c, "tls");
		}
	}
}

bool requests_crossed_start_tls(struct client *c, size_t *used)
{
	struct array request;
	const char *error;
	enum arrays_result found = arrays_next(&c->arrays, &c->in, &request, &error);
	bool crossed = found == ARRAYS_MORE;

	*used = 0;
	if (found == ARRAYS_FOUND && call_is(array_member(&request, 1), "start_tls")) {
		box_log(c->box, c, "recv", request.text, request.len);
		buf_put(&c->tls_id, request.id, request.id_len);
		*used = request.len;
		crossed = true;
	}
	array_clear(&request);
	return crossed;
}

void requests_finish(struct box *box, const struct job *job, bool ok, const char *values)
{
	struct client *c;

	TAILQ_FOREACH (c, &box->clients, link) {
		if (c->number != job->client || c->closing || c->gone)
			continue;
		buf_printf(&c->out, "[%s,%d", job->id, ok);
		buf_puts(&c->out, values);
		buf_puts(&c->out, "]\n");
		client_flush(c);
		return;
	}
}
