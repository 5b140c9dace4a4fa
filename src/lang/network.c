/* SPDX-License-Identifier: ISC */
/*
 * network: words that are addresses, prefix lengths and MACs.
 *
 * What cannot be an address is refused here: a box would store it, and no error would show it.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/mac.h"
#include "lang/parse.h"

enum { IPV4_BITS = 32, IPV6_BITS = 128 };

/* Returns the bits of the address in p->scratch, or 0 if it is none. */
static unsigned address_bits(struct parse *p)
{
	unsigned char address[sizeof(struct in6_addr)];
	const char *text = buf_string(&p->scratch);

	if (text == NULL || strlen(text) != p->scratch.len)
		return 0;
	return inet_pton(AF_INET, text, address) == 1 ? IPV4_BITS : inet_pton(AF_INET6, text, address) == 1 ? IPV6_BITS : 0;
}

/* True for {name}, whose value is not known yet. */
static bool is_place(const struct parse *p)
{
	const char *open;

	if (p->context == NULL || !p->context->places)
		return false;
	open = memchr(buf_head(&p->scratch), '{', p->scratch.len);
	return open != NULL && memchr(open, '}', p->scratch.len - (size_t)(open - buf_head(&p->scratch))) != NULL;
}

int network_put_address(struct parse *p, const struct want *want, const struct word *w)
{
	if (w->json || value_decode(p, w) < 0)
		return w->json ? value_misfit(p, want, w) : -1;
	p->bits_most = address_bits(p);
	return p->bits_most == 0 && !is_place(p) ? value_misfit(p, want, w) : value_put_scratch(p);
}

/* Digits and dots are an IPv4 address, colons an IPv6 one: else it is taken as a name. */
int network_put_host(struct parse *p, const struct want *want, const struct word *w)
{
	const char *head;
	size_t len;

	if (w->json || value_decode(p, w) < 0)
		return w->json ? value_misfit(p, want, w) : -1;
	head = buf_head(&p->scratch);
	len = p->scratch.len;
	if (len == 0 || (strspn(head, "0123456789.") >= len && address_bits(p) == 0 && !is_place(p)))
		return value_misfit(p, want, w);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)head[i] <= ' ' || head[i] == 0x7f || strchr(",=\"'\\/", head[i]) != NULL)
			return value_misfit(p, want, w);
	if (memchr(head, ':', len) != NULL && memchr(head, ':', len) != memrchr(head, ':', len) && address_bits(p) == 0)
		return value_misfit(p, want, w);
	return value_put_scratch(p);
}

int network_put_bits(struct parse *p, const struct want *want, const struct word *w)
{
	unsigned most = p->bits_most > 0 ? p->bits_most : IPV6_BITS;
	const char *head;

	if (w->json || value_decode(p, w) < 0)
		return w->json ? value_misfit(p, want, w) : -1;
	head = buf_head(&p->scratch);
	if (is_place(p))
		return value_put_scratch(p);
	if (p->scratch.len == 0 || p->scratch.len > 3 || strspn(head, "0123456789") < p->scratch.len)
		return value_misfit(p, want, w);
	if (strtoul(buf_string(&p->scratch), NULL, 10) > most)
		return parse_fail(p, w->start, "%s: %s: %s: the prefix length must be 0 to %u, not %s", p->line->type_name, want->arg,
		    want->member != NULL ? want->member : "bits", most, buf_string(&p->scratch));
	buf_printf(&p->line->json, "%lu", strtoul(buf_string(&p->scratch), NULL, 10));
	return p->line->json.failed ? parse_memory(p) : 0;
}

static bool is_mac(const struct parse *p)
{
	unsigned char octets[MAC_OCTETS];

	return mac_parse(buf_head(&p->scratch), p->scratch.len, octets);
}

/* Appends the MAC in p->scratch.  False: not a MAC. */
static bool put_mac(struct parse *p, bool upper)
{
	unsigned char octets[MAC_OCTETS];
	char text[MAC_TEXT];

	if (!mac_parse(buf_head(&p->scratch), p->scratch.len, octets))
		return false;
	mac_format(octets, upper, text);
	json_put_string(&p->line->json, text, strlen(text));
	return true;
}

int network_put_mac(struct parse *p, const struct want *want, const struct word *w)
{
	if (!w->json && value_decode(p, w) < 0)
		return -1;
	/* Boxes list MACs in lower case; other text is a pattern. */
	return !w->json && put_mac(p, false) ? 0 : value_put_text(p, want, w);
}

int network_put_blocked(struct parse *p, const struct want *want, const struct word *w)
{
	size_t len = p->scratch.len;

	/* The protocol has them as AA:BB:CC:DD:EE:FF; so typed, upper and lower case stay. */
	if (is_place(p) || (len == MAC_TEXT - 1 && buf_head(&p->scratch)[2] == ':' && is_mac(p)))
		return value_put_scratch(p);
	return put_mac(p, true) ? 0 : value_misfit(p, want, w);
}
