/* The table of all settings, and the reading of one value. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include "bot/config.h"

enum setting_type {
	SETTING_TEXT,
	SETTING_PATH,
	SETTING_ADDRESS, /* HOST:PORT */
	SETTING_CHOICE,  /* one of the words in `words` */
	SETTING_BOOL,
	SETTING_INTEGER,
	SETTING_NUMBER,
	SETTING_LIST,  /* words, separated by commas outside of kefu.yml */
	SETTING_SITES, /* kefu.yml only */
	SETTING_ZONE,  /* IANA name */
};

struct setting {
	const char *name;        /* also the key in kefu.yml and, with - for _, the flag */
	const char *environment; /* NULL: none */
	const char *fallback;    /* the default, as it would be typed */
	double least, most;      /* of numbers; of the length of texts and lists */
	const char *words;       /* of a choice: "|error|warning|" */
	enum setting_type type;
	bool in_file, reloadable;
};

extern const struct setting settings[BOT_SETTING_COUNT];

struct setting_value {
	char *text;
	double number; /* also of bool and integer: all integers here are far below 2^53 */
	char **list;
	GArray *sites; /* of bot_config_site */
	char *host;
	unsigned port;
};

/* Reads `text` as a value of the setting into `*value`, which is empty. BOT_ERROR_CONFIG names `place`. `base` (may be
 * NULL) is what a relative path counts from. */
bool setting_read(const struct setting *setting, const char *text, const char *base, const char *place,
                  struct setting_value *value, GError **error);
void setting_value_clear(struct setting_value *value);

#endif
