/* SPDX-License-Identifier: ISC */
/*
 * tree: values as trees of cJSON's, from which nothing is lost: numbers keep every digit, strings every byte.
 */
#include "undo/tree.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- memory --- */

/* Before the memory that cJSON gets: how much of it to wipe. */
union block {
	size_t size;
	max_align_t align;
};

static void *tree_allocate(size_t size)
{
	union block *b = size > SIZE_MAX - sizeof *b ? NULL : malloc(sizeof *b + size);

	if (b == NULL)
		return NULL;
	b->size = size;
	return b + 1;
}

static void tree_release(void *p)
{
	union block *b;

	if (p == NULL)
		return;
	b = (union block *)p - 1;
	explicit_bzero(p, b->size);
	free(b);
}

void tree_init(void)
{
	/* With an allocator that is not its own cJSON never calls realloc(), which would leave a copy. */
	cJSON_Hooks hooks = {.malloc_fn = tree_allocate, .free_fn = tree_release};

	cJSON_InitHooks(&hooks);
}

/* --- making --- */

/* Returns a C string of a slice; free it as trees are freed. */
static char *copy_text(const char *text, size_t len)
{
	char *copy = tree_allocate(len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

static cJSON *read_text(struct json v, bool raw)
{
	char *text = copy_text(v.text, v.len);
	cJSON *item = text == NULL ? NULL : raw ? cJSON_CreateRaw(text) : cJSON_CreateString(text);

	tree_release(text);
	return item;
}

static cJSON *read_string(struct json v)
{
	if (memchr(v.text, '\\', v.len) != NULL)
		return read_text(v, true);
	return read_text((struct json){v.text + 1, v.len - 2}, false);
}

/* Sets *name to the text of a key.  False: no C string can hold it. */
static bool read_name(struct json key, struct buf *name)
{
	bool escaped = memchr(key.text, '\\', key.len) != NULL;

	buf_reset(name);
	json_decode(key, name);
	/* Half of a surrogate has become U+FFFD. */
	return memchr(buf_head(name), '\0', name->len) == NULL &&
	    !(escaped && memmem(buf_head(name), name->len, "\xef\xbf\xbd", 3) != NULL);
}

static cJSON *read_members(struct json v)
{
	struct json_iter it = json_iterate(v);
	cJSON *container = it.object ? cJSON_CreateObject() : cJSON_CreateArray();
	struct buf name = {.secret = true};
	struct json key, inner;
	int result = container == NULL ? -1 : 0;
	bool named = true;

	while (result == 0 && named && json_next(&it, &key, &inner)) {
		if (!it.object)
			result = tree_add(container, tree_read(inner));
		else if ((named = read_name(key, &name)))
			result = buf_string(&name) == NULL ? -1 : tree_add_member(container, buf_string(&name), tree_read(inner));
	}
	if (name.failed)
		result = -1;
	buf_clear(&name);
	if (result == 0 && named)
		return container;
	cJSON_Delete(container);
	return result == 0 ? read_text(v, true) : NULL;
}

cJSON *tree_read(struct json v)
{
	switch (json_kind(v)) {
	case JSON_NULL: return cJSON_CreateNull();
	case JSON_FALSE: return cJSON_CreateFalse();
	case JSON_TRUE: return cJSON_CreateTrue();
	case JSON_NUMBER: return read_text(v, true);
	case JSON_STRING: return read_string(v);
	case JSON_ARRAY: case JSON_OBJECT: return read_members(v);
	}
	return NULL;
}

cJSON *tree_copy(const cJSON *v)
{
	return cJSON_Duplicate(v, true);
}

int tree_add(cJSON *list, cJSON *item)
{
	if (list != NULL && item != NULL && cJSON_AddItemToArray(list, item))
		return 0;
	cJSON_Delete(item);
	return -1;
}

int tree_add_member(cJSON *object, const char *name, cJSON *item)
{
	if (object != NULL && item != NULL && cJSON_AddItemToObject(object, name, item))
		return 0;
	cJSON_Delete(item);
	return -1;
}

cJSON *tree_pair(cJSON *one, cJSON *other)
{
	cJSON *pair = cJSON_CreateArray();

	bool failed = tree_add(pair, one) < 0;

	failed = tree_add(pair, other) < 0 || failed;
	if (!failed)
		return pair;
	cJSON_Delete(pair);
	return NULL;
}

/* --- what they are --- */

void tree_print(const cJSON *v, struct buf *out)
{
	char *text = v == NULL ? NULL : cJSON_PrintUnformatted(v);

	if (text != NULL)
		buf_puts(out, text);
	else
		out->failed = out->failed || v != NULL;
	tree_release(text);
}

void tree_text(const cJSON *v, struct buf *out)
{
	if (v == NULL)
		buf_puts(out, "null");
	else if (cJSON_IsString(v))
		buf_puts(out, v->valuestring);
	else if (cJSON_IsRaw(v))
		json_decode((struct json){v->valuestring, strlen(v->valuestring)}, out);
	else
		tree_print(v, out);
}

bool tree_is_string(const cJSON *v)
{
	return cJSON_IsString(v) || (cJSON_IsRaw(v) && v->valuestring[0] == '"');
}

bool tree_is_number(const cJSON *v)
{
	return cJSON_IsRaw(v) && v->valuestring[0] != '"' && v->valuestring[0] != '{';
}

bool tree_is_scalar(const cJSON *v)
{
	return tree_is_string(v) || tree_is_number(v) || cJSON_IsBool(v);
}

bool tree_is(const cJSON *v, const char *text)
{
	return cJSON_IsString(v) ? strcmp(v->valuestring, text) == 0 :
	    tree_is_string(v) && json_is((struct json){v->valuestring, strlen(v->valuestring)}, text);
}

/* Gives equal values one spelling: numbers become strings, and strings lose their escapes.  -1 without memory. */
static int spell_alike(cJSON *v)
{
	struct buf text = {.secret = true};
	char *copy;
	int result = 0;

	for (; v != NULL && result == 0; v = v->next) {
		if (cJSON_IsRaw(v)) {
			buf_reset(&text);
			tree_text(v, &text);
			/* A value with a NUL stays as it is spelled. */
			if (!text.failed && memchr(buf_head(&text), '\0', text.len) == NULL) {
				if ((copy = copy_text(buf_head(&text), text.len)) != NULL) {
					tree_release(v->valuestring);
					v->valuestring = copy;
					v->type = cJSON_String;
				}
				result = copy == NULL ? -1 : 0;
			}
			result = text.failed ? -1 : result;
		}
		result = result == 0 ? spell_alike(v->child) : result;
	}
	buf_clear(&text);
	return result;
}

int tree_same(const cJSON *a, const cJSON *b)
{
	cJSON *one = tree_copy(a), *other = tree_copy(b);
	int same = -1;

	if (one != NULL && other != NULL && spell_alike(one) == 0 && spell_alike(other) == 0)
		same = cJSON_Compare(one, other, true);
	cJSON_Delete(one);
	cJSON_Delete(other);
	return same;
}
