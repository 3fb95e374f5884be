/* What a code point is to the tokenizer: the classes that script runs are made of. */
#ifndef NLP_TEXT_SCRIPT_H
#define NLP_TEXT_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

enum nlp_class {
	NLP_CLASS_END, /* behind the last character */
	NLP_CLASS_SPACE,
	NLP_CLASS_HAN,
	NLP_CLASS_KANA,
	NLP_CLASS_LETTER, /* of any other script */
	NLP_CLASS_DIGIT,  /* 0 to 9 */
	NLP_CLASS_PUNCT,  /* punctuation and symbols */
	NLP_CLASS_EMOJI,  /* starts an emoji: pictographs, regional indicators */
	NLP_CLASS_EXTEND, /* goes on with one: joiner, variation selector 16, keycap, skin tone, tag */
	NLP_CLASS_OTHER,
	/* Only within normalisation: */
	NLP_CLASS_MARK,   /* combines with the character before it */
	NLP_CLASS_IGNORE, /* invisible, dropped */
	NLP_CLASS_SLOW,   /* becomes several characters */
};

/* Class of a code point that needs no more normalisation. */
enum nlp_class nlp_class_of(uint32_t cp);

bool nlp_is_han(uint32_t cp);
bool nlp_is_pictograph(uint32_t cp); /* starts an emoji by itself or with variation selector 16 */
bool nlp_is_latin(uint32_t cp);

#endif
