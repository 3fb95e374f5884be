/* Errors of the corpora room. Messages say what is wrong, where (file:line or byte offset) and what to do. */
#ifndef CORPORA_ERROR_H
#define CORPORA_ERROR_H

#include <glib.h>

#define CORPUS_ERROR (corpus_error_quark())

enum corpus_error {
	CORPUS_ERROR_IO,       /* a file is missing or cannot be read or written */
	CORPUS_ERROR_ENCODING, /* neither UTF-8 nor GB18030 */
	CORPUS_ERROR_SYNTAX,   /* not what the format says */
	CORPUS_ERROR_LIMIT,    /* larger, deeper or longer than the bound that the message names */
	CORPUS_ERROR_DAMAGED,  /* magic, version, size or checksum of an archive do not fit */
	CORPUS_ERROR_EMPTY,    /* nothing usable in it */
};

GQuark corpus_error_quark(void);

#endif
