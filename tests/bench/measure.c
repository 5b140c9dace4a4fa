/* SPDX-License-Identifier: ISC */
/*
 * measure: runs a command, and prints what it took.  So small itself that its memory is not taken for the command's.
 *
 *	measure [-n RUNS] [-i FILE] [-o FILE] [-e FILE] COMMAND...
 *
 * A line a run: seconds, seconds of processor time, KiB resident at most, exit status.  Standard input is FILE of -i,
 * else nothing; what is printed goes to FILE of -o, else nowhere; standard error to FILE of -e, else where this one's goes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Noreturn static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void run(char **command, int in, int out, int err)
{
	struct rusage u;
	double began = now();
	int status;
	pid_t pid = vfork();

	if (pid == -1)
		die("fork");
	if (pid == 0) {
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		execvp(command[0], command);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &u) == -1)
		die("wait");
	printf("%.6f %.6f %ld %d\n", now() - began, seconds(u.ru_utime) + seconds(u.ru_stime), u.ru_maxrss,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
	const char *in = "/dev/null", *out = "/dev/null", *err = NULL;
	int option, runs = 1;

	while ((option = getopt(argc, argv, "+n:i:o:e:")) != -1) {
		switch (option) {
		case 'n':
			runs = atoi(optarg);
			break;
		case 'i':
			in = optarg;
			break;
		case 'o':
			out = optarg;
			break;
		case 'e':
			err = optarg;
			break;
		default:
			return 2;
		}
	}
	while (runs-- > 0) {
		int log = err == NULL ? STDERR_FILENO : open(err, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		int from = open(in, O_RDONLY | O_CLOEXEC), to = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (from == -1 || to == -1 || log == -1)
			die(from == -1 ? in : to == -1 ? out : err);
		run(argv + optind, from, to, log);
		if (err != NULL)
			close(log);
		close(from);
		close(to);
	}
	return 0;
}
