/* SPDX-License-Identifier: ISC */
/*
 * prompt: a person at a terminal who does nothing, and then types, while a command runs there.
 *
 *	prompt SECONDS COMMAND...
 *	prompt first COMMAND...		ends the command as soon as its first prompt is there
 *
 * When the command has shown its first prompt, "> ", it is left alone for SECONDS, then keys are pressed, 10 a second.
 * Prints "wakeups N" (how often it gave up the processor and got it back while nothing was typed), "echo MS MS" (the
 * median and the longest time from a key to its echo), "shown N" (bytes that it wrote), and "first MS" (from its start to its
 * first prompt).
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Characters that are in no event and no escape sequence. */
static const char keys[] = "~^%|{}&=+@";
enum { KEYS = sizeof keys - 1 };

static int terminal;
static size_t shown;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

_Noreturn static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Reads until the text comes (true), or until the time is over.  NULL: no text. */
static int read_for(const char *text, double ms)
{
	static char bytes[1 << 16];
	size_t kept = 0;
	double end = now() + ms;

	for (double left = ms; left > 0; left = end - now()) {
		struct pollfd p = {.fd = terminal, .events = POLLIN};
		ssize_t n;
		if (poll(&p, 1, (int)left + 1) <= 0)
			continue;
		if ((n = read(terminal, bytes + kept, sizeof bytes - kept)) <= 0)
			die("the command ended");
		shown += (size_t)n;
		kept += (size_t)n;
		if (text != NULL && memmem(bytes, kept, text, strlen(text)) != NULL)
			return 1;
		if (kept > 8) {
			memmove(bytes, bytes + kept - 8, 8);
			kept = 8;
		}
	}
	return 0;
}

static long switches(pid_t pid)
{
	char path[64], line[256];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	if ((f = fopen(path, "r")) == NULL)
		die(path);
	while (fgets(line, sizeof line, f) != NULL)
		sscanf(line, "voluntary_ctxt_switches: %ld", &n);
	fclose(f);
	return n;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	struct winsize size = {.ws_col = 80, .ws_row = 24};
	double took[KEYS];
	long before;
	pid_t pid;

	if (argc < 3)
		return 2;
	double start = now();
	if ((pid = forkpty(&terminal, NULL, NULL, &size)) == -1)
		die("forkpty");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (!read_for("> ", 10000))
		die("no prompt");
	printf("first %.2f\n", now() - start);
	if (strcmp(argv[1], "first") == 0) {
		kill(pid, SIGHUP);
		close(terminal);
		waitpid(pid, NULL, 0);
		return 0;
	}
	read_for(NULL, 500);
	before = switches(pid);
	read_for(NULL, strtod(argv[1], NULL) * 1000);
	printf("wakeups %ld\n", switches(pid) - before);
	for (int i = 0; i < KEYS; i++) {
		char key[2] = {keys[i]};
		double began = now();
		if (write(terminal, key, 1) != 1)
			die("write");
		if (!read_for(key, 5000))
			die("no echo");
		took[i] = now() - began;
		read_for(NULL, 100);
	}
	qsort(took, KEYS, sizeof *took, compare);
	printf("echo %.2f %.2f\nshown %zu\n", took[KEYS / 2], took[KEYS - 1], shown);
	kill(pid, SIGHUP);
	close(terminal);
	waitpid(pid, NULL, 0);
	return 0;
}
