/* What a tagger sees of a document: units, the smallest pieces that an entity may begin or end at.
 *
 *   Chinese   every character is a unit, as an entity's border may lie within the segmenter's word; the word that it
 *             stands in comes with it
 *   others    a token is a unit, but words are cut where letters meet digits or marks: iPhone|15, women|'|s
 *
 * A unit has a word (looked up among the word vectors), letters (n-grams of the word's letters; of Chinese, characters
 * with their neighbours), and marks: what kind of thing it is, how it is written, whether the front end or one of the
 * bot's lookups takes it for an entity. */
#ifndef TAGGER_UNIT_H
#define TAGGER_UNIT_H

#include <stddef.h>
#include <stdint.h>

struct nlp_document;

#define MODEL_UNITS_MAX   512u /* of a text; what follows is not tagged */
#define MODEL_LETTERS_MAX 24u  /* of a unit */
#define MODEL_MARKS_MAX   12u

struct model_unit {
	uint32_t start, end;           /* code points in the original text */
	uint32_t byte_start, byte_end; /* bytes in it */
	const char *word;              /* borrowed from the document, or static; not NUL-terminated */
	uint32_t word_len;
	uint32_t word_hash; /* never 0 */
	uint32_t n_letters, n_marks;
	uint32_t letters[MODEL_LETTERS_MAX], marks[MODEL_MARKS_MAX]; /* hashes, never 0 */
};

struct model_units {
	struct model_unit units[MODEL_UNITS_MAX];
	size_t n;
};

/* Fills `units` from an analysed document; borrows from it. */
void model_units_extract(struct model_units *units, const struct nlp_document *document);

#endif
