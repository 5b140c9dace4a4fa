/* SPDX-License-Identifier: ISC */
/*
 * clock: times with their offset, as an hour in autumn comes twice.
 */
#include "format/clock.h"

#include <stdlib.h>

static bool clock_split(time_t when, bool utc, struct tm *tm)
{
	return (utc ? gmtime_r(&when, tm) : localtime_r(&when, tm)) != NULL;
}

void clock_put(struct buf *out, time_t when, bool utc, char separator)
{
	struct tm tm;

	if (clock_split(when, utc, &tm))
		buf_printf(out, "%04d-%02d-%02d%c%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, separator, tm.tm_hour,
		    tm.tm_min, tm.tm_sec);
}

void clock_put_offset(struct buf *out, time_t when, bool utc)
{
	struct tm tm;
	long minutes;

	if (!clock_split(when, utc, &tm))
		return;
	minutes = tm.tm_gmtoff / 60;
	buf_printf(out, "%c%02ld:%02ld", minutes < 0 ? '-' : '+', labs(minutes) / 60, labs(minutes) % 60);
}

void clock_put_time(struct buf *out, time_t when, bool utc)
{
	struct tm tm;

	if (clock_split(when, utc, &tm))
		buf_printf(out, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}
