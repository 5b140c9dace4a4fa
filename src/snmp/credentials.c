/* SPDX-License-Identifier: ISC */
/*
 * credentials: reads the realm's list from the box.
 *
 * The entry with the longest prefix decides, as with routes: an exclude keeps the host from being asked at all.  The
 * content of an entry is read in all the shapes that boxes are known to send: the versions nested in one list, side by side or one in
 * the other, a user's algorithms with a null before them or without.  A list's tag decides, wherever it is: a
 * pass phrase taken for a community would be sent in clear.  Anything not understood is reported, and sent to no host.
 */
#include "snmp/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

enum { ENTRY_TEXT = 100, BITS_MOST = 128 };
enum { INCLUDE = 1 };		/* bit of an entry's flags; without it the entry excludes */
enum { DEPTH = 5 };		/* lists in lists: no box nests more than three */

struct reading {
	const struct address *host;
	const struct snmp_credentials_ops *ops;
	void *ctx;
	unsigned prefix;		/* the longest of the entries for the host */
	bool any;			/* there is one */
};

/* A value as text, NULL: none.  One with a NUL would be cut by what reads it: see is_text(). */
static char *text_of(struct json v)
{
	struct buf b = {.secret = true};

	if (v.len == 0 || json_kind(v) == JSON_NULL)
		return NULL;
	json_decode(v, &b);
	return buf_string(&b) != NULL ? buf_steal(&b) : NULL;
}

/* True for a text that can be passed on as it is. */
static bool is_text(struct json v)
{
	struct buf b = {.secret = true};
	bool is = json_kind(v) == JSON_STRING;

	if (is) {
		json_decode(v, &b);
		is = !b.failed && memchr(buf_head(&b), '\0', b.len) == NULL;
	}
	buf_clear(&b);
	return is;
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
	bool clear = true;

	while (n < 5 && json_next(&members, NULL, &one)) {
		if (n == 3 && json_kind(one) == JSON_NULL)
			continue;
		clear = clear && (is_text(one) || (n > 0 && json_kind(one) == JSON_NULL));
		text[n] = text_of(one);
		if (text[n] != NULL && text[n][0] == '\0') {
			free(text[n]);
			text[n] = NULL;
		}
		n++;
	}
	const struct snmp_user user = {.name = text[0], .auth = text[1], .priv = text[2],
	    .auth_protocol = text[3] != NULL ? algorithm(text[3]) : NULL, .priv_protocol = text[4] != NULL ? algorithm(text[4]) : NULL};
	if (clear && n > 0)
		r->ops->user(r->ctx, entry, &user);
	else
		r->ops->unclear(r->ctx, entry);
	for (size_t i = 0; i < 5; i++)
		buf_forget(text[i]);
}

/* Returns the version by a list's tag; 0: no tag.  A text may be a tag as well as a community: *text. */
static unsigned tag_of(struct json list, bool *text)
{
	static const struct { const char *tag; unsigned version; } tags[] = {{"1", 1}, {"2", 2}, {"3", 3}, {"2c", 2}, {"v1", 1}, {"v2", 2},
	    {"v2c", 2}, {"v3", 3}};
	struct json_iter it = json_iterate(list);
	struct json first;

	*text = false;
	if (json_kind(list) != JSON_ARRAY || !json_next(&it, NULL, &first))
		return 0;
	*text = json_kind(first) == JSON_STRING;
	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		if (*text ? json_is(first, tags[i].tag) : first.len == 1 && first.text[0] == tags[i].tag[0])
			return tags[i].version;
	return 0;
}

static void read_version(const struct reading *r, const char *entry, struct json v, unsigned depth);

static void read_community(const struct reading *r, const char *entry, const char *version, struct json v, unsigned *number)
{
	char *community = is_text(v) ? text_of(v) : NULL;

	if (community != NULL)
		r->ops->community(r->ctx, entry, version, community, ++*number);
	else
		r->ops->unclear(r->ctx, entry);
	buf_forget(community);
}

/* What follows a version's tag: communities, or first of all the list of them.  Any other list is read by its own tag: without one,
 * or with one that no version has, it may be a user's. */
