/* Aspects: the review is cut into clauses at punctuation, line breaks and words that turn the thought round ("but",
 * 但); a clause that holds a term of an aspect is judged by the sentiment head on its own. Where an aspect comes up
 * several times, the clause with the strongest feeling stands for it.
 *
 * Keywords: words by how often the review has them times how rare they are in the language. A vectors table lists words
 * by falling frequency, so by Zipf's law the rarity of the word of rank r is about ln r (see retrieve/sentence.c in
 * models). Function words are the most frequent ones of all: the first STOP_RANKS do not count. */
#include "batch/review.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "batch/aspects.h"
#include "dialog/redaction.h"
#include "nlp/document.h"
#include "nlp/vectors.h"

#define KEYWORDS    5u
#define STOP_RANKS  300
#define CLAUSES_MAX 400u /* of one review that are looked at for aspects */

struct clause {
	size_t from, to; /* tokens */
};

struct found_aspect {
	bool found;
	struct clause clause;
	enum model_sentiment sentiment;
	float score;
};

struct word {
	const char *norm;
	float weight;
	guint first; /* token */
};

struct bot_reviewer {
	const struct model_predictor *predictor;
	const struct bot_aspects *aspects;
	struct model_workspace *workspace;
	struct nlp_document document, part;
	GArray *clauses; /* of clause */
	GArray *words;   /* of word */
	GHashTable *seen;
	bool redact;
};

struct bot_reviewer *bot_reviewer_new(const struct model_predictor *predictor, const struct bot_aspects *aspects)
{
	struct bot_reviewer *r = g_new0(struct bot_reviewer, 1);
	r->predictor = predictor;
	r->aspects = aspects;
	r->workspace = model_workspace_new(predictor);
	nlp_document_init(&r->document);
	nlp_document_init(&r->part);
	r->clauses = g_array_new(FALSE, FALSE, sizeof(struct clause));
	r->words = g_array_new(FALSE, FALSE, sizeof(struct word));
	r->seen = g_hash_table_new(g_str_hash, g_str_equal);
	return r;
}

void bot_reviewer_redact(struct bot_reviewer *r)
{
	r->redact = true;
}

void bot_reviewer_free(struct bot_reviewer *r)
{
	if (!r)
		return;
	g_hash_table_unref(r->seen);
	g_array_unref(r->words);
	g_array_unref(r->clauses);
	nlp_document_clear(&r->part);
	nlp_document_clear(&r->document);
	model_workspace_free(r->workspace);
	g_free(r);
}

/* ---------------------------------------------------------------- clauses */

static bool turns_round(const struct nlp_token *token)
{
	static const char *const words[] = {"但",   "但是", "不过",    "可是",   "然而",     "只是",
	                                    "就是", "but",  "however", "though", "although", "except"};
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(token->norm, words[i]) == 0)
			return true;
	return false;
}

static bool ends_clause(const struct nlp_token *token)
{
	return token->kind == NLP_TOKEN_PUNCT && strchr(",.!?;~", token->norm[0]) != NULL;
}

static bool is_chinese_stop(const struct nlp_token *token)
{
	static const char *const marks[] = {"，", "。", "！", "？", "；", "…", "、"};
	for (size_t i = 0; token->kind == NLP_TOKEN_PUNCT && i < G_N_ELEMENTS(marks); i++)
		if (g_str_has_prefix(token->norm, marks[i]))
			return true;
	return false;
}

static bool line_breaks_before(const struct nlp_document *d, size_t i)
{
	size_t from = i > 0 ? d->tokens[i - 1].byte_end : 0, to = d->tokens[i].byte_start;
	return i > 0 && to > from && memchr(d->text + from, '\n', to - from) != NULL;
}

static void add_clause(GArray *clauses, size_t from, size_t to)
{
	struct clause clause = {from, to};
	if (to > from && clauses->len < CLAUSES_MAX)
		g_array_append_val(clauses, clause);
}

static void cut_clauses(const struct nlp_document *d, GArray *clauses)
{
	size_t from = 0;
	g_array_set_size(clauses, 0);
	for (size_t i = 0; i < d->n_tokens; i++) {
		bool stop = ends_clause(&d->tokens[i]) || is_chinese_stop(&d->tokens[i]);
		if (!stop && !turns_round(&d->tokens[i]) && !line_breaks_before(d, i))
			continue;
		add_clause(clauses, from, i);
		from = stop ? i + 1 : i;
	}
	add_clause(clauses, from, d->n_tokens);
}

/* ---------------------------------------------------------------- aspects */

static void judge_clause(struct bot_reviewer *r, struct clause clause, const struct model_prediction *whole,
                         struct model_prediction *out)
{
	const struct nlp_document *d = &r->document;
	if (r->clauses->len == 1) {
		*out = *whole;
		return;
	}
	uint32_t from = d->tokens[clause.from].byte_start, to = d->tokens[clause.to - 1].byte_end;
	nlp_document_tokenize(&r->part, model_predictor_analyzer(r->predictor), d->text + from, to - from);
	model_predict(r->predictor, r->workspace, &r->part, out);
}

static void note_aspects(struct bot_reviewer *r, struct clause clause, const struct model_prediction *whole,
                         struct found_aspect *found)
{
	guint64 bits = bot_aspects_find(r->aspects, &r->document, clause.from, clause.to);
	if (bits == 0)
		return;
	struct model_prediction prediction;
	judge_clause(r, clause, whole, &prediction);
	for (size_t a = 0; a < bot_aspects_len(r->aspects); a++) {
		if (!(bits >> a & 1) || (found[a].found && fabsf(found[a].score) >= fabsf(prediction.sentiment_score)))
			continue;
		found[a] = (struct found_aspect){true, clause, prediction.sentiment, prediction.sentiment_score};
	}
}

