/* Errors of the bot room; every code maps to an exit status (interfaces.md 1) in commands/cli.c. */
#ifndef BOT_ERROR_H
#define BOT_ERROR_H

#include <glib.h>

#define BOT_ERROR (bot_error_quark())

enum bot_error {
	BOT_ERROR_USAGE,     /* exit 2 */
	BOT_ERROR_DATA,      /* exit 3 */
	BOT_ERROR_MODEL,     /* exit 4 */
	BOT_ERROR_STORE,     /* exit 5: locked or damaged */
	BOT_ERROR_CONFIG,    /* exit 6 */
	BOT_ERROR_NOT_FOUND, /* no such conversation, agent ... */
	BOT_ERROR_CONFLICT,  /* somebody else owns it */
	BOT_ERROR_REFUSED,   /* not allowed: password, site, token */
	BOT_ERROR_LIMIT,     /* too long, too many */
};

GQuark bot_error_quark(void);

#endif
