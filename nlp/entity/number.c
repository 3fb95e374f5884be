#include "entity/number.h"

#include "text/utf8.h"

#define DIGITS_MAX 24
#define TWO_OF     0x4E24u /* 两, which no string of digits has: 三两 is a weight */

size_t nlp_literal(const uint32_t *cp, size_t i, const char *literal)
{
	size_t n = 0;
	while (*literal) {
		unsigned len;
		if (nlp_utf8_get(literal, &len) != cp[i + n])
			return 0;
		literal += len;
		n++;
	}
	return n;
}

static bool is_digit(uint32_t cp)
{
	return cp - '0' < 10u;
}

int nlp_chinese_digit(uint32_t cp)
{
	switch (cp) {
	case 0x3007: /* 〇 */
	case 0x96F6: /* 零 */
		return 0;
	case 0x4E00: /* 一 */
	case 0x58F9: /* 壹 */
		return 1;
	case 0x4E8C: /* 二 */
	case 0x4E24: /* 两 */
	case 0x8D30: /* 贰 */
		return 2;
	case 0x4E09: /* 三 */
	case 0x53C1: /* 叁 */
		return 3;
	case 0x56DB: /* 四 */
	case 0x8086: /* 肆 */
		return 4;
	case 0x4E94: /* 五 */
	case 0x4F0D: /* 伍 */
		return 5;
	case 0x516D: /* 六 */
	case 0x9646: /* 陆 */
		return 6;
	case 0x4E03: /* 七 */
	case 0x67D2: /* 柒 */
		return 7;
	case 0x516B: /* 八 */
	case 0x634C: /* 捌 */
		return 8;
	case 0x4E5D: /* 九 */
	case 0x7396: /* 玖 */
		return 9;
	default:
		return -1;
	}
}

static double small_unit(uint32_t cp)
{
	switch (cp) {
	case 0x5341: /* 十 */
	case 0x62FE: /* 拾 */
		return 10;
	case 0x767E: /* 百 */
	case 0x4F70: /* 佰 */
		return 100;
	case 0x5343: /* 千 */
	case 0x4EDF: /* 仟 */
		return 1000;
	default:
		return 0;
	}
}

static double large_unit(uint32_t cp)
{
	return cp == 0x4E07 ? 1e4 : cp == 0x4EBF ? 1e8 : 0; /* 万, 亿 */
}

bool nlp_is_numeral(uint32_t cp)
{
	return is_digit(cp) || nlp_chinese_digit(cp) >= 0 || small_unit(cp) > 0 || large_unit(cp) > 0;
}

/* 千 belongs to the unit of measure behind it: 两千克 is two kilograms, 3千米 three kilometres. */
static bool is_kilo(const uint32_t *cp, size_t i)
{
	static const uint32_t units[] = {0x514B, 0x7C73, 0x74E6, 0x5361, 0x8D6B, 0x5E15}; /* 克米瓦卡赫帕 */
	for (size_t k = 0; cp[i] == 0x5343 && k < sizeof units / sizeof *units; k++)
		if (cp[i + 1] == units[k])
			return true;
	return false;
}

/* A measure word, so that 三百一双 is 300 for one pair and not 310 of them. */
static bool is_measure(uint32_t cp)
{
	static const char measures[] = "个件条双部台只张本瓶盒包份套把支斤袋箱对次天位";
	unsigned len;
	for (const char *p = measures; *p; p += len)
		if (nlp_utf8_get(p, &len) == cp)
			return true;
	return false;
}

/* 1,299.50 and the unit behind it. */
static bool western(const uint32_t *cp, size_t i, struct nlp_number *number)
{
	double value = 0, place = 1;
	size_t start = i;
	for (; is_digit(cp[i]); i++) {
		if (i - start >= DIGITS_MAX)
			return false;
		value = value * 10 + (cp[i] - '0');
	}
	while (cp[i] == ',' && is_digit(cp[i + 1]) && is_digit(cp[i + 2]) && is_digit(cp[i + 3]) && !is_digit(cp[i + 4])) {
		if (i - start >= DIGITS_MAX)
			return false;
		value = value * 1000 + (cp[i + 1] - '0') * 100 + (cp[i + 2] - '0') * 10 + (cp[i + 3] - '0');
		i += 4;
	}
	if (cp[i] == '.' && is_digit(cp[i + 1])) {
		for (i++; is_digit(cp[i]); i++) {
			if (i - start >= 2 * DIGITS_MAX)
				return false;
			value = value * 10 + (cp[i] - '0');
			place *= 10;
		}
		value /= place;
	}
	double scale = 1;
	bool word = (cp[i + (cp[i] != 0)] | 0x20) - 'a' < 26u || is_digit(cp[i + (cp[i] != 0)]);
	if ((cp[i] == 'k' || cp[i] == 'w') && !word)
		scale = cp[i++] == 'k' ? 1e3 : 1e4;
	else if (small_unit(cp[i]) >= 100 && !is_kilo(cp, i))
		scale = small_unit(cp[i++]);
	if (large_unit(cp[i]) > 0)
		scale *= large_unit(cp[i++]);
	value *= scale;
	if (scale >= 1e3 && is_digit(cp[i]) && small_unit(cp[i + 1]) >= 100 && small_unit(cp[i + 1]) < scale) { /* 2万5千 */
		value += (cp[i] - '0') * small_unit(cp[i + 1]);
		scale = small_unit(cp[i + 1]);
		i += 2;
	} else if (scale >= 1e3 && cp[i - 1] >= 0x4E00 && is_digit(cp[i]) && !is_digit(cp[i + 1]) && cp[i + 1] != '.' &&
	           cp[i + 1] != ',' && !is_measure(cp[i + 1]) && small_unit(cp[i + 1]) == 0) { /* 1万2 */
		scale /= 10;
		value += (cp[i++] - '0') * scale;
	}
	*number = (struct nlp_number){.value = value, .scale = scale, .end = i, .units = scale > 1};
	return true;
}