static json_t *quote_to_json(const struct bot_reviewer *r, size_t from, size_t to)
{
	g_autofree char *quote = g_strndup(r->document.text + from, to - from);
	g_autofree char *masked = r->redact ? redact_text(model_predictor_analyzer(r->predictor), quote) : NULL;
	return json_string(masked ? masked : quote);
}

static json_t *aspects_to_json(struct bot_reviewer *r, const struct model_prediction *whole)
{
	const struct nlp_document *d = &r->document;
	struct found_aspect found[BOT_ASPECTS_MAX] = {0};
	cut_clauses(d, r->clauses);
	for (guint c = 0; c < r->clauses->len; c++)
		note_aspects(r, g_array_index(r->clauses, struct clause, c), whole, found);
	json_t *array = json_array();
	for (size_t a = 0; a < bot_aspects_len(r->aspects); a++) {
		if (!found[a].found)
			continue;
		const struct nlp_token *first = &d->tokens[found[a].clause.from], *last = &d->tokens[found[a].clause.to - 1];
		json_array_append_new(array, json_pack("{s:s,s:s,s:f,s:o,s:i,s:i}", "aspect", bot_aspects_name(r->aspects, a),
		                                       "sentiment", model_sentiment_name(found[a].sentiment), "score",
		                                       (double)found[a].score, "quote",
		                                       quote_to_json(r, first->byte_start, last->byte_end), "start",
		                                       (int)first->start, "end", (int)last->end));
	}
	return array;
}

/* ---------------------------------------------------------------- keywords */

/* ln of the word's rank; 0 for one that is too frequent to say anything. */
static float rarity(const struct nlp_vectors *vectors, const struct nlp_token *token)
{
	if (!vectors)
		return 1.0f;
	int32_t rank = nlp_vectors_find(vectors, token->norm, token->norm_len);
	if (rank < 0)
		rank = (int32_t)nlp_vectors_len(vectors);
	return rank < STOP_RANKS ? 0.0f : logf((float)rank);
}

static bool may_be_keyword(const struct nlp_token *token)
{
	if (token->kind == NLP_TOKEN_HAN)
		return token->end - token->start >= 2;
	return token->kind == NLP_TOKEN_WORD && token->end - token->start >= 3;
}

static int by_weight(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return (x->first > y->first) - (x->first < y->first);
}

static json_t *keywords_to_json(struct bot_reviewer *r)
{
	const struct nlp_vectors *vectors = model_predictor_vectors(r->predictor);
	json_t *array = json_array();
	g_array_set_size(r->words, 0);
	g_hash_table_remove_all(r->seen);
	for (guint i = 0; i < r->document.n_tokens; i++) {
		const struct nlp_token *token = &r->document.tokens[i];
		if (!may_be_keyword(token))
			continue;
		guint at = GPOINTER_TO_UINT(g_hash_table_lookup(r->seen, token->norm));
		float weight = rarity(vectors, token);
		if (at > 0) {
			g_array_index(r->words, struct word, at - 1).weight += weight;
		} else if (weight > 0) {
			struct word word = {token->norm, weight, i};
			g_array_append_val(r->words, word);
			g_hash_table_insert(r->seen, (gpointer)token->norm, GUINT_TO_POINTER(r->words->len));
		}
	}
	g_hash_table_remove_all(r->seen); /* its keys are the document's */
	if (r->words->len > 1)
		qsort(r->words->data, r->words->len, sizeof(struct word), by_weight);
	for (guint w = 0; w < MIN(r->words->len, KEYWORDS); w++)
		json_array_append_new(array, json_string(g_array_index(r->words, struct word, w).norm));
	return array;
}

/* ---------------------------------------------------------------- the review */

static uint64_t hash_of(const struct nlp_document *d)
{
	XXH3_state_t *state = XXH3_createState();
	bool any = false;
	XXH3_64bits_reset(state);
	for (size_t i = 0; i < d->n_tokens; i++) {
		if (d->tokens[i].kind == NLP_TOKEN_PUNCT)
			continue;
		XXH3_64bits_update(state, d->tokens[i].norm, d->tokens[i].norm_len);
		any = true;
	}
	uint64_t hash = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	return any ? MAX(hash, 1) : 0;
}

uint64_t bot_review_hash(struct bot_reviewer *r, const char *text, size_t len)
{
	nlp_document_tokenize(&r->document, model_predictor_analyzer(r->predictor), text, len);
	return hash_of(&r->document);
}

json_t *bot_review(struct bot_reviewer *r, const char *text, size_t len, enum model_sentiment *sentiment,
                   uint64_t *hash)
{
	struct model_prediction whole;
	*hash = bot_review_hash(r, text, len);
	model_predict(r->predictor, r->workspace, &r->document, &whole);
	*sentiment = whole.sentiment;
	json_t *probabilities = json_object();
	for (int s = 0; s < MODEL_SENTIMENTS; s++)
		json_object_set_new(probabilities, model_sentiment_name((enum model_sentiment)s),
		                    json_real(whole.sentiment_probabilities[s]));
	json_t *aspects = aspects_to_json(r, &whole);
	return json_pack("{s:s,s:s,s:f,s:o,s:o,s:o}", "lang", nlp_lang_code(r->document.lang), "sentiment",
	                 model_sentiment_name(whole.sentiment), "score", (double)whole.sentiment_score, "probabilities",
	                 probabilities, "aspects", aspects, "keywords", keywords_to_json(r));
}
