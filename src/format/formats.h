/* SPDX-License-Identifier: ISC */
/*
 * formats: the formats there are, and which of them a name, a file or a place for results means.
 */
#ifndef PTSH_FORMAT_FORMATS_H
#define PTSH_FORMAT_FORMATS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"
#include "format/output.h"

/* A row is the entry format_NAME, which the file that does it defines; in the order in which they are listed. */
#define FORMATS(ROW) \
	ROW(table) \
	ROW(tsv) \
	ROW(csv) \
	ROW(json) \
	ROW(records) \
	ROW(raw)

#define FORMAT_DECLARE(name) extern const struct format format_##name;
FORMATS(FORMAT_DECLARE)

extern const struct format *const formats[];	/* ends with NULL */
const struct format *format_find(const char *name);	/* or NULL */

/* Returns the format for results where none is asked for. */
const struct format *format_default(bool terminal);
/* Returns the format for the suffix of a file's name (".csv", in either case), or NULL. */
const struct format *format_of_file(const char *path);

/* Checks that f may be shown there.  0, or -1 with *e. */
int format_permits(const struct format *f, bool terminal, struct error *e);
/* The same of a name, with the format in *f. */
int format_choose(const char *name, bool terminal, const struct format **f, struct error *e);

/* Appends "table, tsv, csv, json, records or raw". */
void formats_put(struct buf *out);

#endif
