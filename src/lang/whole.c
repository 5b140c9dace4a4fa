/*
 * whole: whether a line that is being typed or read is whole, or goes on in the next one.
 *
 * Looks at each byte once, however often it is asked; its rules are those of lang/words.
 */
#include "lang/line.h"

/* One byte of a line. */
static void goes_on_byte(struct line_state *s, char c)
{
	bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';

	if (s->escaped) {
		/* Before the end of a line it does not begin a word. */
		if (c == '\n' && s->quote == '\0')
			s->in_word = s->was_in_word;
		s->escaped = c == '\r';
	} else if (s->quote != '\0') {
		if (c == '\\' && s->quote == '"')
			s->escaped = true;
		else if (c == s->quote)
			s->quote = '\0';
	} else if (s->depth > 0) {
		if (c == '"')
			s->quote = c;
		else if (c == '[' || c == '{')
			s->depth++;
		else if (c == ']' || c == '}')
			s->depth--;
	} else if (c == '\\') {
		s->escaped = true;
		s->was_in_word = s->in_word;
		s->bar = false;
		s->started = s->in_word = true;
	} else if (c == '"' || c == '\'') {
		s->quote = c;
		s->bar = false;
		s->started = s->in_word = true;
	} else if (!s->in_word && !s->pipe && (c == '[' || c == '{')) {
		s->depth = 1;
		s->started = s->in_word = true;
	} else if (blank) {
		/* What stands behind | is the shell's, whose brackets are its own affair. */
		s->pipe = s->pipe || s->bar;
		s->in_word = s->bar = false;
	} else {
		s->comment = !s->started && c == '#';
		s->bar = !s->in_word && c == '|';
		s->started = s->in_word = true;
	}
}

bool line_goes_on(const char *text, size_t len, struct line_state *state)
{
	for (; state->offset < len && !state->comment; state->offset++)
		goes_on_byte(state, text[state->offset]);
	return !state->comment && (state->quote != '\0' || state->depth > 0 || state->escaped);
}
