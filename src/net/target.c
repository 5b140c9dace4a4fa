/* SPDX-License-Identifier: ISC */
/*
 * target: the parts of a box's address as the user writes it.  See target.h.
 *
 * Owns the grammar of `[user@]host[:port]`.  Does not know the boxes file (options looks there first) and looks no
 * name up; only the services database is asked for a port's name.
 *
 * A host may only have characters of names and addresses, so that it can stand in a command
 * (--proxy-command's %h), a message and a line of known_boxes as it is.
 */
#include "net/target.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "net/address.h"

static const char target_default_port[] = "porttracker=55";

void target_clear(struct target *t)
{
	free(t->user);
	free(t->path);
	free(t->host);
	free(t->port_text);
	*t = (struct target){0};
}

/* True if text is all characters of a host name (letters, digits, `-._`) that does not look like an option. */
static bool target_is_name(const char *text)
{
	if (*text == '\0' || *text == '-' || *text == '.' || strlen(text) > 253)
		return false;
	for (; *text != '\0'; text++)
		if (!isascii((unsigned char)*text) ||
		    (!isalnum((unsigned char)*text) && strchr("-._", *text) == NULL))
			return false;
	return true;
}

static bool target_is_v4(const char *text)
{
	struct in_addr a;

	/* inet_aton() stops at a blank; such a text is refused here as it is no name either. */
	return target_is_name(text) && inet_aton(text, &a) == 1;
}

/* Reads an IPv6 address, perhaps with a zone (RFC 4007: fe80::1%eth0), into plain. */
static bool target_is_v6(const char *text, char plain[static ADDRESS_V6])
{
	const char *zone = strchr(text, '%');

	if (zone != NULL && (!target_is_name(zone + 1) || strlen(zone + 1) >= 64))
		return false;
	return address_plain_v6(text, plain);
}

/* True if an address without brackets could also be a shorter one with a port after it. */
static bool target_may_end_in_port(const char *text)
{
	const char *colon = strrchr(text, ':');
	char before[ADDRESS_V6], plain[ADDRESS_V6];
	size_t len = (size_t)(colon - text);

	if (colon[1] == '\0' || colon[1 + strspn(colon + 1, "0123456789")] != '\0' || len >= sizeof before)
		return false;
	memcpy(before, text, len);
	before[len] = '\0';
	return target_is_v6(before, plain);
}

/* --- ports --- */

/* Returns 0 if text is no number from 1 to 65535. */
static unsigned short target_port_number(const char *text)
{
	unsigned long n = 0;

	if (*text == '\0')
		return 0;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return 0;
		n = n * 10 + (unsigned long)(*text - '0');
		if (n > 65535)
			return 0;
	}
	return (unsigned short)n;
}

/* Cuts the next word off *rest.  NULL: there is none. */
static char *target_service_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\r\n");
	size_t len = strcspn(word, " \t\r\n");

	if (len == 0)
		return NULL;
	*rest = word + len;
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

/* The port of the line `name port/protocol alias... # comment`, if it is of this TCP service, else 0. */
static unsigned short target_service_line(char *line, const char *name)
{
	char *rest = line, *word, *port, *slash;
	bool named;

	line[strcspn(line, "#")] = '\0';
	word = target_service_word(&rest);
	port = word != NULL ? target_service_word(&rest) : NULL;
	slash = port != NULL ? strchr(port, '/') : NULL;
	if (slash == NULL || strcmp(slash, "/tcp") != 0)
		return 0;
	*slash = '\0';
	named = strcmp(word, name) == 0;
	while (!named && (word = target_service_word(&rest)) != NULL)
		named = strcmp(word, name) == 0;
	return named ? target_port_number(port) : 0;
}

/* The file itself and not getservbyname(), which loads half of NSS for the default port of every run (and crashes in
 * glibc 2.36 when there is no memory). */
