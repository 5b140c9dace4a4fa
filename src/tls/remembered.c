/* SPDX-License-Identifier: ISC */
/*
 * remembered: what is known of one box, from the file and from this run.
 *
 * trust.c judges.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls/trust_parts.h"

void trust_seen_clear(struct trust_seen *seen)
{
	free(seen->name);
	*seen = (struct trust_seen){0};
}

/* The file has the last word, where it has one: it may have been changed meanwhile. */
static void trust_recall(struct trust *t)
{
	const struct trust_seen *seen = t->settings->seen;

	if (seen == NULL || seen->name == NULL || strcmp(seen->name, t->name) != 0 || trust_knows_tls(t))
		return;
	t->seen = (struct known_box){.name = seen->name, .kind = seen->pin[0] != '\0' ? KNOWN_KEY : KNOWN_TLS,
	    .min = seen->version, .start = seen->start};
	memcpy(t->seen.pin, seen->pin, sizeof t->seen.pin);
}

int trust_note_seen(struct trust *t, enum known_kind kind, const struct tls_peer *peer, struct error *e)
{
	struct trust_seen *seen = t->settings->seen;

	if (seen == NULL)
		return 0;
	trust_seen_clear(seen);
	t->seen.name = NULL;
	seen->name = strdup(t->name);
	if (seen->name == NULL)
		return error_memory(e);
	if (kind == KNOWN_KEY)
		memcpy(seen->pin, peer->pin, sizeof seen->pin);
	seen->version = peer->version;
	return 0;
}

int trust_init(struct trust *t, const struct trust_settings *s, const struct target *target, const char *known_as,
    const struct trust_ops *ops, void *ctx, struct error *e)
{
	*t = (struct trust){.settings = s, .ops = ops, .ctx = ctx};
	if (s->pin != NULL && !pin_list_valid(s->pin))
		return error_set(e, STATUS_USAGE, "--pin %s: not a pin: sha256// and 44 characters of base64", s->pin);
	t->name = known_boxes_name(target, known_as, e);
	if (t->name == NULL)
		return -1;
	if (s->known_boxes == NULL || known_boxes_read(&t->known, s->known_boxes, t->name, ops->warn, ctx, e) == 0) {
		trust_recall(t);
		return 0;
	}
	/* Without a check nothing need be remembered, but a changed key is reported. */
	if (s->mode != TLS_OFF && s->mode != TLS_INSECURE)
		return -1;
	ops->warn(ctx, e->text);
	return 0;
}

void trust_clear(struct trust *t)
{
	known_boxes_clear(&t->known);
	free(t->name);
	free(t->verified_by);
	t->name = t->verified_by = NULL;
}

const struct known_box *trust_find(const struct trust *t, enum known_kind kind, const char *pin)
{
	for (size_t i = 0; i < t->known.count; i++) {
		const struct known_box *k = &t->known.items[i];

		if (k->kind == kind && (pin == NULL || strcmp(k->pin, pin) == 0))
			return k;
	}
	if (t->seen.name != NULL && t->seen.kind == kind && (pin == NULL || strcmp(t->seen.pin, pin) == 0))
		return &t->seen;
	return NULL;
}

const char *trust_where(const struct trust *t, const struct known_box *k, char text[static TRUST_WHERE])
{
	if (k->line == 0)
		snprintf(text, TRUST_WHERE, "seen earlier in this run");
	else
		snprintf(text, TRUST_WHERE, "%.200s:%u", t->settings->known_boxes, k->line);
	return text;
}

bool trust_knows_tls(const struct trust *t)
{
	return trust_find(t, KNOWN_KEY, NULL) != NULL || trust_find(t, KNOWN_TLS, NULL) != NULL;
}

bool trust_knows_clear(const struct trust *t)
{
	return !trust_knows_tls(t) && trust_find(t, KNOWN_CLEAR, NULL) != NULL;
}

unsigned trust_best(const struct trust *t)
{
	unsigned best = t->seen.name != NULL ? t->seen.min : 0;

	for (size_t i = 0; i < t->known.count; i++)
		if (t->known.items[i].min > best)
			best = t->known.items[i].min;
	return best;
}

bool trust_needs_authority(const struct trust *t)
{
	if (t->settings->mode == TLS_VERIFY)
		return true;
	return t->settings->mode != TLS_INSECURE && t->settings->pin == NULL && trust_find(t, KNOWN_KEY, NULL) == NULL;
}

void trust_warn(const struct trust *t, const char *what)
{
	char text[2 * ERROR_TEXT];

	snprintf(text, sizeof text, "%s: %s", t->name, what);
	t->ops->warn(t->ctx, text);
}

void trust_remember(struct trust *t, enum known_kind kind, const char *pin, unsigned version)
{
	struct error e;

	if (t->settings->known_boxes == NULL)
		return;
	if (known_boxes_add(t->settings->known_boxes, t->name, kind, pin, version, &e) == 0) {
		t->added |= kind != KNOWN_CLEAR;
		return;
	}
	char text[ERROR_TEXT + 32];
	snprintf(text, sizeof text, "cannot be remembered: %s", e.text);
	trust_warn(t, text);
}

/* --- how it starts TLS --- */

enum known_start trust_start(const struct trust *t)
{
	enum known_start start = t->seen.name != NULL ? t->seen.start : START_UNKNOWN;

	for (size_t i = 0; i < t->known.count; i++)
		if (t->known.items[i].kind != KNOWN_CLEAR && t->known.items[i].start > start)
			start = t->known.items[i].start;
	return start;
}

/* Whether the file has a line of the box that does not say it. */
static bool trust_start_is_news(const struct trust *t)
{
	for (size_t i = 0; i < t->known.count; i++)
		if (t->known.items[i].kind != KNOWN_CLEAR && t->known.items[i].start < t->start)
			return true;
	return t->added;
}

void trust_remember_start(struct trust *t)
{
	struct trust_seen *seen = t->settings->seen;
	struct error e;
	char text[ERROR_TEXT + 64];

	if (seen != NULL && seen->name != NULL && strcmp(seen->name, t->name) == 0 && seen->start < t->start)
		seen->start = t->start;
	if (t->settings->known_boxes == NULL || !trust_start_is_news(t))
		return;
	if (known_boxes_note_start(t->settings->known_boxes, t->name, t->start, &e) == -1) {
		/* No warning: only a round trip is lost, and the file may be one that the user keeps read-only. */
		snprintf(text, sizeof text, "how it starts TLS cannot be remembered: %s", e.text);
		t->ops->step(t->ctx, text);
		return;
	}
	t->added = false;
	for (size_t i = 0; i < t->known.count; i++)
		if (t->known.items[i].start < t->start)
			t->known.items[i].start = t->start;
}

void trust_note_start(struct trust *t, enum known_start start)
{
	if (start <= t->start)
		return;
	t->start = start;
	if (start != START_ASKED)
		trust_remember_start(t);
}
