/* Traditional characters whose simplified form Unihan's kSimplifiedVariant does not give, or gives as one that nobody
 * writes: 週末, 手錶, 數據線, 老闆. */
#ifndef NLP_TEXT_VARIANT_H
#define NLP_TEXT_VARIANT_H

/* Pairs of a traditional and a simplified character, in UTF-8, one behind the other. */
extern const char nlp_variant_pairs[];

#endif
