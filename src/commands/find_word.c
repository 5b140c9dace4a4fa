/* SPDX-License-Identifier: ISC */
/*
 * find_word: the kind of the WORD of .find, and the cells that match it.
 *
 * A WORD is never wrong: it is text if it is neither a MAC nor an address.  Cells are compared by what they mean, since boxes
 * spell MACs and IPv6 addresses as they like.
 */
#include "commands/find_word.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t hex_run(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_hex(text[n]))
		n++;
	return n;
}

static void add_digits(struct find_word *w, const char *text, size_t len)
{
	size_t n = strlen(w->digits);

	for (size_t i = 0; i < len && n < FIND_DIGITS; i++)
		w->digits[n++] = fold_ascii(text[i]);
	w->digits[n] = '\0';
}

/* --- what a WORD is --- */

static bool read_mac(struct find_word *w, const char *text, size_t len)
{
	unsigned char octets[MAC_OCTETS];

	if (!mac_parse(text, len, octets))
		return false;
	for (size_t i = 0; i < MAC_OCTETS; i++)
		snprintf(w->digits + 2 * i, 3, "%02x", octets[i]);
	w->kind = FIND_MAC;
	return true;
}

/* 1 to 5 octets between colons or hyphens: 00:1d:60, :16:71, 00-1d- */
static bool read_octets(struct find_word *w, const char *text, size_t len)
{
	size_t i = 0, octets = 0;
	char separator = memchr(text, ':', len) != NULL ? ':' : '-';

	w->digits[0] = '\0';
	if (memchr(text, separator, len) == NULL)
		return false;
	if (text[0] == separator)
		i = 1;
	while (i < len) {
		size_t n = hex_run(text + i, len - i);

		if (n == 0 || n > 2 || ++octets == MAC_OCTETS)
			return false;
		w->one_digit = n == 1 && i + n == len;
		if (n == 1 && !w->one_digit)
			add_digits(w, "0", 1);
		add_digits(w, text + i, n);
		i += n;
		if (i < len && text[i++] != separator)
			return false;
	}
	return octets > 0;
}

/* A group of four, a dot, and what follows it: 001d., 001d.60, 6036.1671 */
static bool read_groups(struct find_word *w, const char *text, size_t len)
{
	size_t i = 0, n;

	w->digits[0] = '\0';
	do {
		n = hex_run(text + i, len - i);
		if (n > 4 || (i == 0 && n < 4) || (n < 4 && i + n < len))
			return false;
		add_digits(w, text + i, n);
		i += n;
		if (i == len)
			break;
		if (text[i++] != '.')
			return false;
	} while (i < len);
	n = strlen(w->digits);
	w->one_digit = n % 2 == 1;
	return memchr(text, '.', len) != NULL && n < FIND_DIGITS;
}

/* Reads an address, strictly, except for [brackets] and a %zone, which are cut off. */
static size_t read_address(const char *text, size_t len, unsigned char octets[static 16])
{
	char plain[INET6_ADDRSTRLEN];
	const char *zone;
	bool six;

	if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	six = memchr(text, ':', len) != NULL;
	zone = six ? memchr(text, '%', len) : NULL;
	if (zone != NULL && zone + 1 < text + len)
		len = (size_t)(zone - text);
	if (len == 0 || len >= sizeof plain)
		return 0;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (inet_pton(six ? AF_INET6 : AF_INET, plain, octets) != 1)
		return 0;
	return six ? 16 : 4;
}

static bool read_subnet(struct find_word *w, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t digits = slash != NULL ? len - (size_t)(slash - text) - 1 : 0;
	unsigned bits = 0;

	if (digits == 0 || digits > 3)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (slash[1 + i] < '0' || slash[1 + i] > '9')
			return false;
		bits = bits * 10 + (unsigned)(slash[1 + i] - '0');
	}
	w->bits = bits;
	w->address_len = read_address(text, (size_t)(slash - text), w->address);
	return w->address_len > 0 && bits <= 8 * w->address_len;
}

