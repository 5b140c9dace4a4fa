/* SPDX-License-Identifier: ISC */
/*
 * trust: whether the peer is the box that the user means.  See trust.h.
 *
 * All ways to the verdict "trusted" are in trust_judge(), in the order in which they count.  Whatever goes wrong on
 * the way, memory too, is a refusal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "tls/trust_parts.h"

enum { TRUST_ANSWER = 512, TRUST_TRIES = 3 };

static int trust_vouch(struct trust *t, const char *by, struct error *e)
{
	free(t->verified_by);
	t->verified_by = strdup(by);
	return t->verified_by != NULL ? 0 : error_memory(e);
}

/* Warns of a version below the best that the box is remembered with, from the file or from this run. */
static void trust_check_version(struct trust *t, const struct tls_peer *peer)
{
	unsigned best = trust_best(t);
	char text[160];

	if (best > peer->version && peer->version < 12) {
		snprintf(text, sizeof text, "speaks only TLS 1.%u now, it used 1.%u before", peer->version - 10, best - 10);
		trust_warn(t, text);
	}
}

/* True if keys are remembered for the box, and this is none of them. */
static bool trust_is_other_key(const struct trust *t, const struct tls_peer *peer)
{
	return trust_find(t, KNOWN_KEY, NULL) != NULL && trust_find(t, KNOWN_KEY, peer->pin) == NULL;
}

/* --- refusals --- */

static int trust_refuse_changed(struct trust *t, const struct tls_peer *peer, struct error *e)
{
	const struct known_box *first = trust_find(t, KNOWN_KEY, NULL);
	char known[256], where[TRUST_WHERE];

	snprintf(known, sizeof known, "%s", first->pin);
	for (size_t i = 0; i < t->known.count; i++) {
		const struct known_box *k = &t->known.items[i];
		size_t len = strlen(known);

		if (k != first && k->kind == KNOWN_KEY && len + PIN_TEXT + 2 <= sizeof known)
			snprintf(known + len, sizeof known - len, ", %s", k->pin);
	}
	return error_set(e, STATUS_TLS, "%s: THE KEY HAS CHANGED: it is %s, known is %s (%s): if the box has a new key,"
	    " `.trust remove %s`", t->name, peer->pin, known, trust_where(t, first, where), t->name);
}

static int trust_refuse_unknown(struct trust *t, const struct tls_peer *peer, struct error *e)
{
	bool had_authority = trust_find(t, KNOWN_TLS, NULL) != NULL;

	return error_set(e, STATUS_TLS, "%s: unknown key %s (%s): %s; if it is the box's: --pin %s%s", t->name, peer->pin,
	    peer->key, had_authority ? "an authority verified this box before, and none does now" : peer->why_not,
	    peer->pin, had_authority ? "" : ", or --accept-new");
}

/* Refuses another key than the right one.  Called before its strength counts: no option that permits weak keys helps against the
 * wrong key. */
static int trust_check_identity(struct trust *t, const struct tls_peer *peer, struct error *e)
{
	if (t->settings->mode == TLS_VERIFY && !peer->verified)
		return error_set(e, STATUS_TLS, "%s: the certificate is not verified: %s: see --ca, --known-as", t->name,
		    peer->why_not);
	if (t->settings->pin != NULL)
		return pin_list_has(t->settings->pin, peer->pin) ? 0 : error_set(e, STATUS_TLS, "%s: the key is %s, not --pin %s",
		    t->name, peer->pin, t->settings->pin);
	if (t->settings->mode != TLS_INSECURE && trust_is_other_key(t, peer))
		return trust_refuse_changed(t, peer, e);
	return 0;
}

/* Refuses a weak key: it proves nothing, even if it is verified.  The option that permits it is named only where nothing better
 * is known of the box: no key is remembered but this one, and no authority has verified it. */
static int trust_check_strength(struct trust *t, const struct tls_peer *peer, struct error *e)
{
	char text[160];

	if (peer->key_bits >= 2048)
		return 0;
	if (t->settings->mode != TLS_INSECURE) {
		if (peer->key_bits < 1024)
			return error_set(e, STATUS_TLS, "%s: the key, %s, is too weak to prove anything", t->name,
			    peer->key);
		if (t->settings->tls_min >= 12)
			return error_set(e, STATUS_TLS, "%s: the key, %s, is weak%s", t->name, peer->key,
			    t->settings->pin == NULL && trust_find(t, KNOWN_KEY, NULL) == NULL && trust_find(t, KNOWN_TLS, NULL) != NULL ?
			    ", and an authority verified this box before: another process may be in between" : ": see --tls-min 1.0");
	}
	snprintf(text, sizeof text, "the key, %s, is weak", peer->key);
	trust_warn(t, text);
	return 0;
}

