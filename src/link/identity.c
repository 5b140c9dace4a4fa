/* SPDX-License-Identifier: ISC */
/*
 * identity: which connection is ours, and whose name the box gets for it.  The protocol is net/ident's.
 */
#include "link/identity.h"

#include <stdlib.h>

#include "link/link.h"
#include "net/ident.h"

struct identity { struct ident *ident; };

static const char *name_of(const struct shell *sh)
{
	return sh->options->ident[0] != '\0' ? sh->options->ident : sh->options->user;
}

/* Only the box; while a connection is being made its address may still turn out to be any. */
static bool welcome(void *ctx, const struct address *peer)
{
	const struct shell *sh = ctx;
	struct address local, remote;

	if (link_endpoints(sh, &local, &remote))
		return address_same_host(peer, &remote);
	return link_state(sh) == LINK_CONNECTING;
}

static enum ident_answer whose(void *ctx, const struct address *local, const struct address *remote, const char **user)
{
	const struct shell *sh = ctx;
	struct address ours, theirs;

	if (!link_endpoints(sh, &ours, &theirs) || !address_same_host(local, &ours) || !address_same_host(remote, &theirs) ||
	    address_port(local) != address_port(&ours) || address_port(remote) != address_port(&theirs))
		return IDENT_NO_USER;
	*user = name_of(sh);
	return sh->options->ident_hidden || !ident_user_valid(*user) ? IDENT_HIDDEN : IDENT_USER;
}

static void identity_answered(void *ctx, const char *text)
{
	shell_step(ctx, "ident: the box asked: %s", text);
}

static const struct ident_ops operations = {.welcome = welcome, .whose = whose, .answered = identity_answered};

void identity_start(struct shell *sh)
{
	const struct options *o = sh->options;
	struct address a;
	unsigned short port = IDENT_PORT;
	struct error e;
	int fd = -1;

	if (o->ident == NULL || sh->identity != NULL || (sh->identity = calloc(1, sizeof *sh->identity)) == NULL)
		return;
	if (!ident_where(o->ident_port != NULL ? o->ident_port : "113", &a, &port))
		return;			/* the option has been checked */
	if (o->ident_fd == 0)
		fd = ident_listen(&a, port, &e);
	else if (ident_take((int)o->ident_fd, &e) == 0)
		fd = (int)o->ident_fd;
	if (fd != -1) {
		sh->identity->ident = ident_create(sh->loop, fd, IDENT_PATIENCE, &operations, sh);
		if (sh->identity->ident == NULL)
			error_memory(&e);
	}
	if (sh->identity->ident == NULL)
		shell_complain(sh, (struct place){0}, NULL, "ident: %s: the box gets no answer", e.text);
	else
		shell_step(sh, "ident: answers on port %u", (unsigned)ident_port(sh->identity->ident));
	if (!ident_user_valid(name_of(sh)) && !o->ident_hidden)
		shell_complain(sh, (struct place){0}, NULL, "ident: the user's name is not plain ASCII, so it is hidden: see --ident=NAME");
}

void identity_free(struct shell *sh)
{
	if (sh->identity == NULL)
		return;
	ident_free(sh->identity->ident);
	free(sh->identity);
	sh->identity = NULL;
}

bool identity_info(const struct shell *sh, unsigned short *port, const char **name)
{
	if (sh->identity == NULL || sh->identity->ident == NULL)
		return false;
	*port = ident_port(sh->identity->ident);
	*name = sh->options->ident_hidden || !ident_user_valid(name_of(sh)) ? NULL : name_of(sh);
	return true;
}