static void read_communities(const struct reading *r, const char *entry, const char *version, struct json_iter members, bool in_list,
    unsigned *number, unsigned depth)
{
	struct json one;
	bool text;

	for (bool first = true; json_next(&members, NULL, &one); first = false) {
		unsigned tag = tag_of(one, &text);
		struct json_iter inner = json_iterate(one), list = inner;
		struct json begins;

		if (json_kind(one) != JSON_ARRAY) {
			read_community(r, entry, version, one, number);
		} else if (tag != 0 && !text) {
			read_version(r, entry, one, depth + 1);
		} else if (!first || in_list || (tag != 0 && json_count(one) > 1)) {
			r->ops->unclear(r->ctx, entry);
		} else if (json_next(&inner, NULL, &begins)) {
			if (json_kind(begins) == JSON_ARRAY)
				read_version(r, entry, one, depth + 1);
			else if (json_kind(begins) == JSON_STRING)
				read_communities(r, entry, version, list, true, number, depth);
			else
				r->ops->unclear(r->ctx, entry);
		}
	}
}

/* [2, [community...]], [3, user...], or a list of such. */
static void read_version(const struct reading *r, const char *entry, struct json v, unsigned depth)
{
	struct json_iter it = json_iterate(v);
	struct json one;
	bool text;
	unsigned tag = tag_of(v, &text), number = 0;

	if (json_kind(v) != JSON_ARRAY || depth >= DEPTH) {
		r->ops->unclear(r->ctx, entry);
		return;
	}
	if (!json_next(&it, NULL, &one))
		return;
	if (tag == 0 && json_kind(one) != JSON_ARRAY) {
		r->ops->unclear(r->ctx, entry);
		return;
	}
	if (tag == 0) {
		for (it = json_iterate(v); json_next(&it, NULL, &one); )
			read_version(r, entry, one, depth + 1);
		return;
	}
	if (tag == 3) {
		read_user(r, entry, it);
		return;
	}
	read_communities(r, entry, tag == 1 ? "1" : "2c", it, false, &number, depth);
}

/* --- the hosts an entry is for --- */

/* Reads a few digits and nothing else: other text is no prefix, least of all one that matches all. */
static bool read_bits(const char *text, unsigned *bits)
{
	size_t len = strlen(text);

	if (len == 0 || len > 3 || strspn(text, "0123456789") != len)
		return false;
	*bits = (unsigned)strtoul(text, NULL, 10);
	return *bits <= BITS_MOST;
}

/* True if a row [subnet, bits, entries..., flags] is for the host; gets its prefix and name. */
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

/* Reads the flags, after the lists.  False: not a number. */
static bool read_flags(const struct json *cells, size_t count, size_t *lists_end, uint64_t *flags)
{
	size_t i = 2;

	while (i < count && json_kind(cells[i]) == JSON_ARRAY)
		i++;
	*lists_end = i;
	return i < count && (i > 2 || json_kind(cells[i]) == JSON_NUMBER) && json_whole(cells[i], true, flags);
}

/* The second: an entry with it is tried. */
static void take_row(void *ctx, const struct json *cells, size_t count)
{
	const struct reading *r = ctx;
	char entry[ENTRY_TEXT];
	unsigned prefix;
	size_t end;
	uint64_t flags;

	if (!is_for(r, cells, count, &prefix, entry) || prefix != r->prefix)
		return;
	if (!read_flags(cells, count, &end, &flags)) {
		r->ops->unclear(r->ctx, entry);
		return;
	}
	if (!(flags & INCLUDE)) {
		r->ops->excluded(r->ctx, entry);
		return;
	}
	for (size_t i = 2; i < end; i++)
		read_version(r, entry, cells[i], 0);
}

bool snmp_credentials_read(const struct reply_about *about, struct json_iter values, const struct address *host,
    const struct snmp_credentials_ops *ops, void *ctx)
{
	struct reading r = {.host = host, .ops = ops, .ctx = ctx};

	output_rows_of(about, values, measure_row, &r);
	output_rows_of(about, values, take_row, &r);
	return r.any;
}
