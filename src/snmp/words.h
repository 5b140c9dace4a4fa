/* SPDX-License-Identifier: ISC */
/*
 * words: the words of `.snmp`, taken apart: what to do, the options of a session, and the rest.
 */
#ifndef PTSH_SNMP_WORDS_H
#define PTSH_SNMP_WORDS_H

#include "lang/line.h"
#include "term/shell.h"

struct snmp_words {
	char **options;			/* "-v", "2c"...: owned; agent_open() wipes them */
	size_t option_count;
	char **operands;		/* after the first word; borrowed from the line */
	size_t operand_count;
	long repetitions, non_repeaters;	/* -CrN, -CnN; -1: not given */
};

/* Parses the words after `.snmp WORD`.  A secret `?` is asked for; secrets are wiped in the line.  0, or -1 with *e; clear
 * w in both cases. */
int snmp_words_read(struct snmp_words *w, struct shell *sh, struct line *line, struct error *e);
void snmp_words_clear(struct snmp_words *w);

/* Puts another option before the others, so that theirs win.  -1 without memory. */
int snmp_words_option(struct snmp_words *w, const char *letter, const char *argument);

/* For struct command_word. */
enum command_secret snmp_words_secret(const char *word, size_t *from);

#endif
