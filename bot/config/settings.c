#include "config/settings.h"

#include <math.h>
#include <string.h>

#include "bot/error.h"
#include "config/zone.h"

#define HOST_MAX_LEN 253u

const struct setting settings[BOT_SETTING_COUNT] = {
    /* name, environment, default, least, most, words, type, in kefu.yml, reloadable */
    [BOT_SETTING_BOT] = {"bot", "KEFU_BOT", "", 0, 4096, NULL, SETTING_PATH, false, false},
    [BOT_SETTING_DATA] = {"data", "KEFU_DATA", "", 1, 4096, NULL, SETTING_PATH, true, false},
    [BOT_SETTING_LISTEN] = {"listen", "KEFU_LISTEN", "127.0.0.1:5005", 0, 0, NULL, SETTING_ADDRESS, true, false},
    [BOT_SETTING_WORKERS] = {"workers", "KEFU_WORKERS", "0", 0, 256, NULL, SETTING_INTEGER, true, false},
    [BOT_SETTING_RATE_LIMIT] = {"rate_limit", "KEFU_RATE_LIMIT", "on", 0, 0, NULL, SETTING_BOOL, true, true},
    [BOT_SETTING_MESSAGES_PER_MINUTE] = {"messages_per_minute", "KEFU_MESSAGES_PER_MINUTE", "30", 1, 100000, NULL,
                                         SETTING_INTEGER, true, true},
    [BOT_SETTING_MAX_CONNECTIONS] = {"max_connections", "KEFU_MAX_CONNECTIONS", "10000", 1, 1000000, NULL,
                                     SETTING_INTEGER, true, true},
    [BOT_SETTING_MAX_CONNECTIONS_PER_IP] = {"max_connections_per_ip", "KEFU_MAX_CONNECTIONS_PER_IP", "50", 1, 1000000,
                                            NULL, SETTING_INTEGER, true, true},
    [BOT_SETTING_RETENTION_DAYS] = {"retention_days", "KEFU_RETENTION_DAYS", "0", 0, 36500, NULL, SETTING_INTEGER, true,
                                    true},
    [BOT_SETTING_AGENT_TOKEN_FILE] = {"agent_token_file", "KEFU_AGENT_TOKEN_FILE", "", 0, 4096, NULL, SETTING_PATH,
                                      true, true},
    [BOT_SETTING_LOG_LEVEL] = {"log_level", "KEFU_LOG_LEVEL", "info", 0, 0, "|error|warning|info|debug|",
                               SETTING_CHOICE, true, true},
    [BOT_SETTING_NAME] = {"name", "KEFU_NAME", "Kefu", 1, 200, NULL, SETTING_TEXT, true, true},
    [BOT_SETTING_LANGUAGES] = {"languages", "KEFU_LANGUAGES", "zh,en", 1, 16, NULL, SETTING_LIST, true, true},
    [BOT_SETTING_SITES] = {"sites", NULL, "demo", 1, 1000, NULL, SETTING_SITES, true, true},
    [BOT_SETTING_NLU_THRESHOLD] = {"nlu_threshold", "KEFU_NLU_THRESHOLD", "auto", 0, 1, NULL, SETTING_NUMBER, true,
                                   true},
    [BOT_SETTING_FAQ_THRESHOLD] = {"faq_threshold", "KEFU_FAQ_THRESHOLD", "auto", 0, 1, NULL, SETTING_NUMBER, true,
                                   true},
    [BOT_SETTING_ZONE] = {"zone", "KEFU_ZONE", "UTC", 1, 64, NULL, SETTING_ZONE, true, true},
    [BOT_SETTING_REDACT] = {"redact", "KEFU_REDACT", "off", 0, 0, NULL, SETTING_BOOL, true, true},
    [BOT_SETTING_MOOD_ALERT] = {"mood_alert", "KEFU_MOOD_ALERT", "-0.35", -1, 0, NULL, SETTING_NUMBER, true, true},
};

static bool refuse(const struct setting *setting, const char *text, const char *place, const char *expected,
                   GError **error)
{
	g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "%s: %s is '%s', but must be %s", place, setting->name, text,
	            expected);
	return false;
}

static bool read_bool(const struct setting *setting, const char *text, const char *place, struct setting_value *value,
                      GError **error)
{
	static const char *const words[] = {"off", "on", "false", "true", "no", "yes", "0", "1"};
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(text, words[i]) != 0)
			continue;
		value->number = (double)(i & 1);
		return true;
	}
	return refuse(setting, text, place, "on or off", error);
}

