/* A tagger in a model file. Sections:
 *
 *   slots.meta         JSON: version, labels ([entity, role, group], ..), sizes, length of base vectors, notes
 *   slots.weights      float32, what predicting needs of the block of net.h
 *   slots.word_keys    keys.h: hash of a word -> its row      slots.words     rows.h, D features
 *   slots.letter_keys  keys.h                                 slots.letters   rows.h, G features
 *   slots.mark_keys    keys.h                                 slots.marks     rows.h, M features
 *
 * Words that training did not see are looked up in the base vectors, brought to the length that training gave those. */
#ifndef TAGGER_TAGGER_H
#define TAGGER_TAGGER_H

#include "models/tagger.h"
#include "tagger/infer.h"
#include "tagger/net.h"
#include "tagger/tags.h"
#include "text/keys.h"
#include "text/rows.h"

#define MODEL_SLOTS_PREFIX  "slots"
#define MODEL_SLOTS_VERSION 2

struct model_tagger {
	struct model_tags tags;
	struct model_net net; /* intents is 0 */
	const float *block;
	struct model_net_infer *infer;
	struct model_keys word_keys, letter_keys, mark_keys;
	struct model_rows words, letters, marks;
	const struct nlp_vectors *vectors;
	float vector_norm;
};

#endif
