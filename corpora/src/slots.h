/* Texts cut into parts, some of them named, as the SNIPS benchmark and snips-nlu's data have them. Private to the room.
 */
#ifndef SRC_SLOTS_H
#define SRC_SLOTS_H

#include "src/load.h"

/* Whether a file that begins so is of this format. */
bool slots_starts(const char *text);

/* Adds every example of the file, the name of its intent as label. */
bool load_slots(struct load *load, const char *path);

#endif
