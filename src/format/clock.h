/* SPDX-License-Identifier: ISC */
/*
 * clock: times as people and programs read them.
 */
#ifndef PTSH_FORMAT_CLOCK_H
#define PTSH_FORMAT_CLOCK_H

#include <stdbool.h>
#include <time.h>

#include "base/buf.h"

/* Appends "2009-12-08 12:17:00", in local time or UTC, with the separator given; nothing for a time that has no date. */
void clock_put(struct buf *out, time_t when, bool utc, char separator);

/* Appends how far local time is from UTC then: "+01:00" (RFC 3339). */
void clock_put_offset(struct buf *out, time_t when, bool utc);

/* Appends "12:17:00". */
void clock_put_time(struct buf *out, time_t when, bool utc);

#endif
