/* SPDX-License-Identifier: ISC */
/*
 * help: the table of options as --help prints it.
 */
#include "options/table.h"

#include <stdio.h>
#include <string.h>

#include "format/sink.h"

enum { COLUMN = 30 };	/* where the help of an option begins */

void options_help(struct sink *out)
{
	sink_puts(out,
	    "usage: ptsh [option...] [box]                     at a terminal, or a script on standard input\n"
	    "       ptsh [option...] -c LINE [-c LINE...] [box]\n"
	    "       ptsh [option...] -f FILE [box]\n"
	    "The admin shell for Porttracker and PortIQ boxes.  box is [user@]host[:port], the path of a Unix\n"
	    "socket, or a name from the boxes file; without it $PTSH_BOX, the line `default` of the boxes file,\n"
	    "or " DEFAULT_BOX ".\n");
	for (const struct option_row *row = option_rows; row->name != NULL; row++) {
		struct buf help = {0};
		char left[64];

		if (row->group != NULL)
			sink_printf(out, "\n%s\n", row->group);
		snprintf(left, sizeof(left), row->short_name != 0 ? "  -%c, --%s%s%s%s" : "  %c   --%s%s%s%s",
		    row->short_name != 0 ? row->short_name : ' ', row->name, row->argument == NULL ? "" : row->optional ? "[=" : " ",
		    row->argument != NULL ? row->argument : "", row->optional ? "]" : "");
		/* Gives the help a line of its own where the option fills its column. */
		if (strlen(left) >= COLUMN)
			sink_printf(out, "%s\n%*s", left, COLUMN, "");
		else
			sink_printf(out, "%-*s", COLUMN, left);
		option_describe(row, &help);
		sink_put(out, buf_head(&help), help.len);
		sink_putc(out, '\n');
		buf_clear(&help);
	}
	sink_puts(out,
	    "\nA LINE is a request and its arguments (realm_poll 'Head Office'), a JSON array, or a .command;\n"
	    "ptsh -c .help lists the requests and commands.  All of it is in ptsh(1).\n");
}
