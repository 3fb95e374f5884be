/* Chinese dates:
 *
 *   date    [year] month [份] [edge | day] | [year] edge | [year] holiday | [year] half | [year] quarter | year
 *   year    2026年, 二〇二六年, 26年 (before a month), 去年
 *   month   3月, 十一月, shift 月
 *   shift   上上 | 上 | 这 | 本 | 下 | 下下 [个]
 *   week    [shift] 周 | 星期 | 礼拜 (一 .. 日 | 天 | 末) | shift 周 */
#include "entity/date.h"

#include "entity/calendar.h"
#include "entity/number.h"

#define REPEAT_CHARS 8

/* What makes a number or a week another thing: 三号线 and 3号楼 are places, 3号色 a colour, 3号机 one of several
 * things; 周边, 618元. */
static const char not_a_day[] =
    "线|楼|店|色|码|门|机|馆|院|厅|桌|位|车|柜|库|仓|房|室|床|球|电池|选手|技师|客服|款|链接|商品|键|井|坑|台|院";
static const char not_a_month[] = "卡|票|租|饼|亮|经|薪|嫂|子|球|老|光|色|销";
static const char not_a_week[] = "边|围|转|年|岁|刊|期|到|游|长|报|遭|一次|而|薪|黑鸭|杰|星|末";
static const char not_measured[] =
    "元|块|个|件|条|双|部|台|只|张|本|瓶|盒|包|份|套|把|支|斤|天|次|号|楼|米|分|人|房|室|路|线|克|折|点|月|年|公里|"
    "层|栋|级|%";

static size_t weekday_char(const struct nlp_chars *chars, size_t i, int *weekday)
{
	static const char *const days[] = {"一", "二", "三", "四", "五", "六", "日", "天"};
	for (int k = 0; k < 8; k++) {
		if (nlp_literal(chars->cp, i, days[k]) == 0)
			continue;
		*weekday = k < 7 ? k : 6;
		return 1;
	}
	if (!nlp_time_digits(chars, i, 1, weekday) || *weekday < 1 || *weekday > 7) /* 周5 */
		return 0;
	(*weekday)--;
	return 1;
}

static size_t week_word(const struct nlp_chars *chars, size_t i)
{
	static const char *const words[] = {"周", "星期", "礼拜"};
	for (size_t k = 0; k < 3; k++) {
		size_t len = nlp_literal(chars->cp, i, words[k]);
		if (len > 0)
			return len;
	}
	return 0;
}

/* 周五, 周末, 下周, 上个星期天; `shift` is NULL where nothing is said of it. */
static bool week_at(const struct nlp_chars *chars, size_t i, int64_t today, const struct nlp_time_word *shift,
                    size_t *end, struct nlp_date *date)
{
	int weekday;
	size_t len = week_word(chars, i), at = i + len;
	if (len == 0)
		return false;
	if (nlp_literal(chars->cp, at, "末") > 0) {
		*end = at + 1;
		return nlp_date_set_weekend(date, today, shift ? shift->value : 0);
	}
	if (weekday_char(chars, at, &weekday) > 0) {
		*end = at + 1;
		/* 周一百, 周二十 */
		if (nlp_literal(chars->cp, *end, "十") > 0 || nlp_literal(chars->cp, *end, "百") > 0)
			return false;
		if (shift)
			return nlp_date_set_day(date, today - nlp_weekday(today) + 7 * shift->value + weekday);
		*date = (struct nlp_date){.kind = NLP_DATE_WEEKDAY, .grain = NLP_GRAIN_DAY, .weekday = weekday};
		return true;
	}
	*end = at;
	return shift && (len > 1 || !nlp_time_stands(chars, at, not_a_week)) &&
	       nlp_date_set_unit(date, today, NLP_GRAIN_WEEK, shift->value, NLP_EDGE_NONE);
}

static size_t edge_at(const struct nlp_chars *chars, size_t i, enum nlp_edge *edge)
{
	static const struct {
		const char *text;
		enum nlp_edge edge;
	} words[] = {
	    {"上旬", NLP_EDGE_START}, {"中旬", NLP_EDGE_MIDDLE}, {"下旬", NLP_EDGE_END},
	    {"初", NLP_EDGE_START},   {"头", NLP_EDGE_START},    {"中", NLP_EDGE_MIDDLE},
	    {"底", NLP_EDGE_END},     {"末", NLP_EDGE_END},      {"尾", NLP_EDGE_END},
	};
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		size_t len = nlp_literal(chars->cp, i, words[k].text);
		if (len == 0 || nlp_time_stands(chars, i, "中国|头像|中间|中的|中有|中间"))
			continue;
		*edge = words[k].edge;
		return i + len;
	}
	return 0;
}

