/* SPDX-License-Identifier: ISC */
/*
 * change: at the prompt, what a modifying request changes, and the line that takes it back.
 */
#ifndef PTSH_UNDO_CHANGE_H
#define PTSH_UNDO_CHANGE_H

#include "run/task.h"

/* Before t is sent: asks the box for the state it will change.  True: the question is under way, t waits (TASK_RESOLVING) and
 * is begun again when it has its answer or cannot have one.  False: nothing to ask. */
bool change_ask(struct shell *sh, struct task *t);

/* t has succeeded: shows before -> after, and `undo: LINE`, which is remembered in the history. */
void change_show(struct shell *sh, struct task *t);

void change_free(struct task *t);

#endif
