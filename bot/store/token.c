#include "store/token.h"

#include <sodium.h>
#include <string.h>

#include "bot/error.h"

#define TOKEN_RANDOM_BYTES 16
#define TOKEN_MAX_LEN      128

bool token_start(GError **error)
{
	if (sodium_init() >= 0)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "libsodium cannot start: no source of random numbers");
	return false;
}

char *token_new(void)
{
	uint8_t random[TOKEN_RANDOM_BYTES];
	char *token = g_malloc(2 * sizeof(random) + 1);
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(token, 2 * sizeof(random) + 1, random, sizeof(random));
	sodium_memzero(random, sizeof(random));
	return token;
}

bool token_hash(const char *token, uint8_t hash[TOKEN_HASH_BYTES])
{
	size_t len = strlen(token);
	if (len == 0 || len > TOKEN_MAX_LEN)
		return false;
	return crypto_generichash(hash, TOKEN_HASH_BYTES, (const uint8_t *)token, len, NULL, 0) == 0;
}
