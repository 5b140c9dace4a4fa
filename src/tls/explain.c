/* SPDX-License-Identifier: ISC */
/*
 * explain: what went wrong in TLS, in words that say what to do.  See tls_error.h.
 *
 * Knows OpenSSL's reasons and the first bytes the peer has sent; of these, a ServerHello's version tells an old box
 * from a wrong one.
 */
#include "tls/explain.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, HELLO_SERVER = 2 };

static const struct {
	int reason;
	const char *text;	/* NULL: OpenSSL's own */
	const char *hint;
} tls_error_table[] = {
	{SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, "the box is old and renegotiates unsafely (no RFC 5746)",
	    "see --tls-min 1.0"},
	{SSL_R_DH_KEY_TOO_SMALL, "the box uses weak Diffie-Hellman parameters", "see --tls-min 1.0"},
	{SSL_R_EE_KEY_TOO_SMALL, "the box's key is too small", "see --tls-min 1.0"},
	{SSL_R_CA_MD_TOO_WEAK, "the box's certificate is weakly signed", "see --tls-min 1.0"},
	{SSL_R_WRONG_SIGNATURE_TYPE, "the box signs by a method that is weak", "see --tls-min 1.0"},
	{SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "the box signs by a method that is weak", "see --tls-min 1.0"},
	{SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, "the box signs by a method that is weak", "see --tls-min 1.0"},
	{SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "the box finds nothing in common with us (alert handshake failure)",
	    "an old one: see --tls-min 1.0; one that wants a certificate: see --cert"},
	{SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, "the box demands other ciphers", NULL},
	{SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "the box demands a client certificate", "see --cert"},
	{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "the box refuses our certificate, or demands one", "see --cert"},
	{SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, "the box refuses our certificate", "see --cert"},
	{SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "the box refuses our certificate", "see --cert"},
	{SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "the box refuses our certificate: expired", "see --cert"},
	{SSL_R_TLSV1_ALERT_UNKNOWN_CA, "the box does not know the authority of our certificate", "see --cert"},
	{SSL_R_TLSV1_ALERT_ACCESS_DENIED, "the box refuses our certificate", "see --cert"},
	{SSL_R_WRONG_VERSION_NUMBER, "what the box sends is not TLS", NULL},
	{SSL_R_HTTP_REQUEST, "what the box sends is not TLS", NULL},
	{SSL_R_PACKET_LENGTH_TOO_LONG, "what the box sends is not TLS", NULL},
	{SSL_R_RECORD_LENGTH_MISMATCH, "what the box sends is not TLS", NULL},
	{SSL_R_UNEXPECTED_EOF_WHILE_READING, "the box closed the connection during the handshake",
	    "an old one: see --tls-min 1.0"},
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

static void tls_error_old(struct error *e, enum status status, const struct tls_bio *b, unsigned min)
{
	unsigned version = tls_error_peer_version(b);

	if (version == 0x0300)
		error_set(e, status, "the box offers SSL 3.0 only, which this build does not support");
	else if (version > 0x0300 && version < 0x0300 + min - 9)
		error_set(e, status, "the box offers TLS 1.%u, less than --tls-min 1.%u: see --tls-min 1.%u",
		    version - 0x0301, min - 10, version - 0x0301);
	else if (min > 10)
		error_set(e, status, "the box offers only old TLS: see --tls-min %s", min == 13 ? "1.2" : "1.0");
	else
		error_set(e, status, "the box offers no version of TLS that we have");
}

const char *tls_error_reason(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_error());

	return text != NULL ? text : "unknown error";
}

void tls_error_explain(struct error *e, enum status status, const struct tls_bio *b, unsigned min)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);
	const char *text = tls_error_reason(), *hint = NULL;

	if (ERR_GET_LIB(code) == ERR_LIB_SSL && (reason == SSL_R_UNSUPPORTED_PROTOCOL ||
	    reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_WRONG_SSL_VERSION ||
	    (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && tls_error_peer_version(b) == 0x0300) ||
	    (reason == SSL_R_WRONG_VERSION_NUMBER && tls_error_peer_version(b) != 0))) {
		tls_error_old(e, status, b, min);
		ERR_clear_error();
		return;
	}
	if (ERR_GET_LIB(code) == ERR_LIB_SSL)
		for (size_t i = 0; i < sizeof tls_error_table / sizeof tls_error_table[0]; i++)
			if (tls_error_table[i].reason == reason) {
				text = tls_error_table[i].text;
				hint = tls_error_table[i].hint;
			}
	/* A hint that is followed already is none. */
	if (hint != NULL && min < 12 && strstr(hint, "see --tls-min 1.0") != NULL && strchr(hint, ';') == NULL)
		hint = NULL;
	error_set(e, status, "%s%s%s", text, hint != NULL ? ": " : "", hint != NULL ? hint : "");
	ERR_clear_error();
}
