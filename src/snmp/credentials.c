/* SPDX-License-Identifier: ISC */
/*
 * credentials: reads the realm's list from the box.
 *
 * The entry with the longest prefix decides, as with routes: an exclude keeps the host from being asked at all.  What an
 * entry holds is read leniently, in all the shapes that boxes are known to send: the versions nested in one list or side by
 * side, a user's algorithms with a null in front of them or without.
 */
#include "snmp/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

enum { ENTRY_TEXT = 100, BITS_MOST = 128 };

struct reading {
	const struct address *host;
	const struct snmp_credentials_ops *ops;
	void *ctx;
	unsigned prefix;		/* the longest of the entries for the host */
	bool any;			/* there is one */
};

/* A value as text, NULL: none. */
static char *text_of(struct json v)
{
	struct buf b = {.secret = true};

	if (v.len == 0 || json_kind(v) == JSON_NULL)
		return NULL;
	if (json_kind(v) == JSON_STRING)
		json_decode(v, &b);
	else
		buf_put(&b, v.text, v.len);
	return buf_string(&b) != NULL ? buf_steal(&b) : NULL;
}

/* Wipes and frees. */
static void forget(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

/* --- what an entry holds --- */

/* "md5", "SHA1", "aes": as the library spells them. */
static const char *algorithm(const char *text)
{
	static const char *const names[][2] = {{"sha1", "SHA"}, {"hmac-md5", "MD5"}, {"hmac-sha", "SHA"}, {"aes128", "AES"}, {"cbc-des", "DES"}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcasecmp(text, names[i][0]) == 0)
			return names[i][1];
	return text;
}

/* user, authentication and privacy pass phrase, [null,] and what they are for. */
static void read_user(const struct reading *r, const char *entry, struct json_iter members)
{
	char *text[5] = {NULL};
	struct json one;
	size_t n = 0;

	while (n < 5 && json_next(&members, NULL, &one)) {
		if (n == 3 && json_kind(one) == JSON_NULL)
			continue;
		text[n] = text_of(one);
		if (text[n] != NULL && text[n][0] == '\0') {
			free(text[n]);
			text[n] = NULL;
		}
		n++;
	}
	const struct snmp_user user = {.name = text[0], .auth = text[1], .priv = text[2],
	    .auth_protocol = text[3] != NULL ? algorithm(text[3]) : NULL, .priv_protocol = text[4] != NULL ? algorithm(text[4]) : NULL};
	r->ops->user(r->ctx, entry, &user);
	for (size_t i = 0; i < 5; i++)
		forget(text[i]);
}

static void read_community(const struct reading *r, const char *entry, const char *version, struct json v, unsigned number)
{
	char *text = text_of(v);

	r->ops->community(r->ctx, entry, version, text != NULL ? text : "", number);
	forget(text);
}

/* [2, [community...]] or [3, user...] */
static void read_version(const struct reading *r, const char *entry, struct json v)
{
	struct json_iter it = json_iterate(v), inner;
	struct json number, one, community;
	unsigned count = 0;

	if (!json_next(&it, NULL, &number))
		return;
	char *version = text_of(number);
	if (version != NULL && version[0] == '3') {
		read_user(r, entry, it);
	} else {
		const char *name = version != NULL && version[0] == '1' ? "1" : "2c";
		while (json_next(&it, NULL, &one)) {
			if (json_kind(one) != JSON_ARRAY) {
				read_community(r, entry, name, one, ++count);
				continue;
			}
			for (inner = json_iterate(one); json_next(&inner, NULL, &community); )
				read_community(r, entry, name, community, ++count);
		}
	}
	free(version);
}

/* --- whom an entry is for --- */

static bool is_list_of_lists(struct json v)
{
	struct json_iter it = json_iterate(v);
	struct json first;

	return !json_next(&it, NULL, &first) || json_kind(first) == JSON_ARRAY;
}

/* A few digits and nothing else: what is no number is no prefix, least of all one of everybody. */
static bool read_bits(const char *text, unsigned *bits)
{
	size_t len = strlen(text);

	if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
		return false;
	*bits = (unsigned)strtoul(text, NULL, 10);
	return *bits <= BITS_MOST;
}

/* Whether a row [subnet, bits, entries..., flags] is for the host; its prefix and name, then. */
static bool is_for(const struct reading *r, const struct json *cells, size_t count, unsigned *prefix, char entry[static ENTRY_TEXT])
{
	char *subnet = count > 2 ? text_of(cells[0]) : NULL, *bits = count > 2 ? text_of(cells[1]) : NULL;
	struct address a;
	bool is = false;

	if (subnet != NULL && bits != NULL && read_bits(bits, prefix) && address_parse(&a, subnet, 0)) {
		is = address_within(r->host, &a, *prefix);
		snprintf(entry, ENTRY_TEXT, "%.80s/%u", subnet, *prefix);
	}
	free(subnet);
	free(bits);
	return is;
}

/* The first look: how long the longest prefix is. */
static void measure_row(void *ctx, const struct json *cells, size_t count)
{
	struct reading *r = ctx;
	char entry[ENTRY_TEXT];
	unsigned prefix;

	if (!is_for(r, cells, count, &prefix, entry) || (r->any && prefix <= r->prefix))
		return;
	r->any = true;
	r->prefix = prefix;
}

static bool is_excluded(struct json flags)
{
	char *text = json_kind(flags) == JSON_ARRAY ? NULL : text_of(flags);
	bool excluded = text != NULL && (strtoul(text, NULL, 10) & 1) == 0;

	free(text);
	return excluded;
}

/* The second: what has it is tried. */
static void take_row(void *ctx, const struct json *cells, size_t count)
{
	const struct reading *r = ctx;
	char entry[ENTRY_TEXT];
	unsigned prefix;
	struct json inner;

	if (!is_for(r, cells, count, &prefix, entry) || prefix != r->prefix)
		return;
	if (is_excluded(cells[count - 1])) {
		r->ops->excluded(r->ctx, entry);
		return;
	}
	for (size_t i = 2; i < count; i++) {
		struct json_iter it = json_iterate(cells[i]);

		if (json_kind(cells[i]) != JSON_ARRAY)
			continue;
		if (!is_list_of_lists(cells[i]))
			read_version(r, entry, cells[i]);
		else
			while (json_next(&it, NULL, &inner))
				read_version(r, entry, inner);
	}
}

bool snmp_credentials_read(const struct reply_about *about, struct json_iter values, const struct address *host,
    const struct snmp_credentials_ops *ops, void *ctx)
{
	struct reading r = {.host = host, .ops = ops, .ctx = ctx};

	output_rows_of(about, values, measure_row, &r);
	output_rows_of(about, values, take_row, &r);
	return r.any;
}
