/* Frames from clients: every frame of the protocol is read, everything else is refused with a reason. */
#include <string.h>

#include "bot/message.h"
#include "server/wire.h"

static enum wire_status decode(enum wire_role role, const char *text, struct wire_frame *frame, char **why)
{
	return wire_decode(role, text, strlen(text), frame, why);
}

static void test_chat_frames(void)
{
	static const struct {
		const char *text;
		enum wire_type type;
	} good[] = {
	    {"{\"type\":\"hello\",\"site\":\"demo\",\"visitor\":null,\"lang\":\"zh\",\"page\":\"x\",\"last_seq\":7}",
	     WIRE_HELLO},
	    {"{\"type\":\"hello\",\"site\":\"demo\"}", WIRE_HELLO},
	    {"{\"type\":\"message\",\"cid\":\"a\",\"text\":\"你好\"}", WIRE_MESSAGE},
	    {"{\"type\":\"message\",\"cid\":\"a\",\"text\":\"\",\"payload\":\"/greet\"}", WIRE_MESSAGE},
	    {"{\"type\":\"typing\",\"on\":false}", WIRE_TYPING},
	    {"{\"type\":\"read\",\"seq\":3}", WIRE_READ},
	    {"{\"type\":\"event\",\"event\":\"cart\",\"item\":\"T-1\",\"unknown\":[1]}", WIRE_EVENT},
	    {"{\"type\":\"feedback\",\"seq\":2,\"value\":\"down\"}", WIRE_FEEDBACK},
	    {"{\"type\":\"rating\",\"score\":5}", WIRE_RATING},
	    {"{\"type\":\"history\",\"after\":0}", WIRE_HISTORY},
	    {"{\"type\":\"handoff\"}", WIRE_HANDOFF},
	    {"{\"type\":\"personalise\",\"on\":true}", WIRE_PERSONALISE},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		struct wire_frame frame;
		char *why = NULL;
		g_assert_cmpint(decode(WIRE_VISITOR, good[i].text, &frame, &why), ==, WIRE_OK);
		g_assert_cmpint(frame.type, ==, good[i].type);
		g_assert_null(why);
		wire_frame_clear(&frame);
	}
	struct wire_frame frame;
	char *why = NULL;
	decode(WIRE_VISITOR, good[0].text, &frame, &why);
	g_assert_cmpstr(frame.site, ==, "demo");
	g_assert_null(frame.visitor);
	g_assert_cmpint(frame.last_seq, ==, 7);
	wire_frame_clear(&frame);
}

static void test_agent_frames(void)
{
	static const char *const good[] = {
	    "{\"type\":\"login\",\"name\":\"lin\",\"password\":\"x\"}",
	    "{\"type\":\"login\",\"token\":\"x\"}",
	    "{\"type\":\"open\",\"conversation\":\"c\",\"after\":4}",
	    "{\"type\":\"close\",\"conversation\":\"c\"}",
	    "{\"type\":\"takeover\",\"conversation\":\"c\"}",
	    "{\"type\":\"release\",\"conversation\":\"c\"}",
	    "{\"type\":\"reply\",\"conversation\":\"c\",\"cid\":\"1\",\"text\":\"hi\"}",
	    "{\"type\":\"resolve\",\"conversation\":\"c\",\"resolved\":true}",
	    "{\"type\":\"read\",\"conversation\":\"c\",\"seq\":1}",
	    "{\"type\":\"typing\",\"conversation\":\"c\",\"on\":true}",
	    "{\"type\":\"history\",\"conversation\":\"c\",\"after\":200}",
	};
	static const char *const bad[] = {
	    "{\"type\":\"login\",\"name\":\"lin\"}",
	    "{\"type\":\"typing\",\"on\":true}",
	    "{\"type\":\"read\",\"seq\":1}",
	    "{\"type\":\"reply\",\"conversation\":\"c\",\"cid\":\"1\",\"text\":\"\"}",
	    "{\"type\":\"hello\",\"site\":\"demo\"}",
	    "{\"type\":\"read\",\"conversation\":7,\"seq\":1}",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(good) + G_N_ELEMENTS(bad); i++) {
		bool is_good = i < G_N_ELEMENTS(good);
		struct wire_frame frame;
		g_autofree char *why = NULL;
		enum wire_status status = decode(WIRE_AGENT, is_good ? good[i] : bad[i - G_N_ELEMENTS(good)], &frame, &why);
		g_assert_cmpint(status, ==, is_good ? WIRE_OK : WIRE_BAD_FRAME);
		g_assert_true((why == NULL) == is_good);
		wire_frame_clear(&frame);
	}
}

