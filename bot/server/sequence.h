/* What one subscriber of a conversation is given, in the order of seq. The loop's thread only. */
#ifndef SERVER_SEQUENCE_H
#define SERVER_SEQUENCE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/frame.h"

#define SEQUENCE_HELD_MAX 1024u /* frames that wait for an earlier one */

struct sequence {
	bool loading; /* what was before is still being read: everything is held */
	int64_t last_seq;
	int64_t gap_since_us; /* 0: nothing is held */
	GQueue held;          /* by seq, in order of arrival within one */
	void (*emit)(struct frame *frame, void *user);
	void *user;
};

void sequence_init(struct sequence *sequence, void (*emit)(struct frame *frame, void *user), void *user);
void sequence_clear(struct sequence *sequence);
/* Gives out the frame of message `seq` if it is the next one, holds it back if there is a gap before it or something is
 * being loaded, and drops it if it was given out before, unless `always` (an ack, an analysis). False when too much is
 * held. */
bool sequence_put(struct sequence *sequence, int64_t seq, bool always, struct frame *frame, int64_t now_us);
/* Everything up to `last_seq` has been given out by other means. */
void sequence_loaded(struct sequence *sequence, int64_t last_seq, int64_t now_us);

#endif
