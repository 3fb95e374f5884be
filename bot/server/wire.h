/* Frames that clients send (interfaces.md 3, web/AGENT_PROTOCOL.md), decoded strictly: one JSON object, no duplicate
 * keys, bounded size and depth, every member of the type and length its frame demands. */
#ifndef SERVER_WIRE_H
#define SERVER_WIRE_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define WIRE_FRAME_MAX_BYTES 16384u
#define WIRE_DEPTH_MAX       16u
#define WIRE_SEQ_MAX         (INT64_C(1) << 53) /* what a JavaScript number holds */

enum wire_role { WIRE_VISITOR, WIRE_AGENT };

enum wire_type {
	WIRE_HELLO,
	WIRE_MESSAGE,
	WIRE_TYPING,
	WIRE_READ,
	WIRE_EVENT,
	WIRE_FEEDBACK,
	WIRE_RATING,
	WIRE_HISTORY,
	WIRE_HANDOFF,
	WIRE_PERSONALISE,
	WIRE_LOGIN,
	WIRE_OPEN,
	WIRE_CLOSE,
	WIRE_TAKEOVER,
	WIRE_RELEASE,
	WIRE_REPLY,
	WIRE_RESOLVE,
};

/* Strings are borrowed from `root` and NULL where the frame has none. */
struct wire_frame {
	enum wire_type type;
	json_t *root;
	const char *site, *visitor, *lang, *page, *cid, *text, *payload, *event, *item, *comment, *value;
	const char *name, *password, *token, *conversation;
	int64_t seq, last_seq, after, score;
	bool on, resolved;
};

enum wire_status {
	WIRE_OK,
	WIRE_NOT_UTF8,  /* close 1007 */
	WIRE_TOO_BIG,   /* close 1009 */
	WIRE_BAD_FRAME, /* error frame "bad_frame" */
	WIRE_TOO_LONG,  /* error frame "too_long": a text above BOT_MESSAGE_TEXT_MAX_BYTES */
};

/* Decodes one frame. On WIRE_OK the caller clears `out`. Otherwise `*why` (owned by the caller) says what is wrong;
 * `out->cid` may still be set when the frame had one, so that the error can name it: clear `out` in every case. */
enum wire_status wire_decode(enum wire_role role, const char *bytes, size_t len, struct wire_frame *out, char **why);
void wire_frame_clear(struct wire_frame *frame);

/* Any JSON from outside: at most `max_bytes`, UTF-8, bounded depth, no duplicate keys. NULL with `*why` set. */
json_t *wire_json(const char *bytes, size_t len, size_t max_bytes, char **why);

#endif
