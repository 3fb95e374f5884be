/* Words of the user's own, in jieba's format, `word [frequency] [tag]` a line, as a trie beside the dictionary's
 * (nlp_segmenter.words). A table is immutable and shared by threads; a shelf holds the one that is used at the moment,
 * and may be given another at any time from any thread. Who segments borrows a table for as long as one text takes.
 *
 * A word without a frequency gets the one that jieba's suggest_freq gives: a little more than its best split into other
 * words has, so that it wins over its parts. The frequency 0 takes a word of the dictionary away. A word counts only
 * with a Chinese character in it: where other scripts' words end is not the dictionary's to say. */
#ifndef NLP_LEX_USER_WORDS_H
#define NLP_LEX_USER_WORDS_H

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>

#include "text/normalize.h"
#include "text/segment.h"

#define NLP_USER_WORD_MAX  32u        /* characters */
#define NLP_USER_WORDS_MAX 200000u    /* in a file */
#define NLP_USER_FILE_MAX  (8u << 20) /* bytes */

struct nlp_user_words;

/* `name` stands in errors; the dictionary's costs come from `segmenter`, what is normal from `fold`. */
struct nlp_user_words *nlp_user_words_parse(const char *text, const char *name, const struct nlp_segmenter *segmenter,
                                            const struct nlp_fold *fold, GError **error);
struct nlp_user_words *nlp_user_words_load(const char *path, const struct nlp_segmenter *segmenter,
                                           const struct nlp_fold *fold, GError **error);
void nlp_user_words_unref(struct nlp_user_words *words);                        /* accepts NULL */
const struct nlp_trie *nlp_user_words_trie(const struct nlp_user_words *words); /* NULL for NULL */

/* pthread's lock, not GLib's, so that ThreadSanitizer sees it. `any` spares bots without words the lock. */
struct nlp_shelf {
	pthread_mutex_t lock;
	struct nlp_user_words *words; /* under the lock; a reference */
	gint any;                     /* atomic */
};

void nlp_shelf_init(struct nlp_shelf *shelf);
void nlp_shelf_clear(struct nlp_shelf *shelf);
void nlp_shelf_put(struct nlp_shelf *shelf, struct nlp_user_words *words); /* takes the reference; NULL empties it */
struct nlp_user_words *nlp_shelf_borrow(struct nlp_shelf *shelf);          /* a new reference, or NULL */

#endif
