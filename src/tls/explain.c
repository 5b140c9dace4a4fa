/* SPDX-License-Identifier: ISC */
/*
 * explain: what went wrong in TLS, in words that say what to do.  See explain.h.
 *
 * Knows OpenSSL's reasons and the first bytes the peer has sent; of these, a ServerHello's version distinguishes an old box
 * from a wrong one.
 */
#include "tls/explain.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls/tls_parts.h"

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, HELLO_SERVER = 2 };

/* What may help: older ciphers and signatures, a certificate of ours. */
enum tls_hint { HINT_NONE, HINT_OLD, HINT_PERHAPS_OLD, HINT_CERT, HINT_BOTH };

static const struct {
	int reason;
	enum tls_hint hint;
	const char *text;	/* NULL: OpenSSL's own */
} tls_error_table[] = {
	{SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, HINT_OLD, "the box is old: its renegotiation is unsafe (no RFC 5746)"},
	{SSL_R_DH_KEY_TOO_SMALL, HINT_OLD, "the box uses weak Diffie-Hellman parameters"},
	{SSL_R_EE_KEY_TOO_SMALL, HINT_OLD, "the box's key is too small"},
	{SSL_R_CA_MD_TOO_WEAK, HINT_OLD, "the box's certificate is weakly signed"},
	{SSL_R_WRONG_SIGNATURE_TYPE, HINT_OLD, "the box signs by a method that is weak"},
	{SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, HINT_OLD, "the box signs by a method that is weak"},
	{SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, HINT_OLD, "the box signs by a method that is weak"},
	{SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, HINT_BOTH, "the box and this ptsh have no cipher in common (alert handshake failure)"},
	{SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, HINT_NONE, "the box demands other ciphers"},
	{SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, HINT_CERT, "the box demands a client certificate"},
	{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, HINT_CERT, "the box refuses our certificate, or demands one"},
	{SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, HINT_CERT, "the box refuses our certificate"},
	{SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, HINT_CERT, "the box refuses our certificate"},
	{SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, HINT_CERT, "the box refuses our certificate: expired"},
	{SSL_R_TLSV1_ALERT_UNKNOWN_CA, HINT_CERT, "the box does not know the authority of our certificate"},
	{SSL_R_TLSV1_ALERT_ACCESS_DENIED, HINT_CERT, "the box refuses our certificate"},
	{SSL_R_WRONG_VERSION_NUMBER, HINT_NONE, "what the box sends is not TLS"},
	{SSL_R_HTTP_REQUEST, HINT_NONE, "what the box sends is not TLS"},
	{SSL_R_PACKET_LENGTH_TOO_LONG, HINT_NONE, "what the box sends is not TLS"},
	{SSL_R_RECORD_LENGTH_MISMATCH, HINT_NONE, "what the box sends is not TLS"},
	{SSL_R_UNEXPECTED_EOF_WHILE_READING, HINT_PERHAPS_OLD, "the box closed the connection during the handshake"},
};

/* The version of the peer's ServerHello, e.g. 0x0301; 0: it has sent none.  An alert of SSL 3.0 counts as one. */
static unsigned tls_error_peer_version(const struct tls_bio *b)
{
	if (b->head_len >= 11 && b->head[0] == RECORD_HANDSHAKE && b->head[5] == HELLO_SERVER)
		return (unsigned)b->head[9] << 8 | b->head[10];
	if (b->head_len >= 7 && b->head[0] == RECORD_ALERT && b->head[1] == 3 && b->head[2] == 0)
		return 0x0300;
	return 0;
}

/* Sets the text, followed by the version to allow (`least`), unless that is older than the one remembered. */
static void tls_error_step_down(struct error *e, enum status status, const struct tls *t, const char *text, unsigned least)
{
	if (t->best > least)
		error_set(e, status, "%s, and used TLS 1.%u before: another process may be in between", text, t->best - 10);
	else
		error_set(e, status, "%s: see --tls-min 1.%u", text, least - 10);
}

static void tls_error_old(struct error *e, enum status status, const struct tls *t)
{
	unsigned version = tls_error_peer_version(&t->bio);
	char text[80];

	if (version == 0x0300) {
		error_set(e, status, "the box offers SSL 3.0 only, which this build does not support");
	} else if (version > 0x0300 && version < 0x0300 + t->min - 9) {
		snprintf(text, sizeof text, "the box offers TLS 1.%u, less than --tls-min 1.%u", version - 0x0301, t->min - 10);
		tls_error_step_down(e, status, t, text, version - 0x0301 + 10);
	} else if (t->min > 10) {
		tls_error_step_down(e, status, t, "the box offers only old TLS", t->min == 13 ? 12 : 10);
	} else {
		error_set(e, status, "the box offers no TLS version that this ptsh has");
	}
}

const char *tls_error_reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_error());

	return text != NULL ? text : "unknown error";
}

/* True if it says that the versions do not match. */
static bool tls_error_is_version(const struct tls_bio *b, int reason)
{
	unsigned version = tls_error_peer_version(b);

	return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION ||
	    reason == SSL_R_WRONG_SSL_VERSION || (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && version == 0x0300) ||
	    (reason == SSL_R_WRONG_VERSION_NUMBER && version != 0);
}

static void tls_error_hint(struct error *e, enum status status, const struct tls *t, const char *text, enum tls_hint hint)
{
	bool cert = hint == HINT_CERT || hint == HINT_BOTH, old = hint != HINT_NONE && hint != HINT_CERT && !t->complete;

	if (old && t->best > 10 && cert)
		error_set(e, status, "%s, and used TLS 1.%u before: another process may be in between, or it wants a"
		    " certificate now: see --cert", text, t->best - 10);
	else if (old && t->best > 10)
		tls_error_step_down(e, status, t, text, 10);
	else if (old && cert)
		error_set(e, status, "%s: an old one: see --tls-min 1.0; one that wants a certificate: see --cert", text);
	else if (old && t->min >= 12)	/* else it is followed already */
		error_set(e, status, "%s: %ssee --tls-min 1.0", text, hint == HINT_PERHAPS_OLD ? "an old one: " : "");
	else
		error_set(e, status, "%s%s", text, cert ? ": see --cert" : "");
}

void tls_error_explain(struct error *e, enum status status, const struct tls *t)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
	const char *text = tls_error_reason();
	enum tls_hint hint = HINT_NONE;

	for (size_t i = 0; i < sizeof tls_error_table / sizeof tls_error_table[0]; i++)
		if (tls_error_table[i].reason == reason) {
			text = tls_error_table[i].text;
			hint = tls_error_table[i].hint;
		}
	/* Both sides have proved their handshake: a record that does not fit now is not the box's, or was changed. */
	if (t->complete && reason != 0 && reason < SSL_AD_REASON_OFFSET && !ERR_COMMON_ERROR(code))
		error_set(e, status, "what came is no part of this TLS connection (%s): another process may be in between",
		    tls_error_reason());
	else if (!t->complete && tls_error_is_version(&t->bio, reason))
		tls_error_old(e, status, t);
	else
		tls_error_hint(e, status, t, text, hint);
	ERR_clear_error();
}
