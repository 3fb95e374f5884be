#include "text/terms.h"

#include <string.h>

enum { LINE = 64, LEAST = 64 /* places */ };

/* In front of a payload. */
struct entry {
	uint64_t hash;
	uint32_t len; /* 0: empty */
	char text[MODEL_TERM_MAX];
};

G_STATIC_ASSERT(sizeof(struct entry) <= LINE);

void model_terms_init(struct model_terms *terms, size_t payload, size_t bytes)
{
	size_t places = LEAST;
	terms->stride = LINE + (payload + LINE - 1) / LINE * LINE;
	while (2 * places * terms->stride <= bytes)
		places *= 2;
	terms->mask = places - 1;
	terms->entries = g_new0(uint32_t, places);
	terms->n_entries = 0;
	/* Zeros from the system cost nothing before they are touched. */
	terms->memory = g_malloc0(places * terms->stride + LINE);
	terms->first = terms->memory + (LINE - (uintptr_t)terms->memory % LINE) % LINE;
}

void model_terms_clear(struct model_terms *terms)
{
	g_free(terms->entries);
	g_free(terms->memory);
}

void *model_terms_find(struct model_terms *terms, const struct model_feature_term *term, bool *kept)
{
	/* The lower half is the hash of the word as an n-gram, whose tables it finds. */
	uint32_t *number = &terms->entries[(term->hash >> 32) & terms->mask];
	if (*number == 0)
		*number = ++terms->n_entries;
	char *at = terms->first + (*number - 1) * terms->stride;
	struct entry *entry = (struct entry *)(void *)at;
	*kept = entry->hash == term->hash && entry->len == term->len && memcmp(entry->text, term->text, term->len) == 0;
	if (!*kept) {
		entry->hash = term->hash;
		entry->len = term->len;
		memcpy(entry->text, term->text, term->len);
	}
	return at + LINE;
}
