/* SPDX-License-Identifier: ISC */
/*
 * main: a simulated Porttracker for the tests, the benchmarks and `make demo`.
 */
#include "options.h"
#include "script.h"
#include "server.h"

int main(int argc, char **argv)
{
	struct options o;

	options_read(&o, argc, argv);
	return o.script ? script_run(&o) : server_run(&o);
}
