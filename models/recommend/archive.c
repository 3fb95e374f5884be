/* A recommender in an archive. Sections, all little-endian:
 *
 *   recommend.header     struct stored_header
 *   recommend.items      JSON array (recommend/items.c)
 *   recommend.users      the users' names, each ended by NUL, in order
 *   recommend.profiles   uint32 (users): touches of each user
 *   recommend.touches    struct recommend_touch, user by user
 *   recommend.popularity double (I)
 *   recommend.offsets    uint32 (I + 1)
 *   recommend.neighbors  struct recommend_neighbor (offsets[I])
 *
 * Sizes, indices and offsets are checked against each other before anything is used. */
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "recommend/recommender.h"

#define VERSION 1u

struct stored_header {
	uint32_t version, ratings;
	uint64_t n_items, n_users, n_events;
	double half_life_s;
	int64_t reference_s;
};

static void save_events(const struct recommend_events *events, struct corpus_archive_writer *writer)
{
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GArray) profiles = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_autoptr(GArray) touches = g_array_new(FALSE, FALSE, sizeof(struct recommend_touch));
	struct stored_header header = {VERSION,          events->ratings,     events->n_items,    events->users->len,
	                               events->n_events, events->half_life_s, events->reference_s};
	for (guint u = 0; u < events->users->len; u++) {
		const struct recommend_profile *profile = g_ptr_array_index(events->users, u);
		const char *name = g_ptr_array_index(events->names, u);
		uint32_t n = profile->touches->len;
		g_string_append_len(names, name, (gssize)strlen(name) + 1);
		g_array_append_val(profiles, n);
		g_array_append_vals(touches, profile->touches->data, n);
	}
	corpus_archive_writer_add(writer, "recommend.header", &header, sizeof header);
	corpus_archive_writer_add(writer, "recommend.users", names->str, names->len);
	corpus_archive_writer_add(writer, "recommend.profiles", profiles->data, profiles->len * sizeof(uint32_t));
	corpus_archive_writer_add(writer, "recommend.touches", touches->data,
	                          touches->len * sizeof(struct recommend_touch));
	corpus_archive_writer_add(writer, "recommend.popularity", events->popularity, events->n_items * sizeof(double));
}

void recommender_save(struct recommender *r, struct corpus_archive_writer *writer)
{
	json_t *items = recommend_items_to_json(r->items);
	char *text = json_dumps(items, JSON_COMPACT);
	corpus_archive_writer_add(writer, "recommend.items", text, strlen(text));
	free(text);
	json_decref(items);
	pthread_rwlock_rdlock(&r->lock);
	save_events(r->events, writer);
	pthread_rwlock_unlock(&r->lock);
	size_t n = r->knn->n_items;
	corpus_archive_writer_add(writer, "recommend.offsets", r->knn->offsets, (n + 1) * sizeof(uint32_t));
	corpus_archive_writer_add(writer, "recommend.neighbors", r->knn->neighbors,
	                          r->knn->offsets[n] * sizeof(struct recommend_neighbor));
}

/* A section of exactly n elements, or NULL with the error set. `any` counts them instead. */
static const void *section(const struct corpus_archive *archive, const char *name, size_t element, uint64_t n,
                           size_t *any, GError **error)
{
	size_t len = 0;
	const void *bytes = corpus_archive_section(archive, name, &len);
	if (!bytes)
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_MISSING,
		            "the model has no section '%s': it holds no recommender; make one with 'kefu recommend train'",
		            name);
	else if (any ? len % element != 0 : len / element != n || len % element != 0)
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section '%s' has %zu bytes, which does not fit the header",
		            name, len);
	else {
		if (any)
			*any = len / element;
		return bytes;
	}
	return NULL;
}

static bool refuse(GError **error, const char *name, size_t at)
{
	g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section '%s': element %zu is out of bounds", name, at);
	return false;
}

static bool touch_is_sound(const struct recommend_touch *touch, uint64_t n_items)
{
	return touch->item >= 0 && (uint64_t)touch->item < n_items && isfinite(touch->value) && touch->value >= 0;
}

