/* SPDX-License-Identifier: ISC */
/*
 * words: where the words of a line begin and end, and what their quotes mean.
 */
#include "lang/words.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "lang/line.h"

enum { ORDINARY, BLANK, SPECIAL };	/* SPECIAL: quotes and backslash */

static const unsigned char classes[256] = {
	[' '] = BLANK, ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK,
	['\''] = SPECIAL, ['"'] = SPECIAL, ['\\'] = SPECIAL,
};

static bool opens(char c)
{
	return c == '[' || c == '{';
}

/* Bytes of a line's end at pos: 0, 1 or 2. */
static size_t newline_at(const char *text, size_t len, size_t pos)
{
	if (pos < len && text[pos] == '\n')
		return 1;
	return len - pos >= 2 && text[pos] == '\r' && text[pos + 1] == '\n' ? 2 : 0;
}

size_t word_skip_blanks(const char *text, size_t len, size_t pos)
{
	while (pos < len) {
		if (classes[(unsigned char)text[pos]] == BLANK) {
			pos++;
		} else if (text[pos] == '\\' && pos + 1 < len && newline_at(text, len, pos + 1) > 0) {
			pos += 1 + newline_at(text, len, pos + 1);
		} else {
			break;
		}
	}
	return pos;
}

/* Returns the next word's place, or the end: the end of the text, or where a comment begins. */
static bool word_begins(const char *text, size_t len, size_t *pos)
{
	*pos = word_skip_blanks(text, len, *pos);
	return *pos < len && text[*pos] != '#';
}

/* Returns the place after the quote that closes the one at pos, or 0. */
static size_t quote_end(const char *text, size_t pos, size_t end)
{
	char quote = text[pos++];

	if (quote == '\'') {
		const char *close = memchr(text + pos, quote, end - pos);

		return close == NULL ? 0 : (size_t)(close - text) + 1;
	}
	for (; pos < end; pos++) {
		if (text[pos] == '\\')
			pos++;
		else if (text[pos] == quote)
			return pos + 1;
	}
	return 0;
}

/* Returns the end of the JSON that begins with the bracket at pos (after its closing bracket), or 0 if it has none. */
static size_t word_json_end(const char *text, size_t pos, size_t end)
{
	size_t depth = 0;

	while (pos < end) {
		char c = text[pos];

		if (c == '"') {
			pos = quote_end(text, pos, end);
			if (pos == 0)
				return 0;
			continue;
		}
		pos++;
		if (opens(c))
			depth++;
		else if ((c == ']' || c == '}') && --depth == 0)
			return pos;
	}
	return 0;
}

bool word_json_whole(const char *text, size_t start, size_t end)
{
	return start < end && opens(text[start]) && word_json_end(text, start, end) == end;
}

/* Returns the place after the word that begins at pos, or 0 with *why and *at. */
static size_t word_end(const char *text, size_t pos, size_t len, bool *plain, const char **why, size_t *at)
{
	*plain = true;
	for (;;) {
		while (pos < len && classes[(unsigned char)text[pos]] == ORDINARY)
			pos++;
		if (pos == len || classes[(unsigned char)text[pos]] == BLANK)
			return pos;
		*plain = false;
		*at = pos;
		if (text[pos] == '\\') {
			size_t newline = newline_at(text, len, pos + 1);

			if (pos + 1 == len) {
				*why = "nothing after the \\";
				return 0;
			}
			pos += 1 + (newline > 0 ? newline : 1);
		} else {
			size_t close = quote_end(text, pos, len);

			if (close == 0) {
				*why = text[pos] == '"' ? "\" is not closed" : "' is not closed";
				return 0;
			}
			pos = close;
		}
	}
}

enum word_found word_next(const char *text, size_t len, size_t *pos, struct word *w, const char **why)
{
	size_t at;

	if (!word_begins(text, len, pos))
		return WORD_END;
	at = *pos;
	w->start = at;
	w->json = opens(text[at]);
	w->plain = true;
	if (w->json) {
		w->end = word_json_end(text, at, len);
		if (w->end == 0) {
			*why = text[at] == '[' ? "[ is not closed" : "{ is not closed";
			return WORD_BAD;
		}
		*pos = w->end;
		if (w->end < len && classes[(unsigned char)text[w->end]] != BLANK && text[w->end] != '\\') {
			*why = "a blank is missing after the bracket";
			return WORD_BAD;
		}
		return WORD_FOUND;
	}
	return word_next_plain(text, len, pos, w, why);
}

enum word_found word_next_plain(const char *text, size_t len, size_t *pos, struct word *w, const char **why)
{
	if (!word_begins(text, len, pos))
		return WORD_END;
	w->start = *pos;
	w->json = false;
	w->end = word_end(text, w->start, len, &w->plain, why, pos);
	if (w->end == 0)
		return WORD_BAD;
	*pos = w->end;
	return WORD_FOUND;
}

size_t word_find(const char *text, size_t start, size_t end, char separator)
{
	size_t pos = start;

	while (pos < end && text[pos] != separator) {
		if (text[pos] == '\\') {
			pos += pos + 1 < end ? 2 : 1;
		} else if (text[pos] == '"' || text[pos] == '\'') {
			size_t close = quote_end(text, pos, end);

			pos = close == 0 ? end : close;
		} else {
			pos++;
		}
	}
	return pos;
}

bool word_part(const char *text, size_t *pos, size_t end, char separator, struct word *part)
{
	size_t at = *pos;

	if (at > end)
		return false;
	part->start = at;
	part->json = false;
	if (at < end && opens(text[at])) {
		size_t close = word_json_end(text, at, end);

		if (close != 0 && (close == end || text[close] == separator)) {
			part->json = true;
			at = close;
		}
	}
	if (!part->json)
		at = word_find(text, at, end, separator);
	part->end = at;
	part->plain = true;
	for (size_t i = part->start; i < at && part->plain; i++)
		part->plain = classes[(unsigned char)text[i]] != SPECIAL;
	*pos = at + 1;
	return true;
}