static void expect(const char *bytes, size_t len, enum wire_status status, const char *words)
{
	struct wire_frame frame;
	g_autofree char *why = NULL;
	g_assert_cmpint(wire_decode(WIRE_VISITOR, bytes, len, &frame, &why), ==, status);
	g_assert_nonnull(why);
	g_assert_nonnull(strstr(why, words));
	wire_frame_clear(&frame);
}

static void test_bytes(void)
{
	g_autofree char *big = g_strnfill(WIRE_FRAME_MAX_BYTES + 1, ' ');
	expect(big, WIRE_FRAME_MAX_BYTES + 1, WIRE_TOO_BIG, "16384");
	expect(big, WIRE_FRAME_MAX_BYTES, WIRE_BAD_FRAME, "JSON");
	expect("", 0, WIRE_BAD_FRAME, "JSON");
	expect("{\"type\":\"\xff\"}", 12, WIRE_NOT_UTF8, "UTF-8");
	expect("\xc0\x80", 2, WIRE_NOT_UTF8, "UTF-8");
	expect("\xed\xa0\x80", 3, WIRE_NOT_UTF8, "UTF-8");
	expect("{}\0{}", 5, WIRE_BAD_FRAME, "NUL");
	expect("{\"type\":\"message\"} x", 20, WIRE_BAD_FRAME, "JSON");
}

static void test_bounds(void)
{
	g_autofree char *text = g_strnfill(BOT_MESSAGE_TEXT_MAX_BYTES, 'x');
	g_autofree char *fits = g_strdup_printf("{\"type\":\"message\",\"cid\":\"c\",\"text\":\"%s\"}", text);
	g_autofree char *long_one = g_strdup_printf("{\"type\":\"message\",\"cid\":\"c\",\"text\":\"%sx\"}", text);
	struct wire_frame frame;
	char *why = NULL;
	g_assert_cmpint(decode(WIRE_VISITOR, fits, &frame, &why), ==, WIRE_OK);
	wire_frame_clear(&frame);
	g_assert_cmpint(decode(WIRE_VISITOR, long_one, &frame, &why), ==, WIRE_TOO_LONG);
	g_assert_cmpstr(frame.cid, ==, "c");
	wire_frame_clear(&frame);
	g_free(why);

	expect("{\"type\":\"read\",\"seq\":9007199254740993}", 38, WIRE_BAD_FRAME, "seq");
	expect("{\"type\":\"read\",\"seq\":true}", 26, WIRE_BAD_FRAME, "seq");
	g_autofree char *deep = g_strdup_printf("{\"type\":%.*s1", 17, "[[[[[[[[[[[[[[[[[");
	expect(deep, strlen(deep), WIRE_BAD_FRAME, "deeper");
	/* Brackets in a string nest nothing. */
	g_assert_cmpint(decode(WIRE_VISITOR, "{\"type\":\"message\",\"cid\":\"c\",\"text\":\"\\\"[[[[[[[[[[[[[[[[[[[[[\"}",
	                       &frame, &why),
	                ==, WIRE_OK);
	g_assert_cmpstr(frame.text, ==, "\"[[[[[[[[[[[[[[[[[[[[[");
	wire_frame_clear(&frame);
}

static json_t *nested(size_t levels, char **why)
{
	g_autofree char *open = g_strnfill(levels, '['), *close = g_strnfill(levels, ']');
	g_autofree char *text = g_strconcat(open, close, NULL);
	return wire_json(text, strlen(text), WIRE_FRAME_MAX_BYTES, why);
}

/* What stands side by side is not nested, however much of it there is: a batch of feedback is a long list of objects.
 */
static void test_depth(void)
{
	char *why = NULL;
	json_t *root = nested(WIRE_DEPTH_MAX, &why);
	g_assert_nonnull(root);
	json_decref(root);
	g_assert_null(nested(WIRE_DEPTH_MAX + 1, &why));
	g_assert_nonnull(strstr(why, "deeper"));
	g_clear_pointer(&why, g_free);

	g_autoptr(GString) list = g_string_new("[{}");
	for (int i = 1; i < 200; i++)
		g_string_append(list, ",{}");
	g_string_append_c(list, ']');
	root = wire_json(list->str, list->len, WIRE_FRAME_MAX_BYTES, &why);
	g_assert_cmpuint(json_array_size(root), ==, 200);
	json_decref(root);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wire/chat", test_chat_frames);
	g_test_add_func("/wire/agent", test_agent_frames);
	g_test_add_func("/wire/bytes", test_bytes);
	g_test_add_func("/wire/bounds", test_bounds);
	g_test_add_func("/wire/depth", test_depth);
	return g_test_run();
}
