/* SPDX-License-Identifier: ISC */
/*
 * complete: candidates for a place of ptsh's command line, for the shells' completions.
 *
 * Walks the words as options/words does, but ignores mistakes.  lang/complete completes the inside of -c LINE.
 */
#include "options/table.h"

#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "format/sink.h"
#include "lang/complete.h"
#include "options/boxes.h"
#include "proto/catalog.h"
#include "tls/known_boxes.h"

struct place {
	const struct option_row *option;	/* whose argument is being typed, or NULL */
	const char *value;			/* that argument, or the word */
	bool options_end;			/* after -- */
	bool box;				/* there is one already */
};

/* True for text without control characters: others would change it on its way through a shell. */
static bool is_plain(const char *text)
{
	while ((unsigned char)*text >= ' ' && *text != 127)
		text++;
	return *text == '\0';
}

/* Writes before + text as a candidate if it begins with what is typed. */
static void put(struct sink *out, const char *typed, const char *before, size_t before_len, const char *text,
    const char *help)
{
	struct buf whole = {0};
	const char *word;

	buf_put(&whole, before, before_len);
	buf_puts(&whole, text);
	word = buf_string(&whole);
	if (word != NULL && strncmp(word, typed, strlen(typed)) == 0 && *word != '\0' && *word != ':' && is_plain(word))
		sink_printf(out, help != NULL ? "%s\t%s\n" : "%s\n", word, help);
	buf_clear(&whole);
}

/* --- the place --- */

/* The option that a word of short ones leaves without argument; *value is set if the argument follows at once. */
static const struct option_row *open_short(const char *word, const char **value)
{
	for (const char *p = word + 1; *p != '\0'; p++) {
		const struct option_row *row = option_find_short(*p);

		if (row == NULL)
			return NULL;
		if (row->argument != NULL) {
			*value = p[1] != '\0' ? p + 1 : NULL;
			return row;
		}
	}
	return NULL;
}

/* The option with an argument that a word is; *value is that argument if it is in the word. */
static const struct option_row *option_of(const char *word, const char **value)
{
	size_t len;
	const struct option_row *row;

	*value = NULL;
	if (word[0] != '-' || word[1] == '\0')
		return NULL;
	if (word[1] != '-')
		return open_short(word, value);
	len = strcspn(word + 2, "=");
	row = option_find(word + 2, len);
	if (row == NULL || row->argument == NULL || (row->optional && word[2 + len] != '='))
		return NULL;
	if (word[2 + len] == '=')
		*value = word + 2 + len + 1;
	return row;
}

static void find_place(struct place *p, char *const *words, size_t index, const char *typed)
{
	const char *value;

	memset(p, 0, sizeof(*p));
	for (size_t i = 0; i < index; i++) {
		const char *word = words[i];
		const struct option_row *row;

		if (p->options_end || word[0] != '-' || word[1] == '\0') {
			p->box = true;
		} else if (strcmp(word, "--") == 0) {
			p->options_end = true;
		} else if ((row = option_of(word, &value)) != NULL && value == NULL) {
			if (++i == index)
				p->option = row;
		}
	}
	p->value = typed;
	if (p->option == NULL && !p->options_end) {
		const struct option_row *row = option_of(typed, &value);

		if (row != NULL && value != NULL) {
			p->option = row;
			p->value = value;
		}
	}
}

/* --- candidates for each kind --- */

static void put_formats(struct sink *out, const char *typed, size_t before)
{
	for (size_t i = 0; formats[i] != NULL; i++)
		put(out, typed, typed, before, formats[i]->name, formats[i]->help);
}

static void put_events(struct sink *out, const char *typed, size_t before)
{
	put(out, typed, typed, before, "*", "every event");
	for (const struct field *f = catalog_events; f->name != NULL; f++)
		put(out, typed, typed, before, f->name, f->help);
}

/* A list: the elements before the last comma are kept, and not offered again. */
static void put_auth(struct sink *out, const char *typed, size_t before)
{
	static const struct { enum auth_method method; const char *help; } methods[] = {
		{AUTH_NONE, "nothing to do"}, {AUTH_CRAM, "both prove that they know the password"}, {AUTH_LOGIN, "the password is sent"},
	};
	const char *value = typed + before, *comma = strrchr(value, ',');
	size_t kept = comma != NULL ? (size_t)(comma + 1 - typed) : before;

	sink_puts(out, ":open\n");
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		const char *name = auth_method_name(methods[i].method), *used = strstr(value, name);

		if (used == NULL || used >= typed + kept)
			put(out, typed, typed, kept, name, methods[i].help);
	}
}

static void no_gids(void *ctx, enum gid_kind kind, void (*found)(void *, const char *gid, const char *name), void *arg)
{
	(void)ctx, (void)kind, (void)found, (void)arg;
}

/* Files follow: the shell completes the text after the first `kept` bytes of the typed word. */
static void put_files(struct sink *out, const char *typed, size_t kept)
{
	sink_printf(out, ":files\t%.*s\n", (int)kept, typed);
}