static bool read_number(const struct setting *setting, const char *text, const char *place, struct setting_value *value,
                        GError **error)
{
	char *end;
	if (strcmp(text, "auto") == 0 && strcmp(setting->fallback, "auto") == 0) {
		value->number = NAN;
		return true;
	}
	double number = g_ascii_strtod(text, &end);
	bool whole = setting->type != SETTING_INTEGER || number == floor(number);
	if (*text != '\0' && *end == '\0' && isfinite(number) && whole && number >= setting->least &&
	    number <= setting->most) {
		value->number = number;
		return true;
	}
	g_autofree char *expected =
	    g_strdup_printf("%s from %.15g to %.15g", setting->type == SETTING_INTEGER ? "a whole number" : "a number",
	                    setting->least, setting->most);
	return refuse(setting, text, place, expected, error);
}

/* "127.0.0.1:5005", "localhost:0", "[::1]:5005", ":5005" (all interfaces), "5005" (this machine only). */
static bool read_address(const struct setting *setting, const char *text, const char *place,
                         struct setting_value *value, GError **error)
{
	const char *colon = strrchr(text, ':');
	const char *port = colon ? colon + 1 : text;
	g_autofree char *host = colon ? g_strndup(text, (size_t)(colon - text)) : g_strdup("127.0.0.1");
	size_t len = strlen(host);
	guint64 number;
	bool bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
	if (len > HOST_MAX_LEN || (!bracketed && strpbrk(host, ":[]/ ")) ||
	    !g_ascii_string_to_unsigned(port, 10, 0, 65535, &number, NULL))
		return refuse(setting, text, place, "HOST:PORT, as in 127.0.0.1:5005 or [::1]:5005", error);
	if (bracketed)
		value->host = g_strndup(host + 1, len - 2);
	else
		value->host = g_strdup(len > 0 ? host : "0.0.0.0");
	value->port = (unsigned)number;
	value->text = g_strdup_printf(strchr(value->host, ':') ? "[%s]:%u" : "%s:%u", value->host, value->port);
	return true;
}

static bool read_list(const struct setting *setting, const char *text, const char *place, struct setting_value *value,
                      GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", 0);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	for (size_t i = 0; parts[i]; i++)
		if (*g_strstrip(parts[i]))
			g_ptr_array_add(words, g_strdup(parts[i]));
	if (words->len < setting->least || words->len > setting->most)
		return refuse(setting, text, place, "a list with a word in it, but not too many", error);
	g_ptr_array_add(words, NULL);
	value->list = (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
	return true;
}

static void site_clear(void *data)
{
	struct bot_config_site *site = data;
	g_free(site->key);
	g_strfreev(site->origins);
}

bool setting_read(const struct setting *setting, const char *text, const char *base, const char *place,
                  struct setting_value *value, GError **error)
{
	size_t len = strlen(text);
	switch (setting->type) {
	case SETTING_BOOL:
		return read_bool(setting, text, place, value, error);
	case SETTING_INTEGER:
	case SETTING_NUMBER:
		return read_number(setting, text, place, value, error);
	case SETTING_ADDRESS:
		return read_address(setting, text, place, value, error);
	case SETTING_LIST:
		return read_list(setting, text, place, value, error);
	case SETTING_SITES:
		value->sites = g_array_new(TRUE, TRUE, sizeof(struct bot_config_site));
		g_array_set_clear_func(value->sites, site_clear);
		if (*text) {
			struct bot_config_site site = {g_strdup(text), g_new0(char *, 1)};
			g_array_append_val(value->sites, site);
		}
		return true;
	case SETTING_CHOICE: {
		g_autofree char *framed = g_strdup_printf("|%s|", text);
		if (len == 0 || strchr(text, '|') || !strstr(setting->words, framed))
			return refuse(setting, text, place, setting->words, error);
		value->text = g_strdup(text);
		return true;
	}
	case SETTING_ZONE: {
		GTimeZone *zone = config_zone(text);
		if (!zone)
			return refuse(setting, text, place, CONFIG_ZONE_EXPECTED, error);
		g_time_zone_unref(zone);
		value->text = g_strdup(text);
		return true;
	}
	case SETTING_TEXT:
	case SETTING_PATH:
		break;
	}
	if ((double)len < setting->least || (double)len > setting->most || !g_utf8_validate(text, (gssize)len, NULL))
		return refuse(setting, text, place, "some text, not too long, in UTF-8", error);
	bool relative = setting->type == SETTING_PATH && base && len > 0 && !g_path_is_absolute(text);
	value->text = relative ? g_build_filename(base, text, NULL) : g_strdup(text);
	return true;
}

void setting_value_clear(struct setting_value *value)
{
	g_clear_pointer(&value->text, g_free);
	g_clear_pointer(&value->host, g_free);
	g_clear_pointer(&value->list, g_strfreev);
	g_clear_pointer(&value->sites, g_array_unref);
}
