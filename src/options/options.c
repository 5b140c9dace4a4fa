/* SPDX-License-Identifier: ISC */
/*
 * options: from argv, environment and boxes file to one struct options, by precedence.
 *
 * What argv gave (options/words) is applied last; before it, each over the one before: defaults, environment, the box's
 * lines of the boxes file.  The current directory is never read.
 */
#include "options/table.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "options/boxes.h"

enum { CHAIN_MAX = 8 };	/* lines of the boxes file that name each other */

enum origin options_origin(const struct options *o, const char *name)
{
	const struct option_row *row = option_find(name, strlen(name));

	return row != NULL ? (enum origin)o->origins[row - option_rows] : ORIGIN_DEFAULT;
}

/* --- the layers --- */

/* An absolute path from the environment, or NULL. */
static const char *absolute(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && value[0] == '/' ? value : NULL;
}

static int put_path(char **out, const char *variable, const char *below_home, const char *file, struct error *e)
{
	const char *base = absolute(variable), *home = absolute("HOME");
	struct buf path = {0};

	if (base == NULL && home == NULL)
		return 0;
	if (base != NULL)
		buf_printf(&path, "%s/ptsh/%s", base, file);
	else
		buf_printf(&path, "%s/%s/ptsh/%s", home, below_home, file);
	free(*out);
	*out = buf_steal(&path);
	return *out != NULL ? 0 : error_memory(e);
}

static int find_files(struct options *o, struct error *e)
{
	if (put_path(&o->known_boxes_path, "XDG_DATA_HOME", ".local/share", "known_boxes", e) != 0)
		return -1;
	if (o->no_rc)
		return 0;
	if (put_path(&o->rc_path, "XDG_CONFIG_HOME", ".config", "rc", e) != 0
	    || put_path(&o->boxes_path, "XDG_CONFIG_HOME", ".config", "boxes", e) != 0
	    || put_path(&o->history_path, "XDG_STATE_HOME", ".local/state", "history", e) != 0)
		return -1;
	return 0;
}

static const char *set_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static int apply_defaults(struct options *o, struct error *e)
{
	const char *user = set_variable("PTSH_USER"), *format = set_variable("PTSH_OUTPUT");
	const struct option_row *row;

	o->tls = TLS_AUTO;
	o->tls_min = 12;
	o->reach.connect_timeout = 10;
	o->reach.keepalive = 60;
	o->max_reply = (size_t)256 << 20;
	if (user != NULL && option_apply(o, option_find("user", 4), user, ORIGIN_ENVIRONMENT, e) != 0)
		return -1;
	if (format != NULL && option_apply(o, option_find("output", 6), format, ORIGIN_ENVIRONMENT, e) != 0)
		return -1;
	if (set_variable("NO_COLOR") != NULL) {
		row = option_find("color", 5);
		return option_apply(o, row, "never", ORIGIN_ENVIRONMENT, e);
	}
	return 0;
}

static int apply_user(struct options *o, const char *user, size_t len, enum origin from, struct error *e)
{
	char *copy = strndup(user, len);
	int result;

	if (copy == NULL)
		return error_memory(e);
	result = option_apply(o, option_find("user", 4), copy, from, e);
	free(copy);
	return result;
}

static int apply_given(struct options *o, const struct given *given, size_t count, enum origin from, struct error *e)
{
	for (size_t i = 0; i < count && o->action == ACTION_RUN; i++)
		if (option_apply(o, given[i].row, given[i].value, from, e) != 0)
			return -1;
	return 0;
}

/* Puts the line's place before the text of *e. */
static int locate(struct error *e, const char *own, const struct box_line *line)
{
	struct error inner = *e;

	return error_set(e, inner.status, "%s:%u: %s", line->system ? BOXES_SYSTEM : own, line->number, inner.text);
}

/* --- the boxes file --- */

