/* SPDX-License-Identifier: ISC */
/*
 * steps: the engine's callbacks: before a line is sent, when it has ended, and when there is room for more lines.
 */
#ifndef PTSH_RUN_STEPS_H
#define PTSH_RUN_STEPS_H

#include "run/engine.h"

extern const struct engine_ops steps_ops;

#endif
