/* SPDX-License-Identifier: ISC */
/*
 * factory: the box's data before any change.
 */
#ifndef BOX_FACTORY_H
#define BOX_FACTORY_H

#include "model.h"

void factory_model(struct model *m, const struct options *o);

void factory_realm_settings(struct props *settings);

struct fixed_view {
	const char *gid, *name, *type;
	int query;			/* enum query_type */
	const char *columns;		/* in order, separated by blanks */
};

/* Views and reports never change; both end with gid NULL. */
extern const struct fixed_view views[];
extern const struct fixed_report {
	const char *gid, *name;
} reports[];

#endif
