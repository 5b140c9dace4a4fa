/* SPDX-License-Identifier: ISC */
/*
 * offer: the candidates for one place, gathered, matched with the text typed there, and quoted alike.  Internal to lang/.
 */
#ifndef PTSH_LANG_OFFER_H
#define PTSH_LANG_OFFER_H

#include "lang/complete.h"

enum offer_kind {
	OFFER_WORD,		/* text, quoted where it must be */
	OFFER_NAME,		/* the same, and = after it */
	OFFER_RAW,		/* as it is: --name, null, * */
};

struct offered {
	char *text, *help;	/* text: what it means, without quotes */
	enum offer_kind kind;
};

struct offer {
	size_t start;		/* where the typed text begins */
	char quote;		/* that it begins with, or 0 */
	char *typed_text;	/* its decoded text: heap, NULL: it means nothing (a broken escape) */
	struct offered *offered;
	size_t count, cap;
	char *explain;
	bool files, in_list, equals, failed;
};

/* Sets the typed text, text[start .. end): later candidates are matched with it, earlier ones are kept. */
void offer_from(struct offer *o, const char *text, size_t start, size_t end);
void offer_add(struct offer *o, const char *text, const char *help, enum offer_kind kind);
/* A gid, with its name as help; or the name, if that is what is being typed. */
void offer_gid(struct offer *o, const char *gid, const char *name);
/* Takes back what text[start .. end) means. */
void offer_remove(struct offer *o, const char *text, size_t start, size_t end);
void offer_forget(struct offer *o);
void offer_explain(struct offer *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sorts, quotes and passes on.  0, or -1 without memory. */
int offer_finish(struct offer *o, struct completion *c);
void offer_clear(struct offer *o);

#endif
