/* Errors of the nlp room. */
#ifndef NLP_ERROR_H
#define NLP_ERROR_H

#include <glib.h>

#define NLP_ERROR (nlp_error_quark())

enum nlp_error {
	NLP_ERROR_IO,
	NLP_ERROR_FORMAT,  /* a vectors file, dictionary or section is not what its format says */
	NLP_ERROR_LIMIT,   /* a bound that the message names */
	NLP_ERROR_MISSING, /* a section that is needed is not in the archive */
	NLP_ERROR_EMPTY,
};

GQuark nlp_error_quark(void);

#endif
