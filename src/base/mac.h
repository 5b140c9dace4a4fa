/* SPDX-License-Identifier: ISC */
/*
 * mac: the spellings of a MAC address.
 */
#ifndef PTSH_BASE_MAC_H
#define PTSH_BASE_MAC_H

#include <stdbool.h>
#include <stddef.h>

enum { MAC_OCTETS = 6, MAC_TEXT = 18 /* bytes of its text, with the NUL */ };

/* Reads a whole MAC in any common spelling: 001d60361671, 00:1d:60:36:16:71 and 0-1d-60-36-16-71 (one digit may stand for
 * an octet), 001d.6036.1671 (also with - or :), 001d60-361671 (also with :).  Upper and lower case are alike.  False:
 * text is none, octets is undefined. */
bool mac_parse(const char *text, size_t len, unsigned char octets[static MAC_OCTETS]);

/* Writes aa:bb:cc:dd:ee:ff, or AA:BB:CC:DD:EE:FF. */
void mac_format(const unsigned char octets[static MAC_OCTETS], bool upper, char text[static MAC_TEXT]);

#endif
