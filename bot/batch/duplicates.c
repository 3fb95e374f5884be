#include "batch/duplicates.h"

#define SLOTS  (1u << 20) /* 16 MiB */
#define PROBES 8u

struct slot {
	uint64_t hash, row; /* row 0: free */
};

struct bot_duplicates {
	struct slot *slots;
};

struct bot_duplicates *bot_duplicates_new(void)
{
	struct bot_duplicates *duplicates = g_new0(struct bot_duplicates, 1);
	duplicates->slots = g_new0(struct slot, SLOTS);
	return duplicates;
}

void bot_duplicates_free(struct bot_duplicates *duplicates)
{
	if (!duplicates)
		return;
	g_free(duplicates->slots);
	g_free(duplicates);
}

uint64_t bot_duplicates_add(struct bot_duplicates *duplicates, uint64_t hash, uint64_t row)
{
	struct slot *oldest = NULL;
	if (hash == 0)
		return 0;
	for (uint64_t probe = 0; probe < PROBES; probe++) {
		struct slot *slot = &duplicates->slots[(hash + probe) % SLOTS];
		if (slot->row != 0 && slot->hash == hash)
			return slot->row;
		if (!oldest || slot->row < oldest->row)
			oldest = slot;
	}
	*oldest = (struct slot){hash, row};
	return 0;
}
