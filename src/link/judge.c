/* SPDX-License-Identifier: ISC */
/*
 * judge: how a channel judges the key of the box, and how far it is trusted then.  See channel.h.
 *
 * Owns what is remembered of the box and by which name it is verified.  The verdict is trust's; the handshake, bytes,
 * descriptors and deadlines are channel.c's.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "link/channel_parts.h"

/* --- questions and reports --- */

void channel_step(void *ctx, const char *text)
{
	struct channel *c = ctx;

	if (!c->freed && c->ops->step != NULL)
		c->ops->step(c->ctx, text);
}

void channel_warn(void *ctx, const char *text)
{
	struct channel *c = ctx;

	if (!c->freed && c->ops->warn != NULL)
		c->ops->warn(c->ctx, text);
}

static bool channel_ask(void *ctx, const char *text, char *answer, size_t size)
{
	struct channel *c = ctx;

	answer[0] = '\0';
	return !c->freed && c->ops->ask != NULL && c->ops->ask(c->ctx, text, answer, size);
}

static const struct trust_ops channel_trust_ops = {channel_step, channel_warn, channel_ask};

void channel_clear_trust(struct channel *c)
{
	if (c->have_trust)
		trust_clear(&c->trust);
	tls_peer_clear(&c->peer);
}

/* --- what is remembered --- */

const char *channel_verify_name(const struct channel *c, char text[static 256])
{
	/* The name is the remembered one's without its port and brackets. */
	const char *name = c->trust.name, *colon = strrchr(name, ':');

	if (c->o->target->path != NULL && c->o->known_as == NULL)
		return NULL;
	size_t len = colon != NULL ? (size_t)(colon - name) : strlen(name);
	if (len >= 2 && name[0] == '[' && name[len - 1] == ']') {
		name++;
		len -= 2;
	}
	snprintf(text, 256, "%.*s", (int)len, name);
	return text;
}

/* True if the box has a name that DNS, or a tunnel, may have led to this machine. */
static bool channel_is_named(const struct channel *c)
{
	const struct target *t = c->o->target;

	return c->o->known_as != NULL || (t->host != NULL && !t->host_is_address && strcasecmp(t->host, "localhost") != 0);
}

bool channel_asks_memory(const struct channel *c)
{
	if (channel_wants(c) == WANTS_TLS)
		return true;
	return c->kind == CONNECT_LOOPBACK ? channel_is_named(c) : c->kind != CONNECT_UNIX;
}

/* True if no other machine can be in between: a Unix socket or loopback.  A proxy command's peer is remote,
 * whatever the target is called.  A box known to have TLS is remote although its name leads to loopback now: the process that
 * answers there may be any user's. */
static bool channel_is_local(const struct channel *c)
{
	if (c->kind == CONNECT_LOOPBACK)
		return !channel_is_named(c) || !c->have_trust || !trust_knows_tls(&c->trust);
	return c->kind == CONNECT_UNIX;
}

int channel_load_trust(struct channel *c, struct error *e)
{
	if (c->have_trust)
		return 0;
	c->have_trust = true;
	c->trust_settings = (struct trust_settings){.mode = c->o->tls, .accept_new = c->o->accept_new, .pin = c->o->pin,
	    .tls_min = c->o->tls_min, .known_boxes = c->o->known_boxes, .seen = c->o->seen};
	return trust_init(&c->trust, &c->trust_settings, c->o->target, c->o->known_as, &channel_trust_ops, c, e);
}

/* --- how far it is trusted --- */

enum channel_trust channel_trust(const struct channel *c)
{
	if (c->secured && c->trusted)
		return TRUST_TLS;
	if (c->kind == CONNECT_UNIX)
		return TRUST_LOCAL_SOCKET;
	if (c->kind == CONNECT_LOOPBACK && channel_is_local(c))
		return c->port < IPPORT_RESERVED ? TRUST_LOOPBACK_LOW : TRUST_LOOPBACK;
	return c->secured ? TRUST_TLS_UNKNOWN : TRUST_CLEAR;
}

bool channel_knows_tls(const struct channel *c)
{
	return c->have_trust && trust_knows_tls(&c->trust);
}

enum channel_wants channel_wants(const struct channel *c)
{
	switch (c->o->tls) {
	case TLS_OFF:
		return WANTS_CLEAR;
	case TLS_ON:
	case TLS_VERIFY:
	case TLS_INSECURE:
		return WANTS_TLS;
	case TLS_AUTO:
		break;
	}
	/* Once TLS, always TLS, also where a name suddenly means this machine; and a pin must be compared. */
	if (c->o->pin != NULL || channel_knows_tls(c))
		return WANTS_TLS;
	if (channel_is_local(c))
		return WANTS_CLEAR;
	if (c->have_trust && trust_knows_clear(&c->trust))
		return WANTS_CLEAR;
	return WANTS_TLS_OR_ASK;
}

/* --- how it starts TLS --- */

bool channel_asks_early(const struct channel *c)
{
	return channel_wants(c) == WANTS_TLS && c->have_trust && trust_start(&c->trust) == START_ASKED;
}

void channel_note_late(struct channel *c)
{
	trust_note_start(&c->trust, START_LATE);
}

bool channel_shook_hands(const struct channel *c)
{
	return c->tls_version != NULL;
}