/* 二〇二六: digits read one after the other. */
static bool digit_string(const uint32_t *cp, size_t i, struct nlp_number *number)
{
	size_t start = i;
	double value = 0;
	for (; nlp_chinese_digit(cp[i]) >= 0 && cp[i] != TWO_OF; i++) {
		if (i - start >= DIGITS_MAX)
			return false;
		value = value * 10 + nlp_chinese_digit(cp[i]);
	}
	*number = (struct nlp_number){.value = value, .scale = 1, .end = i, .chinese = true};
	return true;
}

static bool chinese(const uint32_t *cp, size_t i, struct nlp_number *number)
{
	if (nlp_chinese_digit(cp[i]) >= 0 && nlp_chinese_digit(cp[i + 1]) >= 0 && cp[i] != 0x96F6 && cp[i] != TWO_OF &&
	    cp[i + 1] != TWO_OF)
		return digit_string(cp, i, number);
	double total = 0, section = 0, last = 1;
	int digit = -1;
	bool zero = false, units = false;
	size_t start = i;
	for (; i - start < DIGITS_MAX; i++) {
		int d = nlp_chinese_digit(cp[i]);
		double small = small_unit(cp[i]), large = large_unit(cp[i]);
		if (d >= 0) {
			if (digit > 0)
				break;
			zero = zero || d == 0;
			digit = d;
		} else if (small > 0) {
			if ((digit < 0 && (small > 10 || section > 0)) || is_kilo(cp, i))
				break;
			section += (digit < 0 ? 1 : digit) * small;
			last = small;
			digit = -1;
			zero = false;
			units = true;
		} else if (large > 0) {
			if (section == 0 && digit <= 0)
				break;
			total = (total + section + (digit > 0 ? digit : 0)) * large;
			last = large;
			section = 0;
			digit = -1;
			zero = false;
			units = true;
		} else {
			break;
		}
	}
	if (i == start)
		return false;
	if (digit == 1 && last >= 100 && !zero && i - start > 1 && is_measure(cp[i])) {
		digit = -1;
		i--;
	}
	/* 三百五 is 350, 三百零五 is 305. */
	double tail = digit <= 0 ? 0 : last >= 100 && !zero ? digit * last / 10 : digit;
	double scale = digit > 0 ? (last >= 100 && !zero ? last / 10 : 1) : last;
	double value = total + section + tail, place = 0.1;
	if (cp[i] == 0x70B9 && nlp_chinese_digit(cp[i + 1]) >= 0 && !units) { /* 三点五 */
		for (i++; nlp_chinese_digit(cp[i]) >= 0 && i - start < DIGITS_MAX; i++, place /= 10)
			value += nlp_chinese_digit(cp[i]) * place;
	}
	*number = (struct nlp_number){.value = value, .scale = scale, .end = i, .chinese = true, .units = units};
	return true;
}

bool nlp_number_at(const uint32_t *cp, size_t i, struct nlp_number *number)
{
	return is_digit(cp[i]) ? western(cp, i, number) : chinese(cp, i, number);
}

bool nlp_number_pair_at(const uint32_t *cp, size_t i, double *from, double *to, size_t *end)
{
	int low = nlp_chinese_digit(cp[i]);
	int high = low > 0 ? nlp_chinese_digit(cp[i + 1]) : -1;
	if (high <= low)
		return false;
	double unit = small_unit(cp[i + 2]);
	size_t at = i + 2;
	if (unit > 0)
		at++;
	else
		unit = 1;
	if (large_unit(cp[at]) > 0)
		unit *= large_unit(cp[at++]);
	if (unit <= 1 || nlp_is_numeral(cp[at]))
		return false;
	*from = low * unit;
	*to = high * unit;
	*end = at;
	return true;
}
