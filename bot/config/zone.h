/* Time zones by their names. */
#ifndef CONFIG_ZONE_H
#define CONFIG_ZONE_H

#include <glib.h>

/* The zone of an IANA name (Asia/Shanghai, UTC), or NULL where this machine knows none of that name. Owned by the
 * caller. */
GTimeZone *config_zone(const char *name);

#define CONFIG_ZONE_EXPECTED "the name of a time zone, as in Asia/Shanghai or UTC"

#endif
