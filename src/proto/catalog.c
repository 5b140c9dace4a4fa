/* SPDX-License-Identifier: ISC */
/*
 * catalog: finds what the tables hold.  Owns no data but the tables; knows nothing of lines, replies or boxes.
 */
#include "proto/catalog.h"

#include <string.h>

#include "base/nearest.h"
#include "proto/catalog_fields.def"

const struct request catalog[] = {
#include "proto/catalog.def"
};

const size_t catalog_len = sizeof(catalog) / sizeof(catalog[0]);

const char *const catalog_groups[] = {
	"Session and box", "Realms", "Pollers", "Settings", "Security", "Groups", NULL
};

/* strcmp() for a name that may contain any byte, NUL included. */
static int compare(const char *name, size_t len, const char *known)
{
	for (size_t i = 0; i < len; i++)
		if (name[i] != known[i] || known[i] == '\0')
			return known[i] == '\0' || (unsigned char)name[i] > (unsigned char)known[i] ? 1 : -1;
	return known[len] == '\0' ? 0 : -1;
}

const struct request *catalog_find(const char *name, size_t len)
{
	size_t low = 0, high = catalog_len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = compare(name, len, catalog[mid].name);

		if (order == 0)
			return &catalog[mid];
		if (order > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct request *catalog_role(enum request_role role)
{
	for (size_t i = 0; i < catalog_len; i++)
		if (catalog[i].role == role)
			return &catalog[i];
	return NULL;
}

static const char *request_name(const void *from, size_t i)
{
	(void)from;
	return i < catalog_len ? catalog[i].name : NULL;
}

static const char *field_name(const void *from, size_t i)
{
	return ((const struct field *)from)[i].name;
}

const char *catalog_nearest(const char *name, size_t len)
{
	return nearest_name(name, len, request_name, NULL);
}

const char *catalog_nearest_field(const struct field *fields, const char *name, size_t len)
{
	return fields == NULL ? NULL : nearest_name(name, len, field_name, fields);
}

const struct field *catalog_fields(const struct request *r, const struct arg *arg, const char *type)
{
	const struct value_name *value;

	if (arg->fields != columns_all || type == NULL)
		return arg->fields;
	for (const struct arg *a = r->args; a->name != NULL; a++) {
		value = catalog_value(a->values, type, strlen(type));
		if (value != NULL && value->fields != NULL)
			return value->fields;
	}
	return columns_all;
}

const struct field *catalog_field(const struct field *fields, const char *name, size_t len)
{
	for (; fields != NULL && fields->name != NULL; fields++)
		if (fields->name[0] == (len > 0 ? name[0] : '\0') && compare(name, len, fields->name) == 0)
			return fields;
	return NULL;
}

const struct value_name *catalog_value(const struct value_name *values, const char *name, size_t len)
{
	for (; values != NULL && values->name != NULL; values++)
		if (nearest_same(values->name, name, len) || nearest_same(values->value, name, len))
			return values;
	return NULL;
}

bool catalog_arg_secret(const struct arg *arg)
{
	if (arg->flags & ARG_SECRET)
		return true;
	if (arg->type != ARG_ROWS && arg->type != ARG_OBJECT && arg->type != ARG_PAIRS && arg->type != ARG_PAIR)
		return false;
	for (const struct field *f = arg->fields; f != NULL && f->name != NULL; f++)
		if (f->secret)
			return true;
	return false;
}

bool catalog_secret(const struct request *r)
{
	for (const struct arg *arg = r->args; arg->name != NULL; arg++)
		if (catalog_arg_secret(arg))
			return true;
	return false;
}

const char *catalog_lister(enum gid_kind kind)
{
	for (size_t i = 0; i < catalog_len && kind != GID_NONE; i++)
		if (catalog[i].lists == kind)
			return catalog[i].list_json;
	return NULL;
}

const char *gid_kind_name(enum gid_kind kind)
{
	switch (kind) {
	case GID_REALM:
		return "realm";
	case GID_POLLER:
		return "poller";
	case GID_GROUP:
		return "group";
	case GID_VIEW:
		return "view";
	case GID_REPORT:
		return "report";
	case GID_METHOD:
		return "method";
	case GID_NONE:
	case GID_KINDS:
		break;
	}
	return "gid";
}

static const char *list_phrase(enum arg_type element)
{
	switch (element) {
	case ARG_GID:
		return "a list of gids";
	case ARG_ADDRESS:
		return "a list of addresses";
	case ARG_WORD:
		return "a list of words";
	default:
		return "a list of names";
	}
}

const char *arg_type_phrase(const struct arg *arg)
{
	switch (arg->type) {
	case ARG_TEXT:
		return "text";
	case ARG_ADDRESS:
	case ARG_SUBNET:
		return "an IP address";
	case ARG_HOST:
		return "a host name or IP address";
	case ARG_BITS:
		return "a prefix length";
	case ARG_MAC:
		return "a MAC";
	case ARG_GID:
		return "a gid or name";
	case ARG_NUMBER:
		return "a number";
	case ARG_WORD:
		return "a word";
	case ARG_LIST:
		return list_phrase(arg->element);
	case ARG_ROWS:
		return "rows";
	case ARG_OBJECT:
	case ARG_PAIRS:
		return "name=value...";
	case ARG_PAIR:
		return "an address and gid";
	case ARG_ROLES:
		return "realm=role=permission...";
	case ARG_CHANGES:
		return "-old,+new...";
	case ARG_MACS:
		return "-MAC,+MAC...";
	case ARG_CREDENTIALS:
		return "credentials";
	}
	return "a word";
}

const char *arg_type_name(const struct arg *arg)
{
	const char *phrase = arg_type_phrase(arg);
	size_t article = strncmp(phrase, "a ", 2) == 0 ? 2 : strncmp(phrase, "an ", 3) == 0 ? 3 : 0;

	return phrase + article;
}