unsigned short target_service(const char *name)
{
	FILE *f = fopen("/etc/services", "re");
	unsigned short port = 0;
	char line[1024];

	if (f == NULL)
		return 0;
	while (port == 0 && fgets(line, sizeof line, f) != NULL)
		port = target_service_line(line, name);
	fclose(f);
	return port;
}

static int target_port_equals(struct target *t, const char *text, const char *equals, struct error *e)
{
	unsigned short number = target_port_number(equals + 1);
	char *name = strndup(text, (size_t)(equals - text));

	if (name == NULL)
		return error_memory(e);
	if (number == 0 || !target_is_name(name)) {
		free(name);
		return error_set(e, STATUS_USAGE, "%s: not a port: a name, `=`, and a number from 1 to 65535", text);
	}
	t->port = target_service(name);
	if (t->port == 0)
		t->port = number;
	free(name);
	return 0;
}

static int target_port(struct target *t, const char *text, struct error *e)
{
	const char *equals = strchr(text, '=');

	if (*text == '\0')
		return error_set(e, STATUS_USAGE, "the port is missing after `:` (55, or leave `:` out)");
	if (equals != NULL)
		return target_port_equals(t, text, equals, e);
	if (text[strspn(text, "0123456789")] == '\0') {
		t->port = target_port_number(text);
		t->port_is_number = true;
		if (t->port == 0)
			return error_set(e, STATUS_USAGE, "%s: not a port: a number from 1 to 65535", text);
		return 0;
	}
	if (!target_is_name(text))
		return error_set(e, STATUS_USAGE, "%s: not a port: a number, a service's name, or name=number", text);
	t->port = target_service(text);
	if (t->port == 0)
		return error_set(e, STATUS_USAGE, "%s: no such service here: write a number, or %s=55", text, text);
	return 0;
}

/* --- hosts --- */

static int target_host(struct target *t, const char *text, size_t len, struct error *e)
{
	t->host = strndup(text, len);
	if (t->host == NULL)
		return error_memory(e);
	if (len == 0)
		return error_set(e, STATUS_USAGE, "the host's name is missing");
	t->host_is_address = target_is_v4(t->host);
	if (t->host_is_address || target_is_name(t->host))
		return 0;
	for (const char *p = t->host; *p != '\0'; p++)
		if (!isascii((unsigned char)*p))
			return error_set(e, STATUS_USAGE,
			    "%s: write a name that is not ASCII in its DNS form (xn--...)", t->host);
	return error_set(e, STATUS_USAGE, "%s: not a host's name or address", t->host);
}

/* text begins after `[`; *rest is set after `]`. */
static int target_bracketed(struct target *t, const char *text, const char **rest, struct error *e)
{
	const char *end = strchr(text, ']');
	char plain[ADDRESS_V6];

	if (end == NULL)
		return error_set(e, STATUS_USAGE, "[%s: the `]` is missing", text);
	t->host = strndup(text, (size_t)(end - text));
	if (t->host == NULL)
		return error_memory(e);
	if (!target_is_v6(t->host, plain))
		return error_set(e, STATUS_USAGE, "[%s]: not an IPv6 address", t->host);
	free(t->host);
	t->host = strdup(plain);
	if (t->host == NULL)
		return error_memory(e);
	t->host_is_address = true;
	*rest = end + 1;
	if (**rest != '\0' && **rest != ':')
		return error_set(e, STATUS_USAGE, "[%s]%s: only `:port` may follow `]`", t->host, *rest);
	return 0;
}

