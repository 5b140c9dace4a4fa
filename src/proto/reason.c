/* SPDX-License-Identifier: ISC */
/*
 * reason: what a refusal says, in words for a message.
 */
#include "proto/reason.h"

#include "proto/secret.h"

static const char hidden[] = "***";

/* A text, up to the secret in it. */
static void put_text(struct buf *out, struct json string)
{
	struct buf text = {.secret = true};

	if (secret_has_key(string)) {
		buf_puts(out, hidden);
		return;
	}
	json_decode_text(string, &text);
	secret_put_text(out, buf_head(&text), text.len);
	out->failed |= text.failed;
	buf_clear(&text);
}

static void put_value(struct buf *out, const struct request *type, struct json v)
{
	enum json_kind kind = json_kind(v);
	bool whole = (kind == JSON_ARRAY || kind == JSON_OBJECT) && type != NULL && (catalog_secret(type) || secret_in_replies(type));

	if (kind == JSON_STRING)
		put_text(out, v);
	else
		secret_mask_value(out, v, whole);
}

void reason_put(struct buf *out, const struct request *type, struct json_iter values, const char *without)
{
	size_t before = out->len, details = 0;
	struct json v;

	if (json_next(&values, NULL, &v) && json_kind(v) != JSON_NULL)
		put_value(out, type, v);
	if (out->len == before)
		buf_puts(out, without);
	while (json_next(&values, NULL, &v))
		if (json_kind(v) != JSON_NULL) {
			buf_puts(out, details++ == 0 ? " (detail: " : ", ");
			put_value(out, type, v);
		}
	if (details > 0)
		buf_putc(out, ')');
}
