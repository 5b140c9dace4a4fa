/* SPDX-License-Identifier: ISC */
/*
 * change: at the prompt, the effect of a modifying request, kept for .undo.
 */
#ifndef PTSH_UNDO_CHANGE_H
#define PTSH_UNDO_CHANGE_H

#include "run/task.h"
#include "undo/undo.h"

extern const struct change_ops change_ops;

/* Appends the effects of a change, made harmless, a line each. */
void change_put(struct buf *out, const struct undo *u, bool coloured);

#endif
