/* SPDX-License-Identifier: ISC */
/*
 * flood: events of one name that come too fast to be read at a prompt: counted instead of shown.
 */
#ifndef PTSH_RUN_FLOOD_H
#define PTSH_RUN_FLOOD_H

#include "net/loop.h"
#include "proto/json.h"
#include "term/shell.h"

enum { FLOOD_KINDS = 32 };	/* names that are counted apart */

struct flood_kind { char name[64]; int64_t since; unsigned shown, folded; };

/* Zeroed at the start; flood_end() at the end. */
struct flood {
	struct flood_kind kinds[FLOOD_KINDS];
	struct shell *sh;		/* once there was an event */
	struct loop_timer report;
};

/* Counts an event.  True: it is one of too many, and how many they were is reported when the second is over. */
bool flood_folds(struct shell *sh, struct flood *f, struct json name);
/* Reports nothing any more. */
void flood_end(struct flood *f);

#endif
