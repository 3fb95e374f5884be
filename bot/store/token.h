/* Unguessable strings for visitors, agents and ids, and what is stored of them. */
#ifndef STORE_TOKEN_H
#define STORE_TOKEN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TOKEN_HASH_BYTES 32

/* libsodium must be started once before the rest is used. */
bool token_start(GError **error);
char *token_new(void); /* 128 random bits as 32 hexadecimal digits; owned by the caller */
/* BLAKE2b-256. Plain hashing is enough: a token is as random as a key, so there is nothing to guess. False for a string
 * that cannot be a token. */
bool token_hash(const char *token, uint8_t hash[TOKEN_HASH_BYTES]);

#endif
