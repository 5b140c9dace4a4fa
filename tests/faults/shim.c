/* SPDX-License-Identifier: ISC */
/*
 * shim: makes the system fail on demand.  Preloaded into ptsh by tests (LD_PRELOAD); its instructions are in $SHIM, separated by commas:
 *
 *	CALL@N=WHAT	the Nth call of CALL (from 1) does WHAT instead: the name of an error, or short: one byte at most
 *	CALL@N+=WHAT	from the Nth on all of them
 *	malloc@N	the Nth allocation finds no memory; malloc@N+ as above
 *	lookup=HANG	getaddrinfo() never returns
 *	lookup=A;B	it finds these addresses for every name; NAME>A: for that name only, and NAME>HANG: never
 *	dns=PORT	other queries to name servers (SRV records) go to this port of 127.0.0.1
 *	hang=TEXT	a file or folder whose path holds TEXT is never opened: as on a network file system whose server is gone
 *	keep		freed memory stays as it is and is not used again, so that a test finds what was left in it
 *	clock=S		the wall clock jumps by S seconds at its third reading
 *	slow=N		the clock that timers go by runs N times slower: no timer expires within a test
 *	count=FILE	at the end writes to FILE how often each call was made: "CALL N" a line
 *
 * Knows nothing of ptsh.  Children are left alone.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

enum call {
	CALL_MALLOC, CALL_READ, CALL_WRITE, CALL_RECV, CALL_SEND, CALL_POLL, CALL_PPOLL, CALL_CONNECT, CALL_SOCKET, CALL_OPEN,
	CALL_FSTAT, CALL_FCNTL, CALL_FSYNC, CALL_RENAME, CALL_CLOSE, CALL_GETRANDOM, CALL_PIPE2, CALL_DLOPEN, CALLS
};

static const char *const names[CALLS] = {
	"malloc", "read", "write", "recv", "send", "poll", "ppoll", "connect", "socket", "open", "fstat", "fcntl", "fsync",
	"rename", "close", "getrandom", "pipe2", "dlopen",
};

static const struct { const char *name; int value; } errors[] = {
	{"EINTR", EINTR}, {"EAGAIN", EAGAIN}, {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM},
	{"ECONNRESET", ECONNRESET}, {"EPIPE", EPIPE}, {"EACCES", EACCES}, {"ENOSYS", ENOSYS}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS},
};

enum { SHORT = -1 };

static struct { unsigned long from, to; int what; } rules[CALLS];
static atomic_ulong counts[CALLS];
static char lookup[400], count_file[400], hung[100];
static long jump, dns;
static unsigned long slow;
static atomic_int readings;
static bool ready, keep;

static int parse_what(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strlen(errors[i].name) == len && memcmp(errors[i].name, text, len) == 0)
			return errors[i].value;
	return SHORT;
}

static void parse_call(const char *order, size_t len)
{
	const char *at = memchr(order, '@', len), *equals = memchr(order, '=', len);

	for (int i = 0; at != NULL && i < CALLS; i++) {
		if (strlen(names[i]) != (size_t)(at - order) || memcmp(names[i], order, (size_t)(at - order)) != 0)
			continue;
		char *end;
		rules[i].from = rules[i].to = strtoul(at + 1, &end, 10);
		if (*end == '+')
			rules[i].to = (unsigned long)-1;
		rules[i].what = equals != NULL ? parse_what(equals + 1, (size_t)(order + len - equals - 1)) : ENOMEM;
	}
}

static void parse_text(char *to, size_t size, const char *from, size_t len)
{
	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

__attribute__((constructor)) static void begin(void)
{
	const char *order = getenv("SHIM");

	while (order != NULL && *order != '\0') {
		size_t len = strcspn(order, ",");
		if (strncmp(order, "lookup=", 7) == 0)
			parse_text(lookup, sizeof lookup, order + 7, len - 7);
		else if (strncmp(order, "hang=", 5) == 0)
			parse_text(hung, sizeof hung, order + 5, len - 5);
		else if (len == 4 && strncmp(order, "keep", 4) == 0)
			keep = true;
		else if (strncmp(order, "count=", 6) == 0)
			parse_text(count_file, sizeof count_file, order + 6, len - 6);
		else if (strncmp(order, "dns=", 4) == 0)
			dns = strtol(order + 4, NULL, 10);
		else if (strncmp(order, "clock=", 6) == 0)
			jump = strtol(order + 6, NULL, 10);
		else if (strncmp(order, "slow=", 5) == 0)
			slow = strtoul(order + 5, NULL, 10);
		else
			parse_call(order, len);
		order += len + (order[len] == ',');
	}
	unsetenv("SHIM");
	unsetenv("LD_PRELOAD");
	ready = true;
}

/* The program has ended here as far as tests are concerned: later calls are only counted. */
__attribute__((destructor)) static void end(void)
{
	char text[CALLS * 40];
	int len = 0, fd;

	ready = false;
	if (count_file[0] == '\0')
		return;
	for (int i = 0; i < CALLS; i++)
		len += snprintf(text + len, sizeof text - (size_t)len, "%s %lu\n", names[i], (unsigned long)counts[i]);
	fd = (int)open(count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd != -1 && write(fd, text, (size_t)len) != len)
		_exit(99);
	if (fd != -1)
		close(fd);
}

