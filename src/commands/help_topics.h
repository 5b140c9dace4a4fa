/* SPDX-License-Identifier: ISC */
/*
 * help_topics: the texts of .help about the language, keys, formats and events.
 */
#ifndef PTSH_COMMANDS_HELP_TOPICS_H
#define PTSH_COMMANDS_HELP_TOPICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct help_topic {
	const char *name, *help, *text;
	bool formats;			/* the list of formats comes first */
};

extern const struct help_topic help_topics[];	/* ends with name NULL */

/* Returns the topic of that name, or NULL. */
const struct help_topic *help_topic(const char *name);
/* Appends its text. */
void help_topic_put(struct buf *out, const struct help_topic *t);

#endif