static bool load_profiles(struct recommend_events *events, const struct corpus_archive *archive,
                          const struct stored_header *header, GError **error)
{
	size_t n_bytes = 0, n_touches = 0, at = 0, name_at = 0;
	const char *names = section(archive, "recommend.users", 1, 0, &n_bytes, error);
	const uint32_t *profiles =
	    names ? section(archive, "recommend.profiles", sizeof *profiles, header->n_users, NULL, error) : NULL;
	const struct recommend_touch *touches =
	    profiles ? section(archive, "recommend.touches", sizeof *touches, 0, &n_touches, error) : NULL;
	if (!touches)
		return false;
	for (size_t u = 0; u < header->n_users; u++) {
		const char *end = name_at < n_bytes ? memchr(names + name_at, '\0', n_bytes - name_at) : NULL;
		if (!end)
			return refuse(error, "recommend.users", u);
		if (profiles[u] > RECOMMEND_TOUCHES_MAX || profiles[u] > n_touches - at)
			return refuse(error, "recommend.profiles", u);
		struct recommend_profile *profile = recommend_events_new_user(events, names + name_at);
		if (!profile)
			return refuse(error, "recommend.users", u);
		for (uint32_t t = 0; t < profiles[u]; t++, at++) {
			if (!touch_is_sound(&touches[at], header->n_items))
				return refuse(error, "recommend.touches", at);
			g_array_append_val(profile->touches, touches[at]);
		}
		name_at = (size_t)(end - names) + 1;
	}
	return at == n_touches || refuse(error, "recommend.touches", at);
}

static struct recommend_events *load_events(const struct corpus_archive *archive, size_t n_items, GError **error)
{
	const struct stored_header *header = section(archive, "recommend.header", sizeof *header, 1, NULL, error);
	if (!header)
		return NULL;
	if (header->version != VERSION || header->n_items != n_items || header->n_users > RECOMMEND_USERS_MAX ||
	    !(header->half_life_s >= 0) || isinf(header->half_life_s)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
		            "section 'recommend.header' is of version %u or does not fit the items; train it again",
		            header->version);
		return NULL;
	}
	struct recommend_events *events = recommend_events_new(n_items);
	events->half_life_s = header->half_life_s;
	events->reference_s = header->reference_s;
	events->ratings = header->ratings != 0;
	events->n_events = header->n_events;
	const double *popularity = section(archive, "recommend.popularity", sizeof *popularity, n_items, NULL, error);
	bool sound = popularity != NULL;
	for (size_t i = 0; sound && i < n_items; i++) {
		events->popularity[i] = popularity[i];
		sound = isfinite(popularity[i]) || refuse(error, "recommend.popularity", i);
	}
	if (sound && load_profiles(events, archive, header, error))
		return events;
	recommend_events_free(events);
	return NULL;
}

static struct recommend_knn *load_knn(const struct corpus_archive *archive, size_t n_items, GError **error)
{
	const uint32_t *offsets = section(archive, "recommend.offsets", sizeof *offsets, n_items + 1, NULL, error);
	if (!offsets)
		return NULL;
	const struct recommend_neighbor *neighbors =
	    section(archive, "recommend.neighbors", sizeof *neighbors, offsets[n_items], NULL, error);
	if (!neighbors)
		return NULL;
	for (size_t i = 0; i < n_items; i++)
		if (offsets[i] > offsets[i + 1] || offsets[0] != 0) {
			refuse(error, "recommend.offsets", i);
			return NULL;
		}
	for (size_t e = 0; e < offsets[n_items]; e++)
		if (neighbors[e].item < 0 || (size_t)neighbors[e].item >= n_items || !isfinite(neighbors[e].similarity)) {
			refuse(error, "recommend.neighbors", e);
			return NULL;
		}
	struct recommend_knn *knn = g_new0(struct recommend_knn, 1);
	knn->n_items = n_items;
	knn->offsets = g_memdup2(offsets, (n_items + 1) * sizeof *offsets);
	knn->neighbors = g_new(struct recommend_neighbor, offsets[n_items] + 1);
	memcpy(knn->neighbors, neighbors, offsets[n_items] * sizeof *neighbors);
	return knn;
}

struct recommender *recommender_open(const struct corpus_archive *archive, const struct nlp_analyzer *analyzer,
                                     const struct nlp_vectors *vectors, GError **error)
{
	size_t len = 0;
	const char *text = section(archive, "recommend.items", 1, 0, &len, error);
	if (!text)
		return NULL;
	json_error_t where;
	json_t *array = json_loadb(text, len, 0, &where);
	if (!array) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section 'recommend.items', byte %d: %s", where.position,
		            where.text);
		return NULL;
	}
	struct recommend_items *items = recommend_items_from_json(array, error);
	json_decref(array);
	if (!items)
		return NULL;
	size_t n_items = recommend_items_len(items);
	struct recommend_events *events = load_events(archive, n_items, error);
	struct recommend_knn *knn = events ? load_knn(archive, n_items, error) : NULL;
	if (knn)
		return recommender_assemble(items, knn, recommend_content_new(items, analyzer, vectors), events);
	recommend_events_free(events);
	recommend_items_free(items);
	return NULL;
}