/* Counts a call.  Returns what it is to do: 0 (work), SHORT, or an errno. */
static int turn(enum call call)
{
	unsigned long n;

	if (!ready)
		return 0;
	n = atomic_fetch_add(&counts[call], 1) + 1;
	return rules[call].from != 0 && n >= rules[call].from && n <= rules[call].to ? rules[call].what : 0;
}

#define FAILS(call) ((what = turn(call)) > 0 && (errno = what) != 0)
#define REAL(name) \
	static __typeof__(name) *real; \
	int what; \
	if (real == NULL) \
		*(void **)&real = dlsym(RTLD_NEXT, #name)

/* --- memory --- */

void *malloc(size_t size)
{
	int what;

	return FAILS(CALL_MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	int what;

	return FAILS(CALL_MALLOC) ? NULL : __libc_calloc(n, size);
}

void free(void *old)
{
	if (!keep)
		__libc_free(old);
}

void *realloc(void *old, size_t size)
{
	int what;

	if (keep && old != NULL && size > 0) {
		size_t len = malloc_usable_size(old);
		void *new = malloc(size);

		return new != NULL ? memcpy(new, old, len < size ? len : size) : NULL;
	}
	return size > 0 && FAILS(CALL_MALLOC) ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t n, size_t size)
{
	if (size != 0 && n > (size_t)-1 / size) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, n * size);
}

/* --- bytes --- */

ssize_t read(int fd, void *to, size_t len)
{
	REAL(read);
	return FAILS(CALL_READ) ? -1 : real(fd, to, what == SHORT && len > 1 ? 1 : len);
}

ssize_t write(int fd, const void *from, size_t len)
{
	REAL(write);
	return FAILS(CALL_WRITE) ? -1 : real(fd, from, what == SHORT && len > 1 ? 1 : len);
}

ssize_t recv(int fd, void *to, size_t len, int flags)
{
	REAL(recv);
	return FAILS(CALL_RECV) ? -1 : real(fd, to, what == SHORT && len > 1 ? 1 : len, flags);
}

ssize_t send(int fd, const void *from, size_t len, int flags)
{
	REAL(send);
	return FAILS(CALL_SEND) ? -1 : real(fd, from, what == SHORT && len > 1 ? 1 : len, flags);
}

/* --- waiting --- */

int poll(struct pollfd *fds, nfds_t n, int ms)
{
	REAL(poll);
	return FAILS(CALL_POLL) ? -1 : real(fds, n, ms);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *wait, const sigset_t *mask)
{
	REAL(ppoll);
	return FAILS(CALL_PPOLL) ? -1 : real(fds, n, wait, mask);
}

/* --- descriptors --- */

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t len)
{
	REAL(connect);
	return FAILS(CALL_CONNECT) ? -1 : real(fd, to, len);
}

int socket(int domain, int type, int protocol)
{
	REAL(socket);
	return FAILS(CALL_SOCKET) ? -1 : real(domain, type, protocol);
}

/* Is ended by no signal, as by none that is caught. */
static void hang_at(const char *path)
{
	while (ready && hung[0] != '\0' && strstr(path, hung) != NULL)
		pause();
}

