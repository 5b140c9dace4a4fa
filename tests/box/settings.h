/* SPDX-License-Identifier: ISC */
/*
 * settings: their names, first values and kinds.
 */
#ifndef BOX_SETTINGS_H
#define BOX_SETTINGS_H

#include "model.h"

enum setting_kind { SETTING_TEXT, SETTING_NUMBER, SETTING_FLAG, SETTING_MACS };

struct setting {
	const char *name, *value;
	enum setting_kind kind;
};

/* Each ends with name NULL. */
extern const struct setting global_settings[], advanced_settings[], misc_settings[], realm_settings[];

void settings_default(struct props *props, const struct setting *settings);

const struct setting *settings_find(const struct setting *settings, const char *name);

/* True if the value is of the setting's kind. */
bool setting_accepts(const struct setting *setting, const char *value);

#endif
