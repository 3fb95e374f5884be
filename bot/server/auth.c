#include "server/auth.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#include "bot/config.h"
#include "bot/project.h"

bool auth_same_origin(const char *origin, const char *host)
{
	if (!origin)
		return true;
	const char *after = strstr(origin, "://");
	return after && host && g_ascii_strcasecmp(after + 3, host) == 0;
}

bool auth_site(const struct bot_project *project, const char *site, const char *origin, const char *host)
{
	if (!bot_project_site_allowed(project, site))
		return false;
	return auth_same_origin(origin, host) || bot_project_origin_allowed(project, site, origin);
}

bool auth_agent_page(const struct bot_config *config, const char *origin, const char *host)
{
	if (auth_same_origin(origin, host))
		return true;
	size_t n;
	const struct bot_config_site *sites = bot_config_sites(config, &n);
	for (size_t i = 0; i < n; i++)
		for (char **allowed = sites[i].origins; allowed && *allowed; allowed++)
			if (g_ascii_strcasecmp(*allowed, origin) == 0)
				return true;
	return false;
}

const char *auth_bearer_token(const char *authorization)
{
	if (!authorization || g_ascii_strncasecmp(authorization, "Bearer ", 7) != 0)
		return NULL;
	const char *token = authorization + 7;
	while (*token == ' ')
		token++;
	return *token ? token : NULL;
}

bool auth_bearer(const char *authorization, const char *token)
{
	const char *given = auth_bearer_token(authorization);
	if (!given || !token || !*token)
		return false;
	/* Equal lengths for the comparison, whatever was given. */
	unsigned char a[crypto_generichash_BYTES], b[crypto_generichash_BYTES];
	crypto_generichash(a, sizeof(a), (const unsigned char *)given, strlen(given), NULL, 0);
	crypto_generichash(b, sizeof(b), (const unsigned char *)token, strlen(token), NULL, 0);
	return sodium_memcmp(a, b, sizeof(a)) == 0;
}