/* A box's lines, the one that was asked for first: `default core`, then `core admin@core.example.net --tls on`. */
struct chain {
	const struct box_line *lines[CHAIN_MAX];
	struct words words[CHAIN_MAX];
	size_t count;
	const char *address;	/* what is connected to; borrowed */
};

static void clear_chain(struct chain *c)
{
	for (size_t i = 0; i < c->count; i++)
		given_free(c->words[i].given, c->words[i].count);
}

/* The line that a text means: its name, or user@name. */
static const struct box_line *meant_line(const struct boxes *b, const struct chain *c, const char *text)
{
	const struct box_line *line = NULL;
	const char *at = strrchr(text, '@');

	if (strchr(text, '/') == NULL)
		line = boxes_find(b, text);
	if (line == NULL && at != NULL && strchr(text, '/') == NULL)
		line = boxes_find(b, at + 1);
	/* `core core --tls on`: the second is the host. */
	for (size_t i = 0; i < c->count; i++)
		if (c->lines[i] == line)
			return NULL;
	return line;
}

static int check_line_word(const struct given *g, struct error *e)
{
	if (g->row->scope == SCOPE_RUN)
		return error_set(e, STATUS_USAGE, "--%s belongs on the command line, not in the boxes file", g->row->name);
	if (g->row->kind == OPTION_FILE && g->value[0] != '/' && strcmp(g->value, "-") != 0)
		return error_set(e, STATUS_USAGE, "in the boxes file --%s needs a path that starts with / or ~/", g->row->name);
	return 0;
}

static int read_line_words(struct words *w, const struct box_line *line, const char *own, struct error *e)
{
	if (given_read(w, line->words, line->count, e) != 0)
		return locate(e, own, line);
	for (size_t i = 0; i < w->count; i++)
		if (check_line_word(&w->given[i], e) != 0)
			return locate(e, own, line);
	return 0;
}

/* Follows text through the boxes file.  Clear c in any case. */
static int follow(struct chain *c, const struct boxes *b, const char *own, const char *text, struct error *e)
{
	const struct box_line *line;

	c->address = text;
	while ((line = meant_line(b, c, c->address)) != NULL) {
		struct words *w = &c->words[c->count];

		if (c->count == CHAIN_MAX) {
			error_set(e, STATUS_USAGE, "more than %d lines that name each other", CHAIN_MAX);
			return locate(e, own, line);
		}
		memset(w, 0, sizeof(*w));
		c->lines[c->count++] = line;
		if (read_line_words(w, line, own, e) != 0)
			return -1;
		if (w->box != NULL)
			c->address = w->box;
		else if (strcmp(line->name, "default") == 0)
			c->address = DEFAULT_BOX;
		else
			c->address = line->name;
		if (w->box == NULL)
			break;
	}
	return 0;
}

/* Applies the "user@" of a text that names a line. */
static int apply_user_of(struct options *o, const char *text, enum origin from, struct error *e)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || strchr(text, '/') != NULL)
		return 0;
	if (at == text)
		return error_set(e, STATUS_USAGE, "the user name is missing before @");
	return apply_user(o, text, (size_t)(at - text), from, e);
}

/* The box's own lines, the inner ones first. */
static int apply_chain(struct options *o, const struct chain *c, struct error *e)
{
	for (size_t i = c->count; i-- > 0;) {
		const struct words *w = &c->words[i];

		if (i + 1 < c->count && apply_user_of(o, w->box, ORIGIN_BOXES, e) != 0)
			return locate(e, o->boxes_path, c->lines[i]);
		if (apply_given(o, w->given, w->count, ORIGIN_BOXES, e) != 0)
			return locate(e, o->boxes_path, c->lines[i]);
	}
	return 0;
}

