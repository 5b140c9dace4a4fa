/* SPDX-License-Identifier: ISC */
/*
 * help_topics: the texts of .help about the language, keys, formats and events.
 */
#ifndef PTSH_COMMANDS_HELP_TOPICS_H
#define PTSH_COMMANDS_HELP_TOPICS_H

#include <stddef.h>

struct help_topic { const char *name, *help, *text; };

extern const struct help_topic help_topics[];	/* ends with name NULL */

/* The topic of that name, or NULL. */
const struct help_topic *help_topic(const char *name);

#endif
