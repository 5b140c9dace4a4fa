/* SPDX-License-Identifier: ISC */
/*
 * formats: the only list of formats.
 */
#include "format/formats.h"

#include <string.h>
#include <strings.h>

#include "proto/secret.h"

#define FORMAT_ENTRY(name) &format_##name,

const struct format *const formats[] = {FORMATS(FORMAT_ENTRY) NULL};

const struct format *format_find(const char *name)
{
	for (const struct format *const *f = formats; *f != NULL; f++)
		if (strcmp((*f)->name, name) == 0)
			return *f;
	return NULL;
}

const struct format *format_default(bool terminal)
{
	const struct format *const *f = formats;

	while ((*f)->for_people != terminal)
		f++;
	return *f;
}

static bool has_ending(const struct format *f, const char *ending)
{
	for (size_t i = 0; i < FORMAT_ENDINGS && f->endings[i] != NULL; i++)
		if (strcasecmp(f->endings[i], ending) == 0)
			return true;
	return false;
}

const struct format *format_of_file(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *dot = strrchr(name, '.');

	for (const struct format *const *f = formats; dot != NULL && dot > name && *f != NULL; f++)
		if (has_ending(*f, dot + 1))
			return *f;
	return NULL;
}

void formats_put(struct buf *out)
{
	for (const struct format *const *f = formats; *f != NULL; f++)
		buf_printf(out, "%s%s", f == formats ? "" : f[1] == NULL ? " or " : ", ", (*f)->name);
}

int format_permits(const struct format *f, bool terminal, struct error *e)
{
	if (!f->bare || !terminal)
		return 0;
	return error_set(e, STATUS_USAGE, "%s: not on a terminal: it would show control characters as they are", f->name);
}

int format_choose(const char *name, bool terminal, const struct format **f, struct error *e)
{
	struct buf why = {0};

	if ((*f = format_find(name)) != NULL)
		return format_permits(*f, terminal, e);
	secret_put_text(&why, name, strlen(name));
	buf_puts(&why, ": no such format; use ");
	formats_put(&why);
	error_set(e, STATUS_USAGE, "%s", buf_string(&why) != NULL ? buf_string(&why) : "no such format");
	buf_clear(&why);
	return -1;
}