/* The target first without --port: its user is one of the layers, and the port is known only when all are applied. */
static int apply_box(struct options *o, const struct chain *c, const char *text, enum origin from, struct error *e)
{
	const struct box_line *inner = c->count > 0 ? c->lines[c->count - 1] : NULL;
	enum origin origin = inner != NULL ? ORIGIN_BOXES : from;

	if (target_parse(&o->target, c->address, NULL, e) != 0) {
		struct error why = *e;

		if (inner != NULL)
			return locate(e, o->boxes_path, inner);
		return from == ORIGIN_ENVIRONMENT ? error_set(e, why.status, "$PTSH_BOX: %s", why.text) : -1;
	}
	if (o->target.user != NULL
	    && apply_user(o, o->target.user, strlen(o->target.user), origin, e) != 0)
		return -1;
	if (apply_chain(o, c, e) != 0)
		return -1;
	if (c->count > 0 && strcmp(c->lines[0]->name, text) != 0)
		return apply_user_of(o, text, from, e);
	return 0;
}

/* --- everything combined --- */

static int finish_user(struct options *o, struct error *e)
{
	const char *name;
	struct passwd *entry;
	char digits[24];

	if (o->user != NULL)
		return 0;
	entry = getpwuid(getuid());
	name = entry != NULL ? entry->pw_name : set_variable("LOGNAME");
	if (name == NULL || name[0] == '\0') {
		snprintf(digits, sizeof(digits), "%lu", (unsigned long)getuid());
		name = digits;
	}
	return option_put(&o->user, name, e);
}

static int check_all(const struct options *o, struct error *e)
{
	static const char *const idents[] = {"ident-port", "ident-fd", "ident-hidden"};

	if (o->reconnect && !o->follow && options_origin(o, "reconnect") == ORIGIN_COMMAND_LINE)
		return error_set(e, STATUS_USAGE, "--reconnect needs --follow");
	for (size_t i = 0; o->ident == NULL && i < sizeof idents / sizeof idents[0]; i++)
		if (options_origin(o, idents[i]) == ORIGIN_COMMAND_LINE)
			return error_set(e, STATUS_USAGE, "--%s needs --ident", idents[i]);
	if (o->key != NULL && o->cert == NULL)
		return error_set(e, STATUS_USAGE, "--key needs the certificate it belongs to: --cert FILE");
	return 0;
}

static const char *box_name(const void *from, size_t i)
{
	const struct boxes *b = from;

	return i < b->count ? b->lines[i].name : NULL;
}

/* A host's name may be meant, or a line of the boxes file mistyped: the message if it does not answer. */
static int find_near(struct options *o, const struct boxes *b, const char *text, struct error *e)
{
	const char *at = strrchr(text, '@'), *name = at != NULL ? at + 1 : text, *near;

	if (strpbrk(text, "/:[") != NULL || boxes_find(b, text) != NULL || boxes_find(b, name) != NULL)
		return 0;
	near = nearest_name(name, strlen(name), box_name, b);
	return near != NULL ? option_put(&o->box_near, near, e) : 0;
}

int options_put_together(struct options *o, const char *text, enum origin from, bool first, struct error *e)
{
	struct boxes boxes = {0};
	struct chain chain = {0};
	const char *shown;
	int result = -1;

	if (find_files(o, e) != 0 || apply_defaults(o, e) != 0)
		return -1;
	if (!o->no_rc && boxes_read_all(&boxes, o->boxes_path, absolute("HOME"), e) != 0)
		goto end;
	if (text == NULL && boxes_find(&boxes, "default") != NULL) {
		text = "default";
		from = ORIGIN_BOXES;
	}
	if (text == NULL)
		text = DEFAULT_BOX;
	o->box_origin = from;
	if (follow(&chain, &boxes, o->boxes_path, text, e) != 0)
		goto end;
	if (from != ORIGIN_BOXES && find_near(o, &boxes, text, e) != 0)
		goto end;
	/* The prompt shows the box that `default` stands for. */
	shown = from != ORIGIN_BOXES ? text : chain.words[0].box != NULL ? chain.words[0].box : chain.address;
	if (option_put(&o->box_text, shown, e) != 0 || apply_box(o, &chain, text, from, e) != 0)
		goto end;
	for (size_t i = 0; i < o->given_count; i++)
		if ((first || o->given[i].row->scope != SCOPE_BOX)
		    && apply_given(o, &o->given[i], 1, ORIGIN_COMMAND_LINE, e) != 0)
			goto end;
	if (o->port != NULL) {
		struct target target = {0};

		if (target_parse(&target, chain.address, o->port, e) != 0)
			goto end;
		target_clear(&o->target);
		o->target = target;
	}
	result = finish_user(o, e) == 0 ? check_all(o, e) : -1;
end:
	clear_chain(&chain);
	boxes_clear(&boxes);
	o->format_origin = options_origin(o, "output");
	return result;
}

