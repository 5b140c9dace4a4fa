/* SPDX-License-Identifier: ISC */
/*
 * marks: OSC 133 (prompts and results) and OSC 9 (a notice).  See marks.h.
 *
 * There is no way to ask a terminal for them; those that know them set variables.  Knows no prompt and no job.
 */
#include "term/marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/safe.h"

static bool is_one_of(const char *value, const char *const *names)
{
	for (; value != NULL && *names != NULL; names++)
		if (strcmp(value, *names) == 0)
			return true;
	return false;
}

bool marks_known(void)
{
	static const char *const types[] = {"xterm-kitty", "xterm-ghostty", "foot", "foot-extra", "wezterm", NULL};
	static const char *const programs[] = {"iTerm.app", "WezTerm", "ghostty", "vscode", NULL};

	return is_one_of(getenv("TERM"), types) || is_one_of(getenv("TERM_PROGRAM"), programs);
}

void marks_prompt(struct screen *s)
{
	screen_control(s, "\033]133;A\033\\");
}

void marks_results(struct screen *s)
{
	screen_control(s, "\033]133;C\033\\");
}

void marks_end(struct screen *s, int status)
{
	char text[32];

	snprintf(text, sizeof text, "\033]133;D;%d\033\\", status);
	screen_control(s, text);
}

void marks_notice(struct screen *s, const char *text)
{
	struct buf notice = {0};

	buf_puts(&notice, "\033]9;");
	safe_put(&notice, text, strlen(text));
	buf_puts(&notice, "\033\\");
	if (buf_string(&notice) != NULL)
		screen_control(s, buf_string(&notice));
	buf_clear(&notice);
}