/* --- asking --- */

/* ANSWER_NONE: there is no terminal. */
enum trust_answer { ANSWER_NONE, ANSWER_NO, ANSWER_YES, ANSWER_PIN, ANSWER_OTHER_PIN, ANSWER_UNCLEAR };

static enum trust_answer trust_read_answer(char *answer, const char *pin)
{
	unsigned char typed[PIN_HASH], wanted[PIN_HASH];
	size_t len;

	answer += strspn(answer, " \t\r\n");
	len = strlen(answer);
	while (len > 0 && strchr(" \t\r\n", answer[len - 1]) != NULL)
		answer[--len] = '\0';
	if (len == 0 || strcasecmp(answer, "no") == 0 || strcasecmp(answer, "n") == 0)
		return ANSWER_NO;
	if (strcasecmp(answer, "yes") == 0)
		return ANSWER_YES;
	if (pin_read(typed, answer, len, true)) {
		bool same = pin_read(wanted, pin, strlen(pin), false) && memcmp(typed, wanted, PIN_HASH) == 0;

		return same ? ANSWER_PIN : ANSWER_OTHER_PIN;
	}
	/* A wrong fingerprint is not asked about again. */
	return strncmp(answer, "sha256", 6) == 0 ? ANSWER_OTHER_PIN : ANSWER_UNCLEAR;
}

static void trust_put_question(struct buf *out, const struct trust *t, const struct tls_peer *peer)
{
	buf_printf(out, "The key of %s is not known.\n", t->name);
	buf_printf(out, "  key      %s\n  pin      %s\n", peer->key, peer->pin);
	buf_printf(out, "  subject  %s\n  issuer   %s\n  valid    %s%s\n", peer->subject, peer->issuer, peer->valid,
	    peer->in_time ? "" : " (not now)");
	buf_printf(out, "  verified no: %s\n", peer->why_not);
	if (trust_find(t, KNOWN_TLS, NULL) != NULL)
		buf_puts(out, "Beware: an authority has verified this box before, and none does now.\n");
	buf_puts(out, "Trust it from now on? (yes, no, or its pin as you know it) ");
}

/* Asks until the answer is clear, TRUST_TRIES times at most.  again: what the later questions are. */
static enum trust_answer trust_question(struct trust *t, const char *question, const char *again, const char *pin)
{
	enum trust_answer result = ANSWER_UNCLEAR;
	char answer[TRUST_ANSWER];

	for (unsigned tries = 0; tries < TRUST_TRIES && result == ANSWER_UNCLEAR; tries++) {
		answer[0] = '\0';
		if (!t->ops->ask(t->ctx, tries == 0 ? question : again, answer, sizeof answer))
			return tries == 0 ? ANSWER_NONE : ANSWER_NO;
		result = trust_read_answer(answer, pin);
	}
	return result;
}

/* 0: yes; or -1 with *e: no, or no terminal. */
static int trust_ask(struct trust *t, const struct tls_peer *peer, struct error *e)
{
	enum trust_answer answer = ANSWER_UNCLEAR;
	struct buf text = {0};
	bool complete;

	trust_put_question(&text, t, peer);
	complete = buf_string(&text) != NULL;
	if (complete)
		answer = trust_question(t, buf_string(&text), "Please answer yes, no, or with the whole pin: ", peer->pin);
	buf_clear(&text);
	if (!complete)
		return error_memory(e);
	switch (answer) {
	case ANSWER_YES: case ANSWER_PIN:
		return 0;
	case ANSWER_NONE:
		return trust_refuse_unknown(t, peer, e);
	case ANSWER_OTHER_PIN:
		return error_set(e, STATUS_TLS, "%s: the key is %s, not the one that was typed", t->name, peer->pin);
	case ANSWER_NO: case ANSWER_UNCLEAR:
		break;
	}
	return error_set(e, STATUS_TLS, "%s: the key was not accepted", t->name);
}

/* --- the verdict --- */

static int trust_judge_pin(struct trust *t, const struct tls_peer *peer, bool *trusted, struct error *e)
{
	if (trust_is_other_key(t, peer))
		trust_warn(t, "the key is --pin's, but another one is remembered: see .trust");
	*trusted = true;
	return trust_vouch(t, "--pin", e);
}

static int trust_judge_insecure(struct trust *t, const struct tls_peer *peer, bool *trusted, struct error *e)
{
	trust_warn(t, trust_is_other_key(t, peer) ? "--tls insecure: the key is not verified, AND IT IS NOT THE ONE REMEMBERED" :
	    "--tls insecure: the key is not verified: another machine may be in between and read and change everything");
	*trusted = false;
	return trust_vouch(t, "nothing (--tls insecure)", e);
}

