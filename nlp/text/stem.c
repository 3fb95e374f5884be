/* A stemmer keeps the word it works on, so each thread has its own, for as long as the thread lives. */
#include "nlp/stem.h"

#include <glib.h>
#include <libstemmer.h>

#define WORD_MAX 64u /* bytes; no English word that takes endings is longer */

static void drop(void *stemmer)
{
	sb_stemmer_delete(stemmer);
}

static GPrivate of_thread = G_PRIVATE_INIT(drop);

const char *nlp_stem(const char *norm, size_t len, size_t *stem_len)
{
	*stem_len = len;
	if (len < 3 || len > WORD_MAX)
		return norm;
	struct sb_stemmer *stemmer = g_private_get(&of_thread);
	if (!stemmer) {
		stemmer = sb_stemmer_new("english", "UTF_8");
		if (!stemmer)
			return norm;
		g_private_set(&of_thread, stemmer);
	}
	const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)norm, (int)len);
	if (!stem)
		return norm;
	*stem_len = (size_t)sb_stemmer_length(stemmer);
	return (const char *)stem;
}
