/* SPDX-License-Identifier: ISC */
/*
 * agent_session: from the words of snmpcmd(1) to a session of Net-SNMP.
 *
 * The library's own reading of options prints where it should return, remembers where it was, and connects by itself: all of that is
 * kept in here.
 */
#include "snmp/agent_parts.h"

#ifdef AGENT_NET_SNMP

#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "udp:192.0.2.1:161", "udp6:[2001:db8::1]:161" */
static int peer_name(const struct address *to, bool tcp, char *text, size_t size, struct error *e)
{
	char host[NI_MAXHOST];

	if (getnameinfo(&to->sa.any, to->len, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
		return error_set(e, STATUS_USAGE, "not an address for SNMP");
	snprintf(text, size, to->sa.any.sa_family == AF_INET6 ? "%s6:[%s]:%u" : "%s:%s:%u", tcp ? "tcp" : "udp", host,
	    (unsigned)address_port(to));
	return 0;
}

static void no_option(int argc, char *const *argv, int option)
{
	(void)argc, (void)argv, (void)option;
}

/* What snmp_parse_args() has put into a session and snmp_sess_open() has copied. */
static void clear_template(netsnmp_session *s, bool own_auth, bool own_priv)
{
	if (s->community != NULL)
		explicit_bzero(s->community, s->community_len);
	free(s->community);
	free(s->securityEngineID);
	free(s->contextEngineID);
	if (own_auth)		/* else it is one of the library's constants */
		free(s->securityAuthProto);
	if (own_priv)
		free(s->securityPrivProto);
	explicit_bzero(s, sizeof *s);
}

static bool has_option(char *const *options, size_t count, char letter)
{
	for (size_t i = 0; i + 1 < count; i += 2)
		if (options[i][1] == letter)
			return true;
	return false;
}

/* A session over a socket that is connected already: the library would connect by itself, and wait.  Takes fd. */
static void *open_stream(netsnmp_session *s, int fd)
{
	netsnmp_transport *t = calloc(1, sizeof *t);	/* the library frees it */

	if (t == NULL) {
		close(fd);
		return NULL;
	}
	t->sock = fd;
	t->flags = NETSNMP_TRANSPORT_FLAG_STREAM;
	t->msgMaxSize = 0x7fffffff;
	t->f_recv = lib.netsnmp_tcpbase_recv;
	t->f_send = lib.netsnmp_tcpbase_send;
	t->f_close = lib.netsnmp_socketbase_close;
	return lib.snmp_sess_add(s, t, NULL, NULL);
}

/* The library's own reading of options, which prints where it should return.  Takes fd. */
static void *open_session(char **argv, int argc, netsnmp_session *s, int fd, struct error *e)
{
	struct agent_capture capture;
	char why[200], *flag;
	void *session = NULL;
	int at;

	optind = 0;		/* glibc's getopt() remembers where it was */
	(void)getopt(1, argv, "");
	agent_capture_begin(&capture);
	at = lib.netsnmp_parse_args(argc, argv, s, "", no_option, 0);
	if (at > 0) {
		s->flags |= SNMP_FLAGS_DONT_PROBE;
		session = fd != -1 ? open_stream(s, fd) : lib.snmp_sess_open(s);
	} else if (fd != -1) {
		close(fd);
	}
	agent_capture_end(&capture, why, sizeof why);
	/* "... after -3a flag: SHB": a user who confuses -a and -A has typed a secret there. */
	if ((flag = strstr(why, " flag: ")) != NULL)
		flag[5] = '\0';
	if (session == NULL && why[0] == '\0' && at > 0)
		snprintf(why, sizeof why, "%s", lib.snmp_api_errstring(s->s_snmp_errno));
	if (session == NULL)
		error_set(e, STATUS_USAGE, "%s", why[0] != '\0' ? why : "these options cannot be used");
	return session;
}

void *agent_session(const struct address *to, int fd, char **options, size_t count, struct error *e)
{
	char **argv = calloc(count + 4, sizeof *argv), peer[NI_MAXHOST + 32], program[] = "ptsh", end[] = "--";
	netsnmp_session template;
	bool own_auth = has_option(options, count, 'A') && !has_option(options, count, 'a');
	bool own_priv = has_option(options, count, 'X') && !has_option(options, count, 'x');
	void *session;

	if (argv == NULL || agent_library_start(e) == -1 || peer_name(to, fd != -1, peer, sizeof peer, e) == -1) {
		if (argv == NULL)
			error_memory(e);
		if (fd != -1)
			close(fd);
		free(argv);
		return NULL;
	}
	argv[0] = program;
	if (count > 0)
		memcpy(argv + 1, options, count * sizeof *argv);
	argv[count + 1] = end;
	argv[count + 2] = peer;
	session = open_session(argv, (int)count + 3, &template, fd, e);
	clear_template(&template, own_auth, own_priv);
	free(argv);
	if (session != NULL) {
		fcntl(lib.snmp_sess_transport(session)->sock, F_SETFD, FD_CLOEXEC);
		lib.snmp_sess_session(session)->flags |= SNMP_FLAGS_DONT_PROBE;
	}
	return session;
}

#endif
