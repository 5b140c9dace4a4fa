/* SPDX-License-Identifier: ISC */
/*
 * script: plays a box that misbehaves as described in a file.
 *
 * One step a line, in order; blank lines and lines that begin with # are skipped.  The steps stand in the table
 * of steps.c, which --help prints.  TEXT runs to the end of its line.  In it $id is the id of the last array
 * that came, as the client wrote it, and $id3 that of the third on this connection.  Where C's escapes are said
 * to work, they are \n \r \t \\ \$ \xHH \uHHHH (a character as UTF-8); elsewhere a backslash is one.
 *
 * A box that answers the second request before the first, and then breaks off in the middle:
 *
 *	hello
 *	login
 *	expect "realm_info"
 *	expect "ping"
 *	reply 1,1700000000.5,42
 *	send [$id1,1,["5000015442","Hea
 *	close
 */
#include "script.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "script_parts.h"

enum { SCRIPT_DEADLINE = 300000, EXIT_UNEXPECTED = 9 };

_Noreturn void script_unexpected(struct script *s, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "box: %s:%u: ", s->path, s->steps.v[s->at].line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (s->peer.box.o.unix_path)
		unlink(s->peer.box.o.unix_path);
	exit(EXIT_UNEXPECTED);
}

/* --- reading --- */

void script_print_help(FILE *out)
{
	fputs("Scripts: a step a line; the first connection is waited for when a step needs it.  At the end "
	      "of the script\n"
	      "what comes is read until the client hangs up.  Sending to a client that has gone is no "
	      "mistake.\n",
	    out);
	for (const struct step_kind *k = step_kinds; k->name; k++)
		fprintf(out, "  %-14s %-9s %s\n", k->name, k->arguments, k->help);
	fputs("In TEXT, VALUES: $id is the id of the last array that came, $id3 that of the third on the connection,\n"
	      "$arg2 its second argument.  "
	      "C's escapes: \\n \\r \\t \\\\ \\$ \\xHH \\uHHHH.\n", out);
}

static const struct step_kind *find_kind(const char *name, size_t len)
{
	for (const struct step_kind *k = step_kinds; k->name; k++)
		if (strlen(k->name) == len && memcmp(k->name, name, len) == 0)
			return k;
	return NULL;
}

static void read_step(struct script *s, char *line, unsigned number, size_t open[static REPEAT_DEPTH])
{
	const struct step_kind *kind;
	struct step *step;
	size_t len;

	line[strcspn(line, "\n")] = '\0';
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return;
	len = strcspn(line, " \t");
	kind = find_kind(line, len);
	if (!kind)
		die("%s:%u: unknown step '%.*s'; see --help", s->path, number, (int)len, line);
	line += len;
	line += *line != '\0';
	if ((*kind->arguments && *kind->arguments != '[' && !*line) ||
	    (!*kind->arguments && line[strspn(line, " \t")]))
		die("%s:%u: it is: %s %s", s->path, number, kind->name, kind->arguments);
	step = ITEM_ADD(&s->steps);
	*step = (struct step){kind, mem_string(line), number, 0};
	if (kind->run == step_repeat) {
		if (s->depth == REPEAT_DEPTH)
			die("%s:%u: more than %d loops in each other", s->path, number, REPEAT_DEPTH);
		open[s->depth++] = s->steps.n - 1;
	} else if (kind->run == step_end) {
		if (s->depth == 0)
			die("%s:%u: an end without its repeat", s->path, number);
		step->other = open[--s->depth];
		s->steps.v[step->other].other = s->steps.n - 1;
	}
}

static void read_script(struct script *s)
{
	FILE *file = fopen(s->path, "re");
	size_t open[REPEAT_DEPTH], size = 0;
	char *line = NULL;

	if (!file)
		die("%s: %s", s->path, strerror(errno));
	for (unsigned number = 1; getline(&line, &size, file) >= 0; number++)
		read_step(s, line, number, open);
	if (s->depth > 0)
		die("%s: a repeat without its end", s->path);
	free(line);
	fclose(file);
}

/* --- playing --- */

static char unlink_path[200];

static void on_signal(int signal)
{
	(void)signal;
	unlink(unlink_path);
	_exit(0);
}

static void run_step(struct script *s, const struct step *step)
{
	if (s->skip && step->kind->run != step_next)
		return;
	if (!step->kind->alone)
		steps_connect(s, step->kind->name);
	step->kind->run(s, step->text);
}

static void finish(struct script *s)
{
	if (s->peer.fd >= 0) {
		peer_shutdown(&s->peer);
		step_drain(s, "");
		peer_close(&s->peer, false);
	}
	if (s->forward)
		fclose(s->forward);
	steps_forget(s);
	free(s->ids.v);
	free(s->answered.v);
	for (size_t i = 0; i < s->steps.n; i++)
		free(s->steps.v[i].text);
	free(s->steps.v);
	buf_clear(&s->peer.in);
	array_clear(&s->peer.last);
	SSL_CTX_free(s->peer.box.tls);
	if (s->peer.box.log)
		fclose(s->peer.box.log);
	for (unsigned i = 0; i < s->peer.n; i++)
		close(s->peer.listeners[i]);
	if (s->peer.box.o.unix_path)
		unlink(s->peer.box.o.unix_path);
}

int script_run(const struct options *o)
{
	struct script s = {.path = o->script, .random = o->seed};
	int port;

	s.peer.box.o = *o;
	s.peer.fd = -1;
	s.peer.deadline_ms = SCRIPT_DEADLINE;
	read_script(&s);
	if (o->log && !(s.peer.box.log = fopen(o->log, "ae")))
		die("%s: %s", o->log, strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	snprintf(unlink_path, sizeof unlink_path, "%s", o->unix_path ? o->unix_path : "");
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	s.peer.n = server_listen(o, s.peer.listeners, s.peer.local, &port);
	server_announce(o, port);
	for (s.at = 0; s.at < s.steps.n; s.at++)
		run_step(&s, &s.steps.v[s.at]);
	if (s.steps.n > 0)
		s.at = s.steps.n - 1;
	finish(&s);
	return 0;
}
