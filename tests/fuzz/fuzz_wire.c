/* Any bytes as a frame of either role, and as an HTTP body: read or refused with a reason, and what was read keeps its
 * promises. The first byte chooses the role. */
#include <glib.h>
#include <string.h>

#include "bot/message.h"
#include "server/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct wire_frame *frame)
{
	const char *const texts[] = {frame->site, frame->visitor, frame->lang, frame->page,  frame->cid,  frame->text,
	                             frame->item, frame->payload, frame->name, frame->token, frame->event};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_assert_true(!texts[i] || g_utf8_validate(texts[i], -1, NULL));
		g_assert_true(!texts[i] || strlen(texts[i]) <= BOT_MESSAGE_TEXT_MAX_BYTES);
	}
	g_assert_true(frame->seq >= 0 && frame->seq <= WIRE_SEQ_MAX);
	g_assert_true(frame->last_seq >= 0 && frame->after >= 0 && frame->score >= 0 && frame->score <= 5);
	if (frame->type == WIRE_MESSAGE || frame->type == WIRE_REPLY)
		g_assert_true(frame->cid && *frame->cid && frame->text);
	if (frame->type >= WIRE_OPEN)
		g_assert_true(frame->conversation && *frame->conversation);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct wire_frame frame;
	char *why = NULL;
	enum wire_role role = data[0] & 1 ? WIRE_AGENT : WIRE_VISITOR;
	/* A copy of exact size, so that a sanitizer sees one byte too many. */
	g_autofree char *bytes = g_memdup2(data + 1, size - 1);
	enum wire_status status = wire_decode(role, bytes ? bytes : "", size - 1, &frame, &why);
	g_assert_true((status == WIRE_OK) == (why == NULL));
	if (status == WIRE_OK)
		check(&frame);
	wire_frame_clear(&frame);
	g_clear_pointer(&why, g_free);
	json_t *body = wire_json(bytes ? bytes : "", size - 1, 256u << 10, &why);
	g_assert_true((body == NULL) == (why != NULL));
	json_decref(body);
	g_free(why);
	return 0;
}