DIR *opendir(const char *path)
{
	static __typeof__(opendir) *real;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "opendir");
	hang_at(path);
	return real(path);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode = 0;

	if ((flags & O_CREAT) != 0) {
		va_start(ap, flags);
		mode = (mode_t)va_arg(ap, unsigned);
		va_end(ap);
	}
	REAL(open);
	hang_at(path);
	return FAILS(CALL_OPEN) ? -1 : real(path, flags, mode);
}

int fstat(int fd, struct stat *st)
{
	REAL(fstat);
	return FAILS(CALL_FSTAT) ? -1 : real(fd, st);
}

int fcntl(int fd, int command, ...)
{
	va_list ap;
	void *argument;

	va_start(ap, command);
	argument = va_arg(ap, void *);
	va_end(ap);
	REAL(fcntl);
	return FAILS(CALL_FCNTL) ? -1 : real(fd, command, argument);
}

int fsync(int fd)
{
	REAL(fsync);
	return FAILS(CALL_FSYNC) ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	return FAILS(CALL_RENAME) ? -1 : real(from, to);
}

/* Whatever close() returns, the descriptor is gone. */
int close(int fd)
{
	REAL(close);
	int result = real(fd), error = errno;
	bool fails = FAILS(CALL_CLOSE);

	if (fails)
		return -1;
	errno = error;
	return result;
}

ssize_t getrandom(void *to, size_t len, unsigned flags)
{
	REAL(getrandom);
	return FAILS(CALL_GETRANDOM) ? -1 : real(to, what == SHORT && len > 1 ? 1 : len, flags);
}

int pipe2(int fds[2], int flags)
{
	REAL(pipe2);
	return FAILS(CALL_PIPE2) ? -1 : real(fds, flags);
}

void *dlopen(const char *file, int flags)
{
	REAL(dlopen);
	return FAILS(CALL_DLOPEN) ? NULL : real(file, flags);
}

/* --- names --- */

/* One address a call, put together. */
static int look_up(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result,
    __typeof__(getaddrinfo) *real)
{
	struct addrinfo numeric = *hints, **end = result;
	char one[64];

	numeric.ai_flags |= AI_NUMERICHOST;
	*result = NULL;
	for (const char *p = lookup; *p != '\0'; p += p[strcspn(p, ";")] == ';') {
		size_t len = strcspn(p, ";");
		const char *from = memchr(p, '>', len);
		bool ours = from == NULL || (node != NULL && strncmp(node, p, (size_t)(from - p)) == 0 && node[from - p] == '\0');
		from = from != NULL ? from + 1 : p;
		parse_text(one, sizeof one, from, (size_t)(p + len - from));
		while (ours && strcmp(one, "HANG") == 0)
			pause();
		if (ours && real(one, service, &numeric, end) == 0)
			while (*end != NULL)
				end = &(*end)->ai_next;
		p += len;
	}
	return *result != NULL ? 0 : EAI_NONAME;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	static __typeof__(getaddrinfo) *real;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (lookup[0] == '\0' || hints == NULL || (hints->ai_flags & AI_NUMERICHOST) != 0)
		return real(node, service, hints, result);
	return look_up(node, service, hints, result, real);
}

int res_ninit(res_state state)
{
	static __typeof__(res_ninit) *real;
	int result;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "__res_ninit");
	result = real(state);
	if (dns == 0 || result != 0)
		return result;
	state->nscount = 1;
	state->nsaddr_list[0] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)dns),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return 0;
}

/* --- time --- */

/* Counted from its first reading. */
static void make_slow(struct timespec *t)
{
	static _Atomic(int64_t) first;
	int64_t now = (int64_t)t->tv_sec * 1000000000 + t->tv_nsec, none = 0;

	atomic_compare_exchange_strong(&first, &none, now);
	now = first + (now - first) / (int64_t)slow;
	*t = (struct timespec){.tv_sec = now / 1000000000, .tv_nsec = now % 1000000000};
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	static __typeof__(clock_gettime) *real;
	int result;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	result = real(clock, t);
	if (clock == CLOCK_REALTIME && jump != 0 && atomic_fetch_add(&readings, 1) >= 2)
		t->tv_sec += jump;
	if (clock == CLOCK_MONOTONIC && slow != 0)
		make_slow(t);
	return result;
}

time_t time(time_t *t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (t != NULL)
		*t = now.tv_sec;
	return now.tv_sec;
}
