/* Errors of the models room. */
#ifndef MODELS_ERROR_H
#define MODELS_ERROR_H

#include <glib.h>

#define MODEL_ERROR (model_error_quark())

enum model_error {
	MODEL_ERROR_IO,
	MODEL_ERROR_FORMAT,     /* a model file or section is not what its format says */
	MODEL_ERROR_DATA,       /* examples that cannot be learned from */
	MODEL_ERROR_NOT_FINITE, /* loss or weights left the finite numbers */
	MODEL_ERROR_LIMIT,
	MODEL_ERROR_MISSING, /* the model has no such part */
	MODEL_ERROR_CANCELLED,
};

GQuark model_error_quark(void);

#endif
