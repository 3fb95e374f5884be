#include "models/error.h"

G_DEFINE_QUARK(kefu - model - error, model_error)
