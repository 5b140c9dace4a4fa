/* SPDX-License-Identifier: ISC */
/*
 * deadline: how long anything may take that a test waits for.
 *
 * It is there to end a hang, and for nothing else: no test fails because a machine is slow or busy.  Only what
 * is tested for ending late has a time of its own.
 */
#ifndef PTSH_TESTS_DEADLINE_H
#define PTSH_TESTS_DEADLINE_H

enum { DEADLINE_S = 300, DEADLINE_MS = 1000 * DEADLINE_S };

#endif
