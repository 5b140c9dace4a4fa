/* SPDX-License-Identifier: ISC */
/*
 * agent_library: Net-SNMP as a library of one's own process: it is loaded and started once, writes no file, prints nothing,
 * catches no signal and leaves the locale alone; and the names of objects, which its MIBs know.
 *
 * Its state is the process's: that is how it is made.
 */
#include "snmp/agent_parts.h"
#include "snmp/objects.h"

#ifdef AGENT_NET_SNMP

#include <net-snmp/version.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
	bool loaded, started;
	char first[256];		/* the first message logged since a capture began */
} library;

struct agent_functions lib;

/* --- loading it --- */

static int library_load(struct error *e)
{
#define AGENT_NAME(name) #name,
	static const char *const names[] = {AGENT_FUNCTIONS(AGENT_NAME)};
	void *so, *symbol;

	if (library.loaded)
		return 0;
	if ((so = dlopen(AGENT_SONAME, RTLD_NOW | RTLD_LOCAL)) == NULL) {
		const char *why = dlerror();	/* it begins with the library's name */

		return error_set(e, STATUS_USAGE, "cannot load Net-SNMP: %s", why != NULL ? why : AGENT_SONAME);
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if ((symbol = dlsym(so, names[i])) == NULL) {
			dlclose(so);
			return error_set(e, STATUS_USAGE, "cannot use Net-SNMP: %s has no %s", AGENT_SONAME, names[i]);
		}
		/* C has no conversion from a pointer to data; POSIX promises that the two are alike. */
		memcpy((char *)&lib + i * sizeof symbol, &symbol, sizeof symbol);
	}
	library.loaded = true;
	return 0;
}

const char *agent_library(void)
{
	struct error e;

	return library_load(&e) == 0 ? lib.netsnmp_get_version() : NULL;
}

/* --- its output --- */

static int on_log(int major, int minor, void *message, void *ctx)
{
	const struct snmp_log_message *m = message;

	(void)major, (void)minor, (void)ctx;
	if (library.first[0] == '\0' && m->msg != NULL)
		snprintf(library.first, sizeof library.first, "%s", m->msg);
	return SNMPERR_SUCCESS;
}

/* Mistakes in options are printed to standard error by the library, and there is no other way to learn of them. */
void agent_capture_begin(struct agent_capture *c)
{
	library.first[0] = '\0';
	fflush(stderr);
	c->file = memfd_create("messages", MFD_CLOEXEC);
	c->before = c->file != -1 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
	if (c->before != -1)
		(void)dup2(c->file, STDERR_FILENO);
}

void agent_capture_end(struct agent_capture *c, char *text, size_t size)
{
	char printed[256] = "";
	ssize_t n = 0;

	fflush(stderr);
	if (c->before != -1) {
		(void)dup2(c->before, STDERR_FILENO);
		close(c->before);
		n = pread(c->file, printed, sizeof printed - 1, 0);
	}
	if (c->file != -1)
		close(c->file);
	printed[n > 0 ? n : 0] = '\0';
	/* The logged message says more than the one printed after it. */
	snprintf(text, size, "%s", library.first[0] != '\0' ? library.first : printed);
	n = (ssize_t)strcspn(text, "\n");
	while (n > 0 && strchr(" .\r", text[n - 1]) != NULL)
		n--;
	text[n] = '\0';
	library.first[0] = '\0';
}

int agent_library_start(struct error *e)
{
	struct agent_capture capture;
	char ignored[8], *locale;

	if (library.started)
		return 0;
	if (library_load(e) == -1)
		return -1;
	library.started = true;
	locale = setlocale(LC_CTYPE, NULL);
	locale = locale != NULL ? strdup(locale) : NULL;
	agent_capture_begin(&capture);
	lib.snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, NULL);
	lib.netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
	lib.netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
	lib.netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
	lib.netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
	lib.set_persistent_directory("/dev/null");	/* no folder of its own is made */
	lib.init_snmp("snmpapp");
	agent_capture_end(&capture, ignored, sizeof ignored);
	if (locale != NULL)
		setlocale(LC_CTYPE, locale);
	free(locale);
	return 0;
}

/* --- the names of objects --- */

/* True if there are MIBs with the usual objects. */
static bool agent_has_mibs(void)
{
	static const oid system[] = {1, 3, 6, 1, 2, 1, 1};
	const struct tree *t = lib.get_tree(system, OID_LENGTH(system), lib.get_tree_head());

	return t != NULL && t->label != NULL && strcmp(t->label, "system") == 0;
}

void agent_put_oid(struct buf *out, const oid *ids, size_t len)
{
	u_char *text = NULL;
	size_t room = 0, used = 0;

	if (agent_has_mibs() && lib.sprint_realloc_objid(&text, &room, &used, 1, ids, len))
		buf_put(out, text, used);
	else
		for (size_t i = 0; i < len; i++)
			buf_printf(out, ".%lu", (unsigned long)ids[i]);
	free(text);
}

void agent_oid_text(const struct agent_oid *o, struct buf *out)
{
	oid ids[AGENT_OID_MAX];

	for (size_t i = 0; i < o->len; i++)
		ids[i] = o->ids[i];
	agent_put_oid(out, ids, o->len);
}

int agent_oid_parse(struct agent_oid *o, const char *text, struct error *e)
{
	oid ids[MAX_OID_LEN];
	size_t len = MAX_OID_LEN;
	struct agent_capture capture;
	char why[160];

	if (objects_find(o, text))
		return 0;
	if (agent_library_start(e) == -1)
		return -1;
	agent_capture_begin(&capture);
	bool found = lib.snmp_parse_oid(text, ids, &len) != NULL;
	agent_capture_end(&capture, why, sizeof why);
	if (!found)
		return error_set(e, STATUS_USAGE, "%.60s: not an object's numbers, nor a name in the MIBs here%s", text,
		    agent_has_mibs() ? "" : " (there are none: Debian has them in snmp-mibs-downloader)");
	o->len = len < AGENT_OID_MAX ? len : AGENT_OID_MAX;
	for (size_t i = 0; i < o->len; i++)
		o->ids[i] = ids[i];
	return 0;
}

#endif
