/* The settings of a bot and of the daemon that serves it: flag over environment over kefu.yml over default. All of them
 * stand in one table (config/settings.c). A configuration is immutable once loaded. */
#ifndef BOT_CONFIG_H
#define BOT_CONFIG_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum bot_setting {
	BOT_SETTING_BOT,                    /* text: the bot's folder; flag and environment only */
	BOT_SETTING_DATA,                   /* text: folder of the store; DIR/.kefu/data unless set */
	BOT_SETTING_LISTEN,                 /* text: HOST:PORT; the two getters below split it */
	BOT_SETTING_WORKERS,                /* integer: threads that answer; 0: one per core */
	BOT_SETTING_RATE_LIMIT,             /* bool: off lifts every limit, for load tests */
	BOT_SETTING_MESSAGES_PER_MINUTE,    /* integer: of one visitor */
	BOT_SETTING_MAX_CONNECTIONS,        /* integer */
	BOT_SETTING_MAX_CONNECTIONS_PER_IP, /* integer */
	BOT_SETTING_RETENTION_DAYS,         /* integer: 0 keeps everything */
	BOT_SETTING_AGENT_TOKEN_FILE,       /* text: file with the bearer token of the management routes; "": none */
	BOT_SETTING_LOG_LEVEL,              /* text: error, warning, info, debug */
	BOT_SETTING_NAME,                   /* text: what the bot is called */
	BOT_SETTING_LANGUAGES,              /* list of language codes, the first is the default */
	BOT_SETTING_SITES,                  /* see bot_config_sites() */
	BOT_SETTING_NLU_THRESHOLD,          /* number: least confidence of an intent, 0..1; NaN, "auto": by config.yml and
	                                       calibration */
	BOT_SETTING_FAQ_THRESHOLD,          /* number: least score of a FAQ answer, 0..1; NaN, "auto": by calibration */
	BOT_SETTING_ZONE,                   /* text: IANA name of the zone that visitors' times are in */
	BOT_SETTING_REDACT,                 /* bool: what identifies a visitor is masked before it is stored */
	BOT_SETTING_MOOD_ALERT,             /* number: a mood below this alerts the agents, -1..0 */
	BOT_SETTING_COUNT
};

enum bot_config_origin { BOT_CONFIG_DEFAULT, BOT_CONFIG_FILE, BOT_CONFIG_ENVIRONMENT, BOT_CONFIG_FLAG };

struct bot_config_flag {
	enum bot_setting setting;
	const char *value; /* as typed; NULL where the flag was not given */
};

struct bot_config_site {
	char *key;
	char **origins; /* NULL-terminated, e.g. "https://shop.example"; empty: every origin may embed the widget */
};

struct bot_config;

/* Reads BOT_DIR/kefu.yml (which may be absent), the environment and `flags`. An unknown key, or a value out of its
 * bounds, is BOT_ERROR_CONFIG with the place and, for a key, the nearest known one. A relative path counts from the
 * bot's folder in kefu.yml and from the working directory elsewhere. */
struct bot_config *bot_config_load(const char *bot_dir, const struct bot_config_flag *flags, size_t n_flags,
                                   GError **error);
void bot_config_free(struct bot_config *config); /* accepts NULL */

/* Values; each getter is for the settings of its type. Borrowed until the configuration is freed. */
const char *bot_config_text(const struct bot_config *config, enum bot_setting setting);
int64_t bot_config_integer(const struct bot_config *config, enum bot_setting setting);
double bot_config_number(const struct bot_config *config, enum bot_setting setting);
bool bot_config_bool(const struct bot_config *config, enum bot_setting setting);
const char *const *bot_config_list(const struct bot_config *config, enum bot_setting setting); /* NULL-terminated */
const struct bot_config_site *bot_config_sites(const struct bot_config *config, size_t *n);

const char *bot_config_listen_host(const struct bot_config *config); /* without brackets for IPv6 */
unsigned bot_config_listen_port(const struct bot_config *config);    /* 0: any free one */

/* --- for `config check` and reloading --- */

enum bot_config_origin bot_config_origin(const struct bot_config *config, enum bot_setting setting);
const char *bot_config_origin_name(enum bot_config_origin origin); /* "default", "kefu.yml", "environment", "flag" */
/* Where exactly: "DIR/kefu.yml:12", "KEFU_LISTEN", "--listen", or "" for a default. */
const char *bot_config_place(const struct bot_config *config, enum bot_setting setting);
json_t *bot_config_value(const struct bot_config *config, enum bot_setting setting); /* a new reference */

const char *bot_setting_name(enum bot_setting setting);        /* "messages_per_minute", also its key in kefu.yml */
const char *bot_setting_environment(enum bot_setting setting); /* "KEFU_MESSAGES_PER_MINUTE"; NULL where it has none */
bool bot_setting_is_reloadable(enum bot_setting setting);      /* takes effect on SIGHUP, without a restart */

#endif
