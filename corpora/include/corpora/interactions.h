/* Who did what with which item: MovieLens `u::i::r::t` or tab-separated u.data, or CSV/JSONL with
 * user,item[,event][,value][,timestamp]. Users and items get dense ids in order of first appearance. */
#ifndef CORPORA_INTERACTIONS_H
#define CORPORA_INTERACTIONS_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_interaction {
	int32_t user, item; /* dense ids */
	float value;        /* rating, or the weight of the event (view 1, click 2, cart 3, purchase 5, dislike -1) */
	int64_t time_s;     /* Unix seconds, or the row number where the data has no time */
};

struct corpus_interactions;
struct corpus_interactions *corpus_interactions_load(const char *path, GError **error);
struct corpus_interactions *corpus_interactions_new(void);
void corpus_interactions_free(struct corpus_interactions *log);

void corpus_interactions_add(struct corpus_interactions *log, const char *user, const char *item, float value,
                             int64_t time_s);
float corpus_interaction_weight(const char *event); /* of an event's name; 1 where unknown */

size_t corpus_interactions_len(const struct corpus_interactions *log);
const struct corpus_interaction *corpus_interactions_data(const struct corpus_interactions *log); /* in file order */
size_t corpus_interactions_users(const struct corpus_interactions *log);
size_t corpus_interactions_items(const struct corpus_interactions *log);
size_t corpus_interactions_skipped(const struct corpus_interactions *log);
const char *corpus_interactions_user_name(const struct corpus_interactions *log, int32_t user);
const char *corpus_interactions_item_name(const struct corpus_interactions *log, int32_t item);
int32_t corpus_interactions_find_user(const struct corpus_interactions *log, const char *name); /* or -1 */
int32_t corpus_interactions_find_item(const struct corpus_interactions *log, const char *name); /* or -1 */

#endif
