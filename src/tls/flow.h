/* SPDX-License-Identifier: ISC */
/*
 * flow: the result of an attempt to move bytes.
 */
#ifndef PTSH_TLS_FLOW_H
#define PTSH_TLS_FLOW_H

enum flow {
	FLOW_DONE,
	FLOW_WAIT,	/* not now: wait for the descriptor */
	FLOW_END,	/* the peer has ended its side in order */
	FLOW_FAILED,	/* an error says why */
};

#endif