static void read_text(struct find_word *w, const char *text, size_t len)
{
	size_t digits = hex_run(text, len);

	w->kind = FIND_TEXT;
	w->whole = memchr(text, '*', len) != NULL || memchr(text, '%', len) != NULL;
	w->address_len = 0;
	fold_put(&w->folded, text, len);
	if (digits == len && len >= 4 && len < FIND_DIGITS)
		add_digits(w, text, len);
}

void find_word_read(struct find_word *w, const char *text, size_t len)
{
	memset(w, 0, sizeof *w);
	if (read_mac(w, text, len))
		return;
	if (memchr(text, '\0', len) == NULL && (read_octets(w, text, len) || read_groups(w, text, len))) {
		w->kind = FIND_PART;
		return;
	}
	w->digits[0] = '\0';
	w->one_digit = false;
	w->address_len = read_address(text, len, w->address);
	if (w->address_len > 0)
		w->kind = FIND_ADDRESS;
	else if (read_subnet(w, text, len))
		w->kind = FIND_SUBNET;
	else
		read_text(w, text, len);
}

void find_word_clear(struct find_word *w)
{
	buf_clear(&w->folded);
}

/* --- what the box is asked with --- */

/* %00%1d%60%: finds it whatever is between the octets. */
static void put_octets(char form[static FIND_FORM_SIZE], const char *digits, bool upper)
{
	char *p = form;

	*p++ = '%';
	for (size_t i = 0; digits[i] != '\0'; i++) {
		*p++ = upper && digits[i] >= 'a' ? (char)(digits[i] & ~0x20) : digits[i];
		if (i % 2 == 1 || digits[i + 1] == '\0')
			*p++ = '%';
	}
	*p = '\0';
}

static size_t put_wide(const struct find_word *w, char forms[static FIND_FORMS][FIND_FORM_SIZE], size_t n)
{
	put_octets(forms[n++], w->digits, false);
	if (strpbrk(w->digits, "abcdef") != NULL)
		put_octets(forms[n++], w->digits, true);
	return n;
}

static size_t mac_forms(const struct find_word *w, char forms[static FIND_FORMS][FIND_FORM_SIZE])
{
	unsigned char octets[MAC_OCTETS];

	mac_parse(w->digits, FIND_DIGITS, octets);
	mac_format(octets, false, forms[0]);
	return put_wide(w, forms, 1);
}

/* The whole octets that all addresses of a subnet begin with. */
static size_t subnet_forms(const struct find_word *w, char forms[static FIND_FORMS][FIND_FORM_SIZE])
{
	size_t whole = w->bits / 8, n = 1;

	if (w->address_len != 4 || whole == 0)
		return 0;
	forms[0][0] = '%';
	for (size_t i = 0; i < whole; i++)
		n += (size_t)snprintf(forms[0] + n, FIND_FORM_SIZE - n, "%u%s", w->address[i], i + 1 < 4 ? "." : "");
	forms[0][n++] = '%';
	forms[0][n] = '\0';
	return 1;
}

size_t find_word_forms(const struct find_word *w, char forms[static FIND_FORMS][FIND_FORM_SIZE])
{
	switch (w->kind) {
	case FIND_MAC:
		return mac_forms(w, forms);
	case FIND_PART:
		return put_wide(w, forms, 0);
	case FIND_ADDRESS:
		inet_ntop(w->address_len == 4 ? AF_INET : AF_INET6, w->address, forms[0], INET6_ADDRSTRLEN);
		snprintf(forms[1], FIND_FORM_SIZE, "%%%.*s%%", INET6_ADDRSTRLEN, forms[0]);
		return 2;
	case FIND_SUBNET:
		return subnet_forms(w, forms);
	case FIND_TEXT:
		break;
	}
	return 0;
}

/* --- matching a cell --- */

/* The next part of a cell with several; NULL: there is no more. */
static const char *next_part(const char *text, size_t len, size_t *pos, size_t *part)
{
	size_t start = *pos;

	while (start < len && strchr(" \t\r\n,;", text[start]) != NULL)
		start++;
	*pos = start;
	while (*pos < len && (text[*pos] == '\0' || strchr(" \t\r\n,;", text[*pos]) == NULL))
		++*pos;
	*part = *pos - start;
	return *part > 0 ? text + start : NULL;
}

