#include "server/sequence.h"

struct held {
	int64_t seq;
	bool always;
	struct frame *frame;
};

static void held_free(void *data)
{
	struct held *held = data;
	frame_unref(held->frame);
	g_free(held);
}

void sequence_init(struct sequence *sequence, void (*emit)(struct frame *frame, void *user), void *user)
{
	*sequence = (struct sequence){.loading = true, .emit = emit, .user = user};
	g_queue_init(&sequence->held);
}

void sequence_clear(struct sequence *sequence)
{
	g_queue_clear_full(&sequence->held, held_free);
}

static bool hold(struct sequence *sequence, int64_t seq, bool always, struct frame *frame)
{
	if (sequence->held.length >= SEQUENCE_HELD_MAX)
		return false;
	struct held *held = g_new(struct held, 1);
	*held = (struct held){.seq = seq, .always = always, .frame = frame_ref(frame)};
	GList *after = sequence->held.tail;
	while (after && ((struct held *)after->data)->seq > seq)
		after = after->prev;
	g_queue_insert_after(&sequence->held, after, held);
	return true;
}

static void drain(struct sequence *sequence, int64_t now_us)
{
	struct held *held;
	while ((held = g_queue_peek_head(&sequence->held)) != NULL && held->seq <= sequence->last_seq + 1) {
		if (held->seq == sequence->last_seq + 1 || held->always)
			sequence->emit(held->frame, sequence->user);
		sequence->last_seq = MAX(sequence->last_seq, held->seq);
		held_free(g_queue_pop_head(&sequence->held));
	}
	if (!held)
		sequence->gap_since_us = 0;
	else if (sequence->gap_since_us == 0)
		sequence->gap_since_us = now_us;
}

bool sequence_put(struct sequence *sequence, int64_t seq, bool always, struct frame *frame, int64_t now_us)
{
	if (sequence->loading)
		return hold(sequence, seq, always, frame);
	if (seq <= sequence->last_seq) {
		if (always)
			sequence->emit(frame, sequence->user);
		return true;
	}
	if (!hold(sequence, seq, always, frame))
		return false;
	drain(sequence, now_us);
	return true;
}

void sequence_loaded(struct sequence *sequence, int64_t last_seq, int64_t now_us)
{
	sequence->loading = false;
	sequence->last_seq = MAX(sequence->last_seq, last_seq);
	sequence->gap_since_us = 0;
	drain(sequence, now_us);
}
