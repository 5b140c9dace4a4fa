/* SPDX-License-Identifier: ISC */
/*
 * columns: which columns each type of realm_query has.
 */
#include "columns.h"

#include <stddef.h>

const char *const query_names[QUERY_TYPES + 1] = {"device", "switch", "switch_detail", NULL};

const char *const *query_columns(enum query_type type)
{
#define NAME(name) #name,
	static const char *const device[] = {DEVICE_COLUMNS(NAME) NULL};
	static const char *const sw[] = {SWITCH_COLUMNS(NAME) NULL};
	static const char *const detail[] = {DETAIL_COLUMNS(NAME) NULL};
	static const char *const *const all[QUERY_TYPES] = {device, sw, detail};

	return all[type];
}

enum column column_of(enum query_type type, unsigned column)
{
	static const unsigned char device[] = {DEVICE_COLUMNS(COLUMN)};
	static const unsigned char sw[] = {SWITCH_COLUMNS(COLUMN)};
	static const unsigned char detail[] = {DETAIL_COLUMNS(COLUMN)};
	static const unsigned char *const all[QUERY_TYPES] = {device, sw, detail};

	return (enum column)all[type][column];
}