/* 12 digits that hold the part from the beginning of an octet on. */
static bool digits_match(const struct find_word *w, const char digits[static FIND_DIGITS + 1])
{
	size_t n = strlen(w->digits);

	for (size_t at = 0; at + n <= FIND_DIGITS; at += 2) {
		if (memcmp(digits + at, w->digits, n) == 0)
			return true;
		/* The same with 0 before the only digit of the last octet. */
		if (w->one_digit && at + n < FIND_DIGITS && memcmp(digits + at, w->digits, n - 1) == 0 &&
		    digits[at + n - 1] == '0' && digits[at + n] == w->digits[n - 1])
			return true;
	}
	return false;
}

/* What no spelling explains may still be 12 digits with other signs between them. */
static bool any_digits(const char *text, size_t len, char digits[static FIND_DIGITS + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_hex(text[i]))
			continue;
		if (n == FIND_DIGITS)
			return false;
		digits[n++] = fold_ascii(text[i]);
	}
	digits[n] = '\0';
	return n == FIND_DIGITS;
}

bool find_word_in_macs(const struct find_word *w, const char *text, size_t len)
{
	struct find_word cell = {0};
	char digits[FIND_DIGITS + 1];
	const char *part;
	size_t pos = 0, part_len;
	bool any = false;

	if (w->digits[0] == '\0')
		return false;
	while ((part = next_part(text, len, &pos, &part_len)) != NULL) {
		if (!read_mac(&cell, part, part_len))
			continue;
		any = true;
		if (digits_match(w, cell.digits))
			return true;
	}
	return !any && any_digits(text, len, digits) && digits_match(w, digits);
}

/* ::ffff:10.1.2.3 is 10.1.2.3. */
static size_t unmap(unsigned char octets[static 16], size_t len)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (len != 16 || memcmp(octets, mapped, sizeof mapped) != 0)
		return len;
	memmove(octets, octets + sizeof mapped, 4);
	return 4;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

bool find_word_in_addresses(const struct find_word *w, const char *text, size_t len)
{
	unsigned char wanted[16], octets[16];
	size_t pos = 0, part_len, n, wanted_len = w->address_len;
	const char *part;

	if (wanted_len == 0)
		return false;
	memcpy(wanted, w->address, sizeof wanted);
	if (w->kind == FIND_ADDRESS)
		wanted_len = unmap(wanted, wanted_len);
	while ((part = next_part(text, len, &pos, &part_len)) != NULL) {
		n = read_address(part, part_len, octets);
		if (n > 0 && wanted_len == 4)
			n = unmap(octets, n);
		if (n == wanted_len &&
		    same_bits(octets, wanted, w->kind == FIND_SUBNET ? w->bits : 8 * (unsigned)wanted_len))
			return true;
	}
	return false;
}

bool find_word_in_text(const struct find_word *w, const char *text, size_t len, struct buf *scratch)
{
	if (w->kind != FIND_TEXT)
		return false;
	buf_reset(scratch);
	fold_put(scratch, text, len);
	if (w->whole)
		return fold_matches(buf_head(scratch), scratch->len, buf_head(&w->folded), w->folded.len);
	return memmem(buf_head(scratch), scratch->len, buf_head(&w->folded), w->folded.len) != NULL;
}

/* --- in words --- */

void find_word_name(const struct find_word *w, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char octets[MAC_OCTETS];
	char mac[MAC_TEXT];

	switch (w->kind) {
	case FIND_MAC:
		mac_parse(w->digits, FIND_DIGITS, octets);
		mac_format(octets, false, mac);
		buf_printf(out, "MAC %s", mac);
		return;
	case FIND_PART:
		buf_puts(out, "part of a MAC");
		return;
	case FIND_ADDRESS: case FIND_SUBNET:
		inet_ntop(w->address_len == 4 ? AF_INET : AF_INET6, w->address, text, sizeof text);
		buf_printf(out, "address %s", text);
		if (w->kind == FIND_SUBNET)
			buf_printf(out, "/%u", w->bits);
		return;
	case FIND_TEXT:
		buf_puts(out, w->digits[0] != '\0' ? "text or part of a MAC" : "text");
		return;
	}
}
