/* SPDX-License-Identifier: ISC */
/*
 * words: the options that Net-SNMP's programs have for a session are passed on as they are; those that are for a
 * whole program (debugging, logs, MIBs, output) are not: a session of ptsh's is not alone in its process.
 */
#include "snmp/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "snmp/agent.h"
#include "term/ask.h"

enum command_secret snmp_words_secret(const char *word, size_t *from)
{
	/* -3 and -Y may hold keys; they are refused, but by then they have been typed. */
	static const char letters[] = "cAX3Y";

	return line_option_secret(word, letters, from);
}

void snmp_words_clear(struct snmp_words *w)
{
	for (size_t i = 0; i < w->option_count; i++)
		buf_forget(w->options[i]);
	free(w->options);
	free(w->operands);
	*w = (struct snmp_words){0};
}

static int insert(struct snmp_words *w, size_t at, const char *letter, const char *argument)
{
	char **more = reallocarray(w->options, w->option_count + 2, sizeof *more);
	char *first = strdup(letter), *second = strdup(argument);

	if (more != NULL)
		w->options = more;
	if (more == NULL || first == NULL || second == NULL) {
		free(first);
		buf_forget(second);
		return -1;
	}
	memmove(more + at + 2, more + at, (w->option_count - at) * sizeof *more);
	more[at] = first;
	more[at + 1] = second;
	w->option_count += 2;
	return 0;
}

int snmp_words_option(struct snmp_words *w, const char *letter, const char *argument)
{
	return insert(w, 0, letter, argument);
}

static int ask_for(struct snmp_words *w, struct shell *sh, const char *letter, struct error *e)
{
	const char *what = letter[1] == 'c' ? "SNMP community" : letter[1] == 'A' ? "SNMP authentication pass phrase" :
	    "SNMP privacy pass phrase";
	struct buf secret = {.secret = true};
	int result = ask_secret(sh, what, &secret, e);

	if (result == 0 && (buf_string(&secret) == NULL || insert(w, w->option_count, letter, buf_string(&secret)) == -1))
		result = error_memory(e);
	buf_clear(&secret);
	return result;
}

/* snmpbulkget(1)'s own: -Cr10, -Cn1 */
static int bulk_option(struct snmp_words *w, const char *argument, struct error *e)
{
	char *end;
	long n = strtol(argument + (argument[0] != '\0'), &end, 10);

	if ((argument[0] != 'r' && argument[0] != 'n') || end == argument + 1 || *end != '\0' || n < 0 || n > 10000)
		return error_set(e, STATUS_USAGE, "-C takes rN (repetitions) or nN (objects asked for once), such as -Cr25");
	*(argument[0] == 'r' ? &w->repetitions : &w->non_repeaters) = n;
	return 0;
}

/* Takes one option; next: the word after it, or NULL.  Returns how many words it took, or -1. */
static int read_option(struct snmp_words *w, struct shell *sh, char *word, char *next, struct error *e)
{
	char letter[3] = {'-', word[1], '\0'};
	bool joined = word[2] != '\0', secret = strchr(agent_secrets, word[1]) != NULL;
	char *argument = joined ? word + 2 : next;
	int result;

	if (word[1] != 'C' && strchr(agent_options, word[1]) == NULL)
		return error_set(e, STATUS_USAGE, "-%c is not an option here; use -v -c -r -t -l -u -a -A -x -X -n -e -E -Z or -C; the rest belongs in snmp.conf(5)",
		    word[1] > ' ' && word[1] < 127 ? word[1] : '?');
	if (argument == NULL)
		return error_set(e, STATUS_USAGE, "%s needs an argument", letter);
	if (word[1] == 'C')
		result = bulk_option(w, argument, e);
	else if (secret && strcmp(argument, "?") == 0)
		result = ask_for(w, sh, letter, e);
	else
		result = insert(w, w->option_count, letter, argument) == 0 ? 0 : error_memory(e);
	if (secret)
		explicit_bzero(argument, strlen(argument));
	return result == 0 ? 1 + !joined : -1;
}

static bool has_option(const struct snmp_words *w, char letter)
{
	for (size_t i = 0; i < w->option_count; i += 2)
		if (w->options[i][1] == letter)
			return true;
	return false;
}

int snmp_words_read(struct snmp_words *w, struct shell *sh, struct line *line, struct error *e)
{
	bool over = false;

	*w = (struct snmp_words){.repetitions = -1, .non_repeaters = -1};
	if ((w->operands = calloc(line->word_count, sizeof *w->operands)) == NULL)
		return error_memory(e);
	explicit_bzero(line->rest, strlen(line->rest));
	for (size_t i = 2; i < line->word_count; ) {
		char *word = line->words[i];
		int took = 1;

		if (!over && strcmp(word, "--") == 0)
			over = true;
		/* -5 is a value for .snmp set, and no option. */
		else if (!over && word[0] == '-' && word[1] != '\0' && !(word[1] >= '0' && word[1] <= '9'))
			took = read_option(w, sh, word, i + 1 < line->word_count ? line->words[i + 1] : NULL, e);
		else
			w->operands[w->operand_count++] = word;
		if (took == -1)
			return -1;
		i += (size_t)took;
	}
	/* v3 has no communities; of the versions that have them, every agent of today speaks the later one. */
	if (has_option(w, 'c') && !has_option(w, 'v') && !has_option(w, 'u') && snmp_words_option(w, "-v", "2c") == -1)
		return error_memory(e);
	return 0;
}