/* 5号, 十五日: the day of a month that was named. */
static bool day_at(const struct nlp_chars *chars, size_t i, size_t *end, int *day)
{
	size_t at;
	if (!nlp_time_number(chars, i, day, &at) || *day < 1)
		return false;
	if (nlp_literal(chars->cp, at, "日") > 0 || nlp_literal(chars->cp, at, "号") > 0) {
		*end = at + 1;
		return true;
	}
	/* 三月五: only in numerals, where the date ends or a part of the day follows. */
	*end = at;
	return !nlp_time_is_digit(chars->cp[i]) &&
	       (chars->class[at] != NLP_CLASS_HAN || nlp_time_stands(chars, at, "到|至|早|上午|中午|下午|晚|凌晨"));
}

/* 第一个星期一, 最后一天, 第二周 of a month that starts at day `month`. */
static bool nth_at(const struct nlp_chars *chars, size_t i, int64_t month, size_t *end, struct nlp_date *date)
{
	int n = 0, weekday = -1;
	size_t at = i + nlp_literal(chars->cp, i, "最后一");
	if (at == i && (nlp_literal(chars->cp, i, "第") == 0 || !nlp_time_number(chars, i + 1, &n, &at) || n < 1 || n > 31))
		return false;
	at += nlp_literal(chars->cp, at, "个");
	if (nlp_literal(chars->cp, at, "天") > 0) {
		*end = at + 1;
		return nlp_date_set_nth(date, month, n, NLP_GRAIN_DAY, -1);
	}
	size_t week = week_word(chars, at);
	if (week == 0)
		return false;
	size_t named = weekday_char(chars, at + week, &weekday);
	*end = at + week + named;
	return nlp_date_set_nth(date, month, n, named > 0 ? NLP_GRAIN_DAY : NLP_GRAIN_WEEK, named > 0 ? weekday : -1);
}

/* What stands behind a month's name. `year` is 0 where it is left open. */
static bool month_rest(const struct nlp_chars *chars, size_t at, int64_t today, int year, int month, size_t *end,
                       struct nlp_date *date)
{
	enum nlp_edge edge;
	int day;
	if (nlp_literal(chars->cp, at, "份") > 0)
		at++;
	size_t of = at + (nlp_literal(chars->cp, at, "的") > 0), next = edge_at(chars, of, &edge);
	if (next > 0) {
		*end = next;
		return nlp_date_set_month(date, year, month, edge);
	}
	struct nlp_date whole;
	int64_t first, last;
	if (nlp_date_set_month(&whole, year, month, NLP_EDGE_NONE) &&
	    nlp_date_resolve(&whole, today, false, &first, &last) && nth_at(chars, of, first, end, date))
		return true;
	if (day_at(chars, of, &next, &day) || (of == at && day_at(chars, nlp_time_skip(chars, at), &next, &day))) {
		*end = next;
		return nlp_date_set(date, year, month, day);
	}
	*end = at;
	return !nlp_time_stands(chars, at, not_a_month) && !nlp_is_numeral(chars->cp[at]) &&
	       nlp_date_set_month(date, year, month, NLP_EDGE_NONE);
}

/* 3月, 十一月5号 */
static bool month_at(const struct nlp_chars *chars, size_t i, int64_t today, int year, size_t *end,
                     struct nlp_date *date)
{
	int month;
	size_t at;
	if (nlp_literal(chars->cp, i, "两") > 0 || !nlp_time_number(chars, i, &month, &at) || month < 1 || month > 12)
		return false;
	at = chars->class[at] == NLP_CLASS_SPACE && nlp_literal(chars->cp, at + 1, "月") > 0 ? at + 1 : at;
	return nlp_literal(chars->cp, at, "月") > 0 && month_rest(chars, at + 1, today, year, month, end, date);
}

/* 第三季度, 二季度 */
static bool quarter_at(const struct nlp_chars *chars, size_t i, int year, size_t *end, struct nlp_date *date)
{
	int quarter;
	size_t at;
	i += nlp_literal(chars->cp, i, "第") > 0;
	if (!nlp_time_number(chars, i, &quarter, &at) || nlp_literal(chars->cp, at, "季度") == 0)
		return false;
	*end = at + 2;
	return nlp_date_set_quarter(date, year, quarter);
}

