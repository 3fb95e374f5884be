#include "dialog/money.h"

#include <math.h>
#include <string.h>

#include "nlp/document.h"

static bool rate_of(const struct dialog_turn *turn, const char *said, const char *own, double *rate)
{
	*rate = 1.0;
	if (!*said || g_ascii_strcasecmp(said, own) == 0)
		return true;
	const double *known = g_hash_table_lookup(turn->options->currency_rates, said);
	if (!known)
		return false;
	*rate = *known;
	return true;
}

enum price_said price_of_message(const struct dialog_turn *turn, const char *currency, double *from, double *to)
{
	enum price_said said = PRICE_NONE;
	*from = 0.0;
	*to = INFINITY;
	for (size_t i = 0; turn->document && i < turn->document->n_entities; i++) {
		const struct nlp_entity *entity = &turn->document->entities[i];
		const struct nlp_value *value = &entity->typed;
		double rate;
		/* Lengths and durations are measures, too. */
		if (strcmp(entity->entity, "price_range") != 0 && strcmp(entity->entity, "amount-of-money") != 0)
			continue;
		if (!rate_of(turn, value->unit, currency, &rate)) {
			said = PRICE_FOREIGN;
			continue;
		}
		/* A bare amount is what the visitor wants to spend. */
		double low = value->kind == NLP_VALUE_RANGE ? value->from : 0.0;
		double high = value->kind == NLP_VALUE_RANGE ? value->to : value->number;
		*from = MAX(*from, low * rate);
		*to = MIN(*to, high * rate);
		said = PRICE_SAID;
	}
	return said;
}

char *price_text(int64_t cents, const char *currency)
{
	static const struct {
		const char *code, *sign;
	} signs[] = {{"CNY", "¥"}, {"USD", "$"}, {"EUR", "€"}, {"GBP", "£"}, {"JPY", "¥"}};
	g_autofree char *code = g_strconcat(currency, " ", NULL);
	const char *sign = code;
	if (cents < 0)
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
		if (strcmp(signs[i].code, currency) == 0)
			sign = signs[i].sign;
	g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, cents / 100);
	g_autoptr(GString) out = g_string_new(sign);
	size_t len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			g_string_append_c(out, ',');
		g_string_append_c(out, digits[i]);
	}
	if (cents % 100)
		g_string_append_printf(out, ".%02d", (int)(cents % 100));
	return g_strdup(out->str);
}