/* Finds --help, --version or --no-rc among the options; they decide before anything else is read. */
static void look_ahead(struct options *o)
{
	for (size_t i = 0; i < o->given_count && o->action == ACTION_RUN; i++) {
		const char *name = o->given[i].row->name;

		if (strcmp(name, "help") == 0)
			o->action = ACTION_HELP;
		else if (strcmp(name, "version") == 0)
			o->action = ACTION_VERSION;
		else if (strcmp(name, "no-rc") == 0)
			o->no_rc = true;
	}
}

static int keep_complete_words(struct options *o, int argc, char **argv, struct error *e)
{
	o->action = ACTION_COMPLETE;
	o->complete_words = calloc((size_t)argc + 1, sizeof(*o->complete_words));
	if (o->complete_words == NULL)
		return error_memory(e);
	for (int i = 2; i < argc; i++) {
		o->complete_words[o->complete_count] = strdup(argv[i]);
		if (o->complete_words[o->complete_count] == NULL)
			return error_memory(e);
		o->complete_count++;
	}
	return find_files(o, e);
}

int options_read(struct options *o, int argc, char **argv, struct error *e)
{
	struct words words = {0};
	const char *text;
	enum origin from = ORIGIN_COMMAND_LINE;
	int result;

	memset(o, 0, sizeof(*o));
	if (argc > 1 && strcmp(argv[1], "--complete") == 0)
		return keep_complete_words(o, argc, argv, e);
	result = argc > 1 ? given_read(&words, argv + 1, (size_t)argc - 1, e) : 0;
	o->given = words.given;
	o->given_count = words.count;
	look_ahead(o);
	if (o->action != ACTION_RUN)
		return 0;
	if (result != 0) {
		/* The mistake is an option that took the wrong word as its argument, not the word missing after it. */
		struct error first;
		if (apply_given(o, o->given, o->given_count, ORIGIN_COMMAND_LINE, &first) != 0)
			*e = first;
		return -1;
	}
	text = words.box;
	if (text == NULL && (text = set_variable("PTSH_BOX")) != NULL)
		from = ORIGIN_ENVIRONMENT;
	if (text == NULL)
		from = ORIGIN_DEFAULT;
	return options_put_together(o, text, from, true, e);
}

static void free_strings(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void options_clear(struct options *o)
{
	for (size_t i = 0; i < o->input_count; i++)
		free(o->inputs[i].text);
	free(o->inputs);
	target_clear(&o->target);
	free(o->box_text);
	free(o->box_near);
	free(o->user);
	free(o->password_file);
	free(o->password_command);
	free(o->key_passphrase_command);
	free(o->pin);
	free(o->ca);
	free(o->cert);
	free(o->key);
	free(o->known_as);
	free((char *)o->reach.bind);
	free((char *)o->reach.proxy_command);
	free(o->ident);
	free(o->ident_port);
	free(o->trace);
	free(o->rc_path);
	free(o->history_path);
	free(o->boxes_path);
	free(o->known_boxes_path);
	free(o->port);
	free_strings(o->events, o->event_count);
	free_strings(o->complete_words, o->complete_count);
	given_free(o->given, o->given_count);
	memset(o, 0, sizeof(*o));
}