static int trust_judge_known(struct trust *t, const struct known_box *k, const struct tls_peer *peer, bool *trusted,
    struct error *e)
{
	char by[256];

	if (k->line == 0)
		snprintf(by, sizeof by, "its key, seen earlier in this run");
	else
		snprintf(by, sizeof by, "%.200s line %u", t->settings->known_boxes, k->line);
	if (k->line != 0 && peer->version > k->min && (k->min != 0 || peer->version >= 12) && k->min < 12)
		trust_remember(t, KNOWN_KEY, peer->pin, peer->version);
	*trusted = true;
	return trust_vouch(t, by, e);
}

static int trust_judge_verified(struct trust *t, const struct tls_peer *peer, bool *trusted, struct error *e)
{
	char by[256];

	snprintf(by, sizeof by, "verified by %.200s", peer->issuer);
	/* Not the key: an authority's certificate may change it.  But that it has TLS. */
	if (trust_find(t, KNOWN_TLS, NULL) == NULL)
		trust_remember(t, KNOWN_TLS, NULL, peer->version);
	if (trust_vouch(t, by, e) == -1 || trust_note_seen(t, KNOWN_TLS, peer, e) == -1)
		return -1;
	*trusted = true;
	return 0;
}

static int trust_judge_new(struct trust *t, const struct tls_peer *peer, bool *trusted, struct error *e)
{
	bool had_authority = trust_find(t, KNOWN_TLS, NULL) != NULL;
	const char *by = "you, just now";

	if (t->settings->accept_new && !had_authority)
		by = "--accept-new";
	else if (trust_ask(t, peer, e) == -1)
		return -1;
	if (trust_vouch(t, by, e) == -1 || trust_note_seen(t, KNOWN_KEY, peer, e) == -1)
		return -1;
	trust_remember(t, KNOWN_KEY, peer->pin, peer->version);
	if (t->settings->known_boxes == NULL)
		trust_warn(t, "the key is trusted this time, but there is no file to remember it in");
	*trusted = true;
	return 0;
}

int trust_judge(struct trust *t, const struct tls_peer *peer, bool *trusted, struct error *e)
{
	const struct known_box *known = trust_find(t, KNOWN_KEY, peer->pin);

	*trusted = false;
	if (trust_check_identity(t, peer, e) == -1 || trust_check_strength(t, peer, e) == -1)
		return -1;
	trust_check_version(t, peer);
	if (peer->version < 12)
		trust_warn(t, "TLS 1.0 and 1.1 are old and weak");
	if (t->settings->pin != NULL)
		return trust_judge_pin(t, peer, trusted, e);
	if (t->settings->mode == TLS_INSECURE)
		return trust_judge_insecure(t, peer, trusted, e);
	if (known != NULL)
		return trust_judge_known(t, known, peer, trusted, e);
	if (peer->verified)
		return trust_judge_verified(t, peer, trusted, e);
	return trust_judge_new(t, peer, trusted, e);
}

int trust_accept_clear(struct trust *t, struct error *e)
{
	const struct known_box *known = trust_find(t, KNOWN_KEY, NULL);
	char text[512], where[TRUST_WHERE];
	enum trust_answer answer;

	if (known == NULL)
		known = trust_find(t, KNOWN_TLS, NULL);
	if (known != NULL)
		return error_set(e, STATUS_TLS, "%s: the box refuses TLS, but used it before (%s): another process may be in"
		    " between; if the box itself has changed, `.trust remove %s`", t->name, trust_where(t, known, where), t->name);
	if (t->settings->pin != NULL)
		return error_set(e, STATUS_TLS, "%s: the box refuses TLS, and so shows no key to compare with --pin", t->name);
	if (t->settings->mode != TLS_AUTO)
		return error_set(e, STATUS_TLS, "%s: the box refuses TLS (without encryption: --tls off)", t->name);
	if (trust_knows_clear(t))
		return 0;
	snprintf(text, sizeof text, "%s has no TLS: others on the network can read and change everything.\n"
	    "Use it without encryption from now on? (yes, no) ", t->name);
	answer = trust_question(t, text, "Please answer yes or no: ", "");
	if (answer == ANSWER_NONE)
		return error_set(e, STATUS_TLS, "%s: the box refuses TLS; to use it without encryption: --tls off",
		    t->name);
	if (answer != ANSWER_YES)
		return error_set(e, STATUS_TLS, "%s: the box refuses TLS", t->name);
	trust_remember(t, KNOWN_CLEAR, NULL, 0);
	return 0;
}
