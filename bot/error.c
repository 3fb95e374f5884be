#include "bot/error.h"

G_DEFINE_QUARK(kefu - bot - error, bot_error)