static int target_host_and_port(struct target *t, const char *text, const char *port, struct error *e)
{
	const char *rest = text, *colon = strchr(text, ':');
	bool many = colon != NULL && strchr(colon + 1, ':') != NULL;
	char plain[ADDRESS_V6];

	if (*text == '[') {
		if (target_bracketed(t, text + 1, &rest, e) == -1)
			return -1;
	} else if (many && target_is_v6(text, plain) && (port != NULL || !target_may_end_in_port(text))) {
		rest = text + strlen(text);
		t->host = strdup(plain);
		if (t->host == NULL)
			return error_memory(e);
		t->host_is_address = true;
	} else if (many) {
		return error_set(e, STATUS_USAGE, "%s: %s", text, target_is_v6(text, plain) ?
		    "an address, or a shorter one and a port? Write it in brackets: [address] or [address]:port" :
		    "only one `:` is possible: host:port, or [address]:port for IPv6");
	} else {
		rest = colon != NULL ? colon : text + strlen(text);
		if (target_host(t, text, (size_t)(rest - text), e) == -1)
			return -1;
	}
	if (port == NULL && *rest == ':')
		port = rest + 1;
	if (port == NULL)
		return target_port(t, target_default_port, e);
	t->port_text = strdup(port);
	if (t->port_text == NULL)
		return error_memory(e);
	return target_port(t, port, e);
}

/* --- paths --- */

static int target_path(struct target *t, const char *path, const char *port, struct error *e)
{
	const struct sockaddr_un *un = NULL;

	if (port != NULL)
		return error_set(e, STATUS_USAGE, "%s: a Unix socket has no port", path);
	if (strlen(path) >= sizeof un->sun_path)
		return error_set(e, STATUS_USAGE, "%.200s...: a Unix socket's path has at most %zu bytes, this one %zu",
		    path, sizeof un->sun_path - 1, strlen(path));
	t->path = strdup(path);
	return t->path != NULL ? 0 : error_memory(e);
}

/* `user@/path`: the @ before a path that begins like one; any other @ is the path's own. */
static const char *target_user_of_path(const char *text)
{
	const char *at = strchr(text, '@');

	if (at == NULL || memchr(text, '/', (size_t)(at - text)) != NULL)
		return NULL;
	if (at[1] == '/' || strncmp(at + 1, "./", 2) == 0 || strncmp(at + 1, "../", 3) == 0)
		return at;
	return NULL;
}

static int target_password(struct error *e)
{
	return error_set(e, STATUS_USAGE, "`:` is not allowed before the box's `@`: a password does not belong there"
	    " (for a user name with a `:` use --user)");
}

static int target_split(struct target *t, const char *text, const char *port, struct error *e)
{
	bool is_path = strchr(text, '/') != NULL;
	/* A user's name may hold an @, a host's cannot: the last one counts. */
	const char *at = is_path ? target_user_of_path(text) : strrchr(text, '@');

	if (*text == '\0')
		return error_set(e, STATUS_USAGE, "the name of the box is empty");
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return error_set(e, STATUS_USAGE, "the name of the box has a control character");
	/* What follows is not repeated in a message: it may hold a password. */
	if (strstr(text, "://") != NULL && *text != '/' && *text != '.')
		return error_set(e, STATUS_USAGE, "a box is written [USER@]HOST[:PORT], not as a URL");
	if (is_path && at == NULL && *text != '/' && *text != '.' && strrchr(text, '@') != NULL &&
	    memchr(text, ':', (size_t)(strrchr(text, '@') - text)) != NULL)
		return target_password(e);
	if (at != NULL) {
		if (at == text)
			return error_set(e, STATUS_USAGE, "%s: the user name is missing before `@`", text);
		if (memchr(text, ':', (size_t)(at - text)) != NULL)
			return target_password(e);
		t->user = strndup(text, (size_t)(at - text));
		if (t->user == NULL)
			return error_memory(e);
		text = at + 1;
	}
	return is_path ? target_path(t, text, port, e) : target_host_and_port(t, text, port, e);
}

int target_parse(struct target *t, const char *text, const char *port, struct error *e)
{
	*t = (struct target){0};
	if (target_split(t, text, port, e) == -1) {
		target_clear(t);
		return -1;
	}
	return 0;
}

char *target_name(const struct target *t)
{
	char *name;
	bool v6;

	if (t->path != NULL)
		return strdup(t->path);
	v6 = strchr(t->host, ':') != NULL;
	if (asprintf(&name, v6 ? "[%s]:%u" : "%s:%u", t->host, (unsigned)t->port) == -1)
		return NULL;
	return name;
}
