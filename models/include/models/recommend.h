/* The recommender core, shared by chat, HTTP and command line: several algorithms behind one interface.
 *
 *   popular   events of all, with a half-life         Basis of cold start
 *   item-knn  item-based collaborative filtering      Sarwar et al. 2001; Deshpande & Karypis 2004
 *   content   cosine of title and description vectors
 *   hybrid    a blend of the three, weights by how much is known of the user
 *
 * A model is immutable but for new events, which are added under a lock and change the next answer. Thread-safe. */
#ifndef MODELS_RECOMMEND_H
#define MODELS_RECOMMEND_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_archive;
struct corpus_archive_writer;
struct corpus_catalogue;
struct corpus_interactions;
struct nlp_analyzer;
struct nlp_document;
struct nlp_vectors;
struct recommender;

enum recommend_algorithm {
	RECOMMEND_POPULAR,
	RECOMMEND_ITEM_KNN,
	RECOMMEND_CONTENT,
	RECOMMEND_HYBRID,
	RECOMMEND_ALGORITHMS,
};

struct recommend_query {
	const char *user;                /* NULL or unknown: nothing is known of the user */
	const struct nlp_document *text; /* what was asked for; may be NULL */
	const char *category;            /* only items of this category; NULL: any */
	double price_from, price_to;     /* inclusive, in the catalogue's currency; 0 and INFINITY: any */
	bool in_stock;                   /* only items that are */
	bool personalise;                /* false: as if the user were unknown */
	const char *const *exclude;      /* item ids */
	size_t n_exclude;
	enum recommend_algorithm algorithm;
};

struct recommend_hit {
	const char *item;    /* id, borrowed from the recommender */
	float score;         /* comparable within one answer */
	const char *reason;  /* "popular", "similar_to", "matches": a key for the texts; static */
	const char *because; /* item id that `similar_to` speaks of, or NULL */
};

/* References what it keeps. `catalogue`, `analyzer`, `vectors` may be NULL: then there is no content part. */
struct recommender *recommender_new(const struct corpus_interactions *log, const struct corpus_catalogue *catalogue,
                                    const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors,
                                    GError **error);
struct recommender *recommender_ref(struct recommender *recommender);
void recommender_unref(struct recommender *recommender); /* accepts NULL */

/* Adds the sections "recommend.*" that recommender_open() reads: items, events and neighbours as they are now. */
void recommender_save(struct recommender *recommender, struct corpus_archive_writer *writer);
/* Copies what it needs of the archive. */
struct recommender *recommender_open(const struct corpus_archive *archive, const struct nlp_analyzer *analyzer,
                                     const struct nlp_vectors *vectors, GError **error);

/* Items best first; returns how many. Items that the user purchased or disliked are left out. */
size_t recommender_query(struct recommender *recommender, const struct recommend_query *query,
                         struct recommend_hit *hits, size_t n_hits);
/* Adds an event; unknown users are made, unknown items ignored. */
void recommender_add(struct recommender *recommender, const char *user, const char *item, const char *event,
                     int64_t time_s);

struct recommend_report {
	size_t users, items, events; /* users: those with an item held out */
	double hr, ndcg;             /* of the held-out item among its negatives, at k */
	double recall;               /* of the held-out item among all items that the user did not touch before, at k */
	double coverage;             /* share of the items that stand in the first k of anybody's answer */
	double novelty;              /* mean over all answers of -log2(share of users who touched the item), bits */
	double train_seconds, queries_per_second; /* one thread */
};

/* Leave-one-out by time: each user's last item is held out and ranked against `negatives` items the user never touched
 * (0: against all). `negatives_path` (may be NULL) and `test` (may be NULL) as in He et al. 2017. */
bool recommend_evaluate(const struct corpus_interactions *log, const struct corpus_interactions *test,
                        const char *negatives_path, unsigned negatives, unsigned k, enum recommend_algorithm algorithm,
                        const struct corpus_catalogue *catalogue, const struct nlp_analyzer *analyzer,
                        const struct nlp_vectors *vectors, uint64_t seed, struct recommend_report *report,
                        GError **error);

/* "popular", "item-knn", ...; false for an unknown name. */
bool recommend_algorithm_parse(const char *name, enum recommend_algorithm *out);

#endif