static bool holiday_of(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_date *date)
{
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_HOLIDAY, end);
	if (!word || nlp_time_is_letter(chars->cp[i]))
		return false;
	bool digits = nlp_time_is_digit(chars->cp[*end - 1]) && nlp_time_is_digit(chars->cp[*end]);
	bool named =
	    nlp_time_stands(chars, *end, "活动|大促|期间|当天|那天|购物|促销|假期|放假|长假|黄金周|狂欢|快乐|礼物|年中");
	bool number =
	    nlp_time_is_digit(chars->cp[i]) &&
	    nlp_time_follows(chars, i, "单|单号|编号|型号|号|房|码|为|第|order|number|no|room|model|item|code|id|size");
	if (digits || number || (word->detail == NLP_NEED_HOLIDAYS && !named) ||
	    (word->detail == NLP_NEED_NO_MEASURE && !named &&
	     (nlp_time_stands(chars, nlp_time_skip(chars, *end), not_measured) || nlp_is_numeral(chars->cp[*end]) ||
	      chars->class[*end] == NLP_CLASS_LETTER || chars->cp[*end] == '-')))
		return false;
	*date = (struct nlp_date){.kind = NLP_DATE_HOLIDAY, .grain = NLP_GRAIN_DAY, .holiday = word->value};
	return true;
}

/* What may follow a year, from `at`; the year alone otherwise. */
static bool year_rest(const struct nlp_chars *chars, size_t at, int64_t today, int year, size_t *end,
                      struct nlp_date *date)
{
	enum nlp_edge edge;
	size_t of = nlp_time_skip(chars, at);
	of += nlp_literal(chars->cp, of, "的") > 0;
	if (month_at(chars, of, today, year, end, date) || quarter_at(chars, of, year, end, date))
		return true;
	if (nlp_literal(chars->cp, of, "上半年") > 0 || nlp_literal(chars->cp, of, "下半年") > 0) {
		*end = of + 3;
		return nlp_date_set_half(date, year, nlp_literal(chars->cp, of, "上") > 0 ? 1 : 2);
	}
	if (holiday_of(chars, of, end, date)) {
		int64_t from, to, first = nlp_day_of(year, 1, 1);
		return nlp_date_is_valid(year, 1, 1) && nlp_date_resolve(date, first, false, &from, &to) &&
		       from < nlp_day_of(year + 1, 1, 1) && nlp_date_set_day(date, from);
	}
	size_t after = of + (nlp_literal(chars->cp, of, "年") > 0), next = edge_at(chars, after, &edge);
	if (next > 0) {
		*end = next;
		return nlp_date_set_year(date, year, edge);
	}
	*end = at;
	return !nlp_is_numeral(chars->cp[at]) && nlp_date_set_year(date, year, NLP_EDGE_NONE);
}

static bool year_at(const struct nlp_chars *chars, size_t i, int64_t today, int this_year, size_t *end,
                    struct nlp_date *date)
{
	const struct nlp_time_word *word = nlp_time_word_at(chars, i, NLP_WORD_YEAR, end);
	int year, month;
	size_t at, next;
	if (word)
		return year_rest(chars, *end, today, this_year + word->value, end, date);
	if (!nlp_time_number(chars, i, &year, &at) || nlp_literal(chars->cp, nlp_time_skip(chars, at), "年") == 0)
		return false;
	at = nlp_time_skip(chars, at) + 1;
	if (at - i >= 5) /* four digits */
		return year_rest(chars, at, today, year, end, date);
	/* 26年3月 */
	return at - i == 3 && nlp_time_is_digit(chars->cp[i]) && nlp_time_number(chars, at, &month, &next) &&
	       month_at(chars, at, today, year + (year < 70 ? 2000 : 1900), end, date);
}

/* 下个月15号, 本月底, 下周五, 上季度 */
static bool shifted_at(const struct nlp_chars *chars, size_t i, int64_t today, int year, int month, size_t *end,
                       struct nlp_date *date)
{
	size_t at;
	const struct nlp_time_word *shift = nlp_time_word_at(chars, i, NLP_WORD_SHIFT, &at);
	if (!shift || shift->detail != NLP_SHIFT_CHINESE ||
	    nlp_time_follows(chars, i, "以|网|线|天|地|身|马|楼|手|桌|路|底|之|一"))
		return false;
	if (week_at(chars, at, today, shift, end, date))
		return true;
	if (nlp_literal(chars->cp, at, "季度") > 0 ||
	    (nlp_literal(chars->cp, at, "季") > 0 && nlp_literal(chars->cp, at, "季节") == 0)) {
		*end = at + (nlp_literal(chars->cp, at, "季度") > 0 ? 2 : 1);
		return nlp_date_set_unit(date, today, NLP_GRAIN_QUARTER, shift->value, NLP_EDGE_NONE);
	}
	if (nlp_literal(chars->cp, at, "年") > 0 && at > i + 1) { /* 下一年; 上年 is also the end of another word */
		*end = at + 1;
		return nlp_date_set_unit(date, today, NLP_GRAIN_YEAR, shift->value, NLP_EDGE_NONE);
	}
	if (nlp_literal(chars->cp, at, "月") == 0)
		return false;
	int months = year * 12 + month - 1 + shift->value;
	return month_rest(chars, at + 1, today, months / 12, months % 12 + 1, end, date);
}

