/* SPDX-License-Identifier: ISC */
/*
 * find_word: what the WORD of .find is, and which cells it is found in.
 *
 * Knows the spellings of MACs, addresses and subnets; knows no request, no column and no box.
 */
#ifndef PTSH_COMMANDS_FIND_WORD_H
#define PTSH_COMMANDS_FIND_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/mac.h"

enum find_kind { FIND_MAC, FIND_PART, FIND_ADDRESS, FIND_SUBNET, FIND_TEXT };

enum { FIND_DIGITS = 2 * MAC_OCTETS, FIND_FORMS = 3, FIND_FORM_SIZE = 64 };

struct find_word {
	enum find_kind kind;
	/* FIND_MAC, FIND_PART, and FIND_TEXT that may also be a part: in lower case; digits[0] is 0 where there are none */
	char digits[FIND_DIGITS + 1];
	bool one_digit;			/* the last octet of the part has one digit: 6 is 06, and the beginning of 60 to 6f */
	unsigned char address[16];	/* FIND_ADDRESS, FIND_SUBNET: 4 or 16 octets */
	size_t address_len;
	unsigned bits;			/* FIND_SUBNET */
	struct buf folded;		/* FIND_TEXT: in lower case */
	bool whole;			/* * or % in it: it must be the whole value */
};

/* Finds out the kind of text; every text has one.  The old content of w is lost, not freed. */
void find_word_read(struct find_word *w, const char *text, size_t len);
void find_word_clear(struct find_word *w);

/* Writes the patterns to send, so that one of them finds the cell however the box spells it.  Returns how many;
 * 0: none, all rows are needed. */
size_t find_word_forms(const struct find_word *w, char forms[static FIND_FORMS][FIND_FORM_SIZE]);

/* True if a cell's text has it: as a MAC (the cell may have several addresses, between blanks, commas or semicolons),
 * as an address, as text.  scratch is the caller's, for reuse. */
bool find_word_in_macs(const struct find_word *w, const char *text, size_t len);
bool find_word_in_addresses(const struct find_word *w, const char *text, size_t len);
bool find_word_in_text(const struct find_word *w, const char *text, size_t len, struct buf *scratch);

/* Writes its kind in words: "MAC 00:1d:60:36:16:71", "text". */
void find_word_name(const struct find_word *w, struct buf *out);

#endif
