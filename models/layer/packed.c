#include "layer/packed.h"

#include <glib.h>

static void make_room(struct model_packed *packed, size_t n, size_t steps, size_t total)
{
	if (n > packed->room_n) {
		packed->room_n = n;
		packed->order = g_renew(uint32_t, packed->order, n);
	}
	if (steps > packed->room_steps) {
		packed->room_steps = steps;
		packed->active = g_renew(size_t, packed->active, steps);
		packed->offset = g_renew(size_t, packed->offset, steps);
	}
	if (total > packed->room_total) {
		packed->room_total = total + total / 2;
		packed->row = g_renew(uint32_t, packed->row, packed->room_total);
	}
}

void model_packed_set(struct model_packed *packed, const struct model_span *spans, size_t n, bool backwards)
{
	size_t steps = 0, total = 0;
	for (size_t i = 0; i < n; i++) {
		steps = MAX(steps, spans[i].len);
		total += spans[i].len;
	}
	make_room(packed, n, steps, total);
	packed->n = n;
	packed->steps = steps;
	packed->total = total;
	for (size_t i = 0; i < n; i++) { /* a batch has a few dozen sequences: insertion keeps ties in order */
		size_t at = i;
		for (; at > 0 && spans[packed->order[at - 1]].len < spans[i].len; at--)
			packed->order[at] = packed->order[at - 1];
		packed->order[at] = (uint32_t)i;
	}
	size_t row = 0, active = n;
	for (size_t step = 0; step < steps; step++) {
		while (spans[packed->order[active - 1]].len <= step)
			active--;
		packed->active[step] = active;
		packed->offset[step] = row;
		for (size_t i = 0; i < active; i++) {
			const struct model_span *span = &spans[packed->order[i]];
			packed->row[row++] = (uint32_t)(span->first + (backwards ? span->len - 1 - step : step));
		}
	}
}

void model_packed_clear(struct model_packed *packed)
{
	g_free(packed->active);
	g_free(packed->offset);
	g_free(packed->row);
	g_free(packed->order);
	*packed = (struct model_packed){0};
}