/* 月底, 年初, 上半年, 中旬: of this month and year, or of the next one where it is over. */
static bool bare_edge_at(const struct nlp_chars *chars, size_t i, int64_t today, int year, int month, size_t *end,
                         struct nlp_date *date)
{
	enum nlp_edge edge;
	bool of_month = nlp_literal(chars->cp, i, "月") > 0, of_year = nlp_literal(chars->cp, i, "年") > 0;
	if (nlp_literal(chars->cp, i, "上半年") > 0 || nlp_literal(chars->cp, i, "下半年") > 0) {
		*end = i + 3;
		return nlp_date_set_half(date, year, nlp_literal(chars->cp, i, "上") > 0 ? 1 : 2);
	}
	if ((!of_month && !of_year) || (i > 0 && nlp_is_numeral(chars->cp[i - 1])) ||
	    nlp_time_follows(chars, i, "个|几|多|半|新|过|每|去|今|明|本|当|前|后|周|青|少|老|中|童|成"))
		return false;
	size_t next = edge_at(chars, i + 1, &edge);
	if (next == 0 || nlp_time_stands(chars, i, "年中无休|月中奖|年头|月头|月尾|年尾巴"))
		return false;
	*end = next;
	if (of_year)
		return nlp_date_set_year(date, year, edge) && (date->to > today || nlp_date_set_year(date, year + 1, edge));
	return nlp_date_set_month(date, year, month, edge) &&
	       (date->to > today || nlp_date_set_month(date, year + month / 12, month % 12 + 1, edge));
}

/* 3号, and 15日 where that is not a number of days (7日内, 15日无理由). */
static bool day_of_month_at(const struct nlp_chars *chars, size_t i, size_t *end, struct nlp_date *date)
{
	int day;
	size_t at;
	if (!nlp_time_number(chars, i, &day, &at) || day < 1 || day > 31)
		return false;
	bool number = nlp_literal(chars->cp, at, "号") > 0, named = nlp_literal(chars->cp, at, "日") > 0;
	if ((!number && !named) || nlp_time_follows(chars, i, "第|#|单|订单|月|月的|月份") ||
	    nlp_time_stands(chars, at + 1, not_a_day))
		return false;
	bool few = named && day < 10 && !nlp_time_is_digit(chars->cp[i]); /* 一日三餐 */
	if (few)
		return false;
	if (named && nlp_time_stands(chars, at + 1,
	                             "无|达|游|内|后|前|以|之内|之后|之前|元|用|均|币|本|常|志|子|落|照|租|结|息|付|报"))
		return false;
	*end = at + 1;
	*date = (struct nlp_date){.kind = NLP_DATE_DAY_OF_MONTH, .grain = NLP_GRAIN_DAY, .day = day};
	return true;
}

/* Whether 每 stands before a weekday, or before others that it is listed with. */
static bool is_repeated(const struct nlp_chars *chars, size_t i)
{
	static const char list[] = "周星期礼拜一二三四五六日天末个到至和与、-,";
	for (unsigned n = 0; n < REPEAT_CHARS && i > 0; n++) {
		uint32_t cp = chars->cp[--i];
		const char *p = list;
		if (nlp_literal(chars->cp, i, "每") > 0)
			return true;
		while (*p && g_utf8_get_char(p) != cp)
			p = g_utf8_next_char(p);
		if (*p == '\0')
			return false;
	}
	return false;
}

bool nlp_date_chinese_at(const struct nlp_chars *chars, size_t i, int64_t today, size_t *end, struct nlp_date *date)
{
	int year, month, day;
	uint32_t cp = chars->cp[i];
	if (nlp_time_is_letter(cp) ||
	    (!nlp_time_word_may_start(cp) && !nlp_is_numeral(cp) && chars->class[i] != NLP_CLASS_HAN))
		return false;
	if (nlp_time_follows(chars, i, "第|农历|阴历") || (nlp_is_numeral(cp) && nlp_time_follows(chars, i, "年|每月")))
		return false;
	nlp_day_split(today, &year, &month, &day);
	/* 两周一次, but 周六周日; 每周一到周五 comes again and again. */
	bool counted =
	    i > 0 && nlp_is_numeral(chars->cp[i - 1]) && !(i > 1 && nlp_time_follows(chars, i - 1, "周|星期|礼拜"));
	if (week_word(chars, i) > 0)
		return !counted && !is_repeated(chars, i) && week_at(chars, i, today, NULL, end, date);
	return year_at(chars, i, today, year, end, date) || month_at(chars, i, today, 0, end, date) ||
	       holiday_of(chars, i, end, date) || shifted_at(chars, i, today, year, month, end, date) ||
	       quarter_at(chars, i, year, end, date) || bare_edge_at(chars, i, today, year, month, end, date) ||
	       day_of_month_at(chars, i, end, date);
}
