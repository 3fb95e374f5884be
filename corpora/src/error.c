#include "corpora/error.h"

G_DEFINE_QUARK(kefu - corpus - error, corpus_error)
