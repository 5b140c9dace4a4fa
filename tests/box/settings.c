/* SPDX-License-Identifier: ISC */
/*
 * settings: their names, first values and kinds.
 */
#include "settings.h"

#include <string.h>

const struct setting global_settings[] = {
	{"session_timeout", "86400", SETTING_NUMBER},
	{"domain", "example.net", SETTING_TEXT},
	{"smtp_server", "mail.example.net", SETTING_TEXT},
	{"max_history_length", "365", SETTING_NUMBER},
	{"smtp_user", "", SETTING_TEXT},
	{"max_log_length", "10000", SETTING_NUMBER},
	{NULL, NULL, SETTING_TEXT},
};

const struct setting advanced_settings[] = {
	{"normalization_algorithm", "1", SETTING_NUMBER},
	{"max_parallel_jobs", "1000", SETTING_NUMBER},
	{"max_debug_scans", "10", SETTING_NUMBER},
	{"debug_level", "0", SETTING_NUMBER},
	{NULL, NULL, SETTING_TEXT},
};

const struct setting misc_settings[] = {
    {"login_banner", "This system is the property of Beispiel AG.\n\tUnbefugter Zugriff wird verfolgt.",
	SETTING_TEXT},
    {"enable_login_banner", "1", SETTING_FLAG},
    {NULL, NULL, SETTING_TEXT},
};

const struct setting realm_settings[] = {
	{"snmp_parallel_requests", "20", SETTING_NUMBER},
	{"snmp_retries", "3", SETTING_NUMBER},
	{"snmp_timeout", "5", SETTING_NUMBER},
	{"skip_access_points", "0", SETTING_FLAG},
	{"smtp_user", "", SETTING_TEXT},
	{"autoassign", "1", SETTING_FLAG},
	{"autoassign_manual", "0", SETTING_FLAG},
	{"skip_cisco_phones", "1", SETTING_FLAG},
	{"skip_mitel_phones", "0", SETTING_FLAG},
	{"block_port_macs", NULL, SETTING_MACS},
	{"stp_enabled", "1", SETTING_FLAG},
	{"cdp_enabled", "1", SETTING_FLAG},
	{"lldp_enabled", "1", SETTING_FLAG},
	{"ndp_enabled", "0", SETTING_FLAG},
	{"bdp_enabled", "0", SETTING_FLAG},
	{"edp_enabled", "0", SETTING_FLAG},
	{"fdp_enabled", "0", SETTING_FLAG},
	{NULL, NULL, SETTING_TEXT},
};

void settings_default(struct props *props, const struct setting *settings)
{
	for (; settings->name; settings++)
		if (settings->kind != SETTING_MACS)
			props_set(props, settings->name, settings->value);
}

const struct setting *settings_find(const struct setting *settings, const char *name)
{
	for (; settings->name; settings++)
		if (strcmp(settings->name, name) == 0)
			return settings;
	return NULL;
}

bool setting_accepts(const struct setting *setting, const char *value)
{
	switch (setting->kind) {
	case SETTING_TEXT:
		return true;
	case SETTING_NUMBER:
		return *value && strlen(value) < 10 && value[strspn(value, "0123456789")] == '\0';
	case SETTING_FLAG:
		return strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
	case SETTING_MACS:
		return false;
	}
	return false;
}