/* A list of candidates need not show the beginning that all of them share. */
static void put_kept(struct sink *out, const char *typed, size_t kept)
{
	if (kept > 0)
		sink_printf(out, ":kept\t%.*s\n", (int)kept, typed);
}

static void put_line(struct sink *out, const char *typed, size_t before, const struct complete_context *lines)
{
	struct complete_context context = *lines;
	struct completion c;
	const char *line = typed + before;

	if (context.gids == NULL)
		context.gids = no_gids;
	if (complete(&c, line, strlen(line), &context) != 0)
		return;
	if (c.files)
		put_files(out, typed, before + c.start);
	sink_puts(out, ":open\n");
	put_kept(out, typed, before + c.start);
	for (size_t i = 0; i < c.count; i++)
		put(out, typed, typed, before + c.start, c.candidates[i].text, c.candidates[i].help);
	completion_clear(&c);
}

static void put_argument(struct sink *out, const struct place *p, const char *typed,
    const struct complete_context *lines)
{
	size_t before = (size_t)(p->value - typed);

	switch (p->option->kind) {
	case OPTION_CHOICE:
		for (const struct option_choice *c = p->option->choices; c->name != NULL; c++)
			put(out, typed, typed, before, c->name, c->help);
		break;
	case OPTION_FILE:
		put_files(out, typed, before);
		break;
	case OPTION_FORMAT:
		put_formats(out, typed, before);
		break;
	case OPTION_EVENT:
		put_events(out, typed, before);
		break;
	case OPTION_AUTH:
		put_auth(out, typed, before);
		break;
	case OPTION_PORT:
		put(out, typed, typed, before, "porttracker=55", "the default");
		break;
	case OPTION_LINE:
		if (lines != NULL)
			put_line(out, typed, before, lines);
		break;
	default:
		break;
	}
}

static void put_options(struct sink *out, const char *typed)
{
	for (const struct option_row *row = option_rows; row->name != NULL; row++) {
		char name[3] = {'-', row->short_name, '\0'};
		struct buf help = {0};

		option_describe(row, &help);
		const char *text = buf_string(&help) != NULL ? buf_string(&help) : "";
		if (row->short_name != 0 && typed[1] == '\0')
			put(out, typed, "", 0, name, text);
		put(out, typed, "--", 2, row->name, text);
		buf_clear(&help);
	}
}

/* Returns the box that a line stands for: the first word that is no option and no option's argument. */
static const char *address_of(const struct box_line *line)
{
	const char *value;

	for (size_t i = 0; i < line->count; i++) {
		if (line->words[i][0] != '-')
			return line->words[i];
		if (option_of(line->words[i], &value) != NULL && value == NULL)
			i++;
	}
	return "";
}

/* Boxes that are remembered, as ssh offers known hosts; without the default port. */
static void put_known(struct sink *out, const struct options *o, const char *typed, size_t before)
{
	struct known_boxes known = {0};
	struct error e;

	if (o->known_boxes_path == NULL || known_boxes_read(&known, o->known_boxes_path, NULL, NULL, NULL, &e) != 0)
		return;
	for (size_t i = 0; i < known.count; i++) {
		char *name = known.items[i].name;
		char *port = strrchr(name, ':');
		/* Lines of one box may be apart: it may have several keys. */
		bool again = false;

		for (size_t k = i + 1; k < known.count && !again; k++)
			again = strcmp(known.items[k].name, name) == 0;
		if (port != NULL && strcmp(port, ":55") == 0)
			*port = '\0';
		if (!again)
			put(out, typed, typed, before, name, "a known box");
	}
	known_boxes_clear(&known);
}

static void put_boxes(struct sink *out, const struct options *o, const char *typed)
{
	const char *at = strrchr(typed, '@');
	size_t before = at != NULL ? (size_t)(at + 1 - typed) : 0;
	struct boxes boxes = {0};
	struct error e;

	if (strchr(typed, '/') != NULL) {
		put_files(out, typed, 0);
		return;
	}
	if (!o->no_rc && boxes_read_all(&boxes, o->boxes_path, NULL, &e) == 0)
		for (size_t i = 0; i < boxes.count; i++) {
			const char *address = address_of(&boxes.lines[i]);

			put(out, typed, typed, before, boxes.lines[i].name, is_plain(address) && *address != '\0' ? address : NULL);
		}
	boxes_clear(&boxes);
	put_known(out, o, typed, before);
}

void options_complete(const struct options *o, const struct complete_context *lines, struct sink *out)
{
	char *const *words = o->complete_words + 1;
	size_t count = o->complete_count > 0 ? o->complete_count - 1 : 0;
	const char *digits = o->complete_count > 0 ? o->complete_words[0] : "";
	char *end;
	unsigned long index = strtoul(digits, &end, 10);
	struct place p;
	const char *typed;

	if (*digits < '0' || *digits > '9' || *end != '\0' || index > count)
		return;
	typed = index < count ? words[index] : "";
	find_place(&p, words, index, typed);
	if (p.option != NULL)
		put_argument(out, &p, typed, lines);
	else if (typed[0] == '-' && !p.options_end)
		put_options(out, typed);
	else if (!p.box)
		put_boxes(out, o, typed);
}
