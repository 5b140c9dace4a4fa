/* SPDX-License-Identifier: ISC */
/*
 * connection: what the link reports, passed on to the engine, the events, ident and the prompt.
 *
 * The one place that knows all of them and the link; decides nothing.
 */
#include "run/connection.h"

#include "link/identity.h"
#include "run/engine.h"
#include "run/events.h"
#include "term/prompt.h"

static void connection_changed(struct shell *sh)
{
	if (sh->prompt != NULL)
		prompt_changed(sh->prompt);
}

static void connection_lost(struct shell *sh)
{
	engine_link_lost(sh);
	events_link_lost(sh);
}

static bool connection_taken(struct shell *sh)
{
	return sh->prompt != NULL && prompt_released(sh->prompt);
}

static bool connection_typing(struct shell *sh)
{
	return sh->prompt != NULL && prompt_reading(sh->prompt);
}

static void connection_question(struct shell *sh, bool begins)
{
	if (begins)
		shell_show_begin(sh);
	if (sh->prompt == NULL)
		return;
	if (begins)
		prompt_release(sh->prompt);
	else
		prompt_take(sh->prompt);
}

static const struct request *connection_answers(const void *tag)
{
	return ((const struct task *)tag)->line.type;
}

static const struct session_ops connection_requests = {
	.reply = engine_on_reply, .reply_large = engine_on_large, .reply_lost = engine_on_reply_lost,
	.reply_item = engine_on_item, .reply_part = engine_on_part, .reply_text = engine_on_text, .reply_end = engine_on_end,
	.unanswered = engine_on_unanswered, .event = events_on_event,
};

const struct link_ops connection_ops = {
	.connecting = identity_start, .ready = events_link_ready, .lost = connection_lost, .changed = connection_changed,
	.drained = engine_pump, .taken = connection_taken, .typing = connection_typing, .question = connection_question,
	.answers = connection_answers,
	.requests = &connection_requests,
};
