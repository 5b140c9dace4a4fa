/* SPDX-License-Identifier: ISC */
/*
 * change: at the prompt, what a modifying request changes, and the line that takes it back.
 */
#ifndef PTSH_UNDO_CHANGE_H
#define PTSH_UNDO_CHANGE_H

#include "run/task.h"

extern const struct change_ops change_ops;

#endif