static bool hex4(const char *text, size_t pos, size_t end, uint32_t *value)
{
	*value = 0;
	if (end - pos < 4)
		return false;
	for (size_t i = pos; i < pos + 4; i++) {
		char c = text[i];
		uint32_t digit = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10 :
		    c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10 : 16;

		if (digit == 16)
			return false;
		*value = *value * 16 + digit;
	}
	return true;
}

/* Reads the XXXX of \uXXXX at *pos, after the u; sets *pos after it. */
static const char *decode_unicode(const char *text, size_t *pos, size_t end, struct buf *out)
{
	uint32_t point, low;
	char bytes[UTF8_MAX];

	if (!hex4(text, *pos, end, &point))
		return "\\u needs four hexadecimal digits";
	*pos += 4;
	if (point >= 0xdc00 && point <= 0xdfff)
		return "half of a surrogate pair";
	if (point >= 0xd800 && point <= 0xdbff) {
		if (end - *pos < 6 || text[*pos] != '\\' || text[*pos + 1] != 'u' || !hex4(text, *pos + 2, end, &low) ||
		    low < 0xdc00 || low > 0xdfff)
			return "half of a surrogate pair";
		*pos += 6;
		point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
	}
	buf_put(out, bytes, utf8_encode(point, bytes));
	return NULL;
}

/* Reads the escape at *pos (after the backslash) within "..."; sets *pos after it. */
static const char *decode_escape(const char *text, size_t *pos, size_t end, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	size_t newline = newline_at(text, end, *pos);
	const char *known;

	if (newline > 0) {
		*pos += newline;
		return NULL;
	}
	if (text[*pos] == 'u') {
		++*pos;
		return decode_unicode(text, pos, end, out);
	}
	known = strchr(from, text[*pos]);
	if (known == NULL)
		return "no such escape in JSON";
	buf_putc(out, to[known - from]);
	++*pos;
	return NULL;
}

/* Reads "..." whose first quote is at *pos: a JSON string, except that it may go over the ends of lines. */
static const char *decode_string(const char *text, size_t *pos, size_t end, struct buf *out, size_t *at)
{
	size_t i = *pos + 1;

	while (i < end && text[i] != '"') {
		size_t run = i;

		while (run < end && text[run] != '"' && text[run] != '\\')
			run++;
		buf_put(out, text + i, run - i);
		i = run;
		if (i < end && text[i] == '\\') {
			const char *why;

			*at = i++;
			why = i == end ? "\" is not closed" : decode_escape(text, &i, end, out);
			if (why != NULL)
				return why;
		}
	}
	*pos = i + 1;
	return NULL;
}

const char *word_decode(const char *text, size_t start, size_t end, struct buf *out, size_t *at)
{
	size_t i = start;

	while (i < end) {
		size_t run = i;

		while (run < end && classes[(unsigned char)text[run]] != SPECIAL)
			run++;
		buf_put(out, text + i, run - i);
		i = run;
		if (i >= end)
			break;
		if (text[i] == '\\') {
			size_t newline = newline_at(text, end, i + 1);

			if (newline == 0 && i + 1 < end)
				buf_putc(out, text[i + 1]);
			i += 1 + (newline > 0 ? newline : 1);
		} else if (text[i] == '\'') {
			size_t close = quote_end(text, i, end);

			if (close == 0)
				close = end + 1;
			buf_put(out, text + i + 1, close - i - 2);
			i = close;
		} else {
			const char *why = decode_string(text, &i, end, out, at);

			if (why != NULL)
				return why;
		}
	}
	return NULL;
}

size_t word_valid(const char *text, size_t len)
{
	const char *nul = memchr(text, '\0', len);

	return utf8_valid(text, nul == NULL ? len : (size_t)(nul - text));
}

/* --- whether a line is complete, or continues in the next one: reads each byte once, however often it is called --- */

/* One byte of a line. */
static void continues_byte(struct line_state *s, char c)
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
		s->in_word = true;
	} else if (c == '"' || c == '\'') {
		s->quote = c;
		s->bar = false;
		s->in_word = true;
	} else if (!s->plain && !s->in_word && !s->pipe && (c == '[' || c == '{')) {
		s->depth = 1;
		s->in_word = true;
	} else if (blank) {
		/* The text after | is for the shell: its brackets do not count. */
		s->pipe = s->pipe || s->bar;
		s->in_word = s->bar = false;
	} else {
		s->comment = !s->in_word && !s->pipe && c == '#';
		s->bar = !s->plain && !s->in_word && c == '|';
		s->in_word = true;
	}
}

bool line_continues(const char *text, size_t len, struct line_state *state)
{
	for (; state->offset < len && !state->comment; state->offset++) {
		continues_byte(state, text[state->offset]);
		/* Most bytes are within a word, and change nothing. */
		if (state->in_word && !state->bar && state->depth == 0 && state->quote == '\0' && !state->escaped)
			while (state->offset + 1 < len && classes[(unsigned char)text[state->offset + 1]] == ORDINARY)
				state->offset++;
	}
	return !state->comment && (state->quote != '\0' || state->depth > 0 || state->escaped);
}

bool word_whole(const char *text, size_t len)
{
	struct line_state state = {0};

	return !line_continues(text, len, &state);
}

size_t word_name_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] != '\0' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-", text[n]) != NULL)
		n++;
	return n;
}
