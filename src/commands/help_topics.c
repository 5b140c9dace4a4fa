/* SPDX-License-Identifier: ISC */
/*
 * help_topics: the texts of .help about the language, keys, formats and events.
 */
#include "commands/help_topics.h"

#include <string.h>

#include "format/formats.h"

static const char lines[] =
    "Lines\n"
    "  REQUEST WORD...         a request; a prefix is no name\n"
    "  [\"REQUEST\", ARG...]     the same as raw JSON: nothing to quote\n"
    "  .COMMAND WORD...        a command of ptsh; a unique prefix will do\n"
    "  - LINE                  a line that may fail\n"
    "  # comment               an unquoted word that begins with # begins one; quote it if it is text\n"
    "Words\n"
    "  'a b'                   literal;  \"a b\" is a JSON string;  \\ quotes the next character\n"
    "  a,b,c                   a list;  'a b','c, d' has two elements;  * or null is all of them\n"
    "  a,b c,d                 rows: a word for each\n"
    "  name=x comment='y z'    an object or pairs;  the = stands outside the quotes\n"
    "  'Head Office'           a name where a gid stands: looked up on the box\n"
    "  --argument WORD         an argument by its name; -- ends the names\n"
    "  ?                       where a secret stands: asked for, not echoed\n"
    "  @FILE                   the content of FILE, for text\n"
    "  [...] or {...}          JSON, up to its closing bracket\n"
    "After a line\n"
    "  &                       as a job:  .jobs lists them, .wait waits for them\n"
    "  > FILE, >> FILE         what it shows goes into FILE, at the prompt\n"
    "  | COMMAND               what it shows goes to a command of the shell, at the prompt\n"
    "  \\ at the end            the line continues in the next one, as with an open quote or bracket\n";

static const char keys[] =
    "Keys\n"
    "  Tab                     completes; a second Tab lists what may come next, with a description\n"
    "  Up, Down                lines typed before;  ^R searches them\n"
    "  ^A, ^E                  to the beginning, to the end of the line\n"
    "  ^W, ^U, ^K              delete the word before, the line, the rest of the line\n"
    "  ^X ^E                   edits the line in $VISUAL or $EDITOR; with vi keys: v\n"
    "  ^C                      discards the line; what runs continues as a job\n"
    "  ^D                      leaves; with jobs running the second one does\n"
    "  ^L                      clears the screen\n"
    "Emacs and vi keys and ~/.editrc are those of editline(7).\n";

/* After the list of formats, which they describe themselves. */
static const char formats_text[] =
    "A row that is too wide for the terminal is a block (.set expanded).  tsv has \\t \\n \\r \\\\ in cells; raw is not for a terminal.\n"
    ".format FORMAT sets it, .last FORMAT shows the last reply again in another one, -o and $PTSH_OUTPUT choose it at the start.\n"
    "A terminal gets table, a file or a pipe tsv.\n";

static const char events[] =
    "Events\n"
    "  subscribe NAME...       reports these events;  -e NAME does from the start, * is all\n"
    "  unsubscribe NAME...     no longer\n"
    "  .events [on | off | list]   shows them, hides them, lists the last 1000\n"
    "  .wait EVENT [ARG...]    waits for the next one\n"
    "  .on EVENT -- LINE       runs LINE at each one, {1} {2}... are its arguments\n"
    "At the prompt an event that a request of your own causes is not shown: the end of the request, or of its job, reports it.\n"
    "Tab after subscribe lists the names.\n";

const struct help_topic help_topics[] = {
	{"events", "subscribing to events, and what to do with them", events, false},
	{"formats", "how results look", formats_text, true},
	{"keys", "what keys do at the prompt", keys, false},
	{"lines", "how a line is written: words, quotes, lists, names, & > |", lines, false},
	{NULL, NULL, NULL, false},
};

const struct help_topic *help_topic(const char *name)
{
	for (const struct help_topic *t = help_topics; t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

void help_topic_put(struct buf *out, const struct help_topic *t)
{
	if (t->formats)
		buf_puts(out, "Formats\n");
	for (size_t i = 0; t->formats && formats[i] != NULL; i++)
		buf_printf(out, "  %-24s%s\n", formats[i]->name, formats[i]->help);
	buf_puts(out, t->text);
}
