#include "nlp/error.h"

G_DEFINE_QUARK(kefu - nlp - error, nlp_error)
