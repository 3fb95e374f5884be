/* Every row of the table has the words for one meaning, separated by '|'. The index over them is made once in a
 * process: all words in buckets by their first two characters, the longer ones first, so that a look-up tries only the
 * few words that begin like the text. */
#include "entity/time_lexicon.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "entity/holiday.h"
#include "entity/number.h"
#include "text/utf8.h"

#define WORDS_MAX  1024
#define BUCKETS    1024u
#define DIGITS_MAX 4
#define TEN        0x5341 /* 十 */

static const struct nlp_time_word words[] = {
    {"今天|今日|今儿|今儿个|today", NLP_WORD_DAY, 0, 0},
    {"明天|明日|明儿|明儿个|tomorrow|tomorow|tommorow|tommorrow|tmr|tmrw", NLP_WORD_DAY, 1, 0},
    {"后天|day after tomorrow|the day after tomorrow", NLP_WORD_DAY, 2, 0},
    {"大后天", NLP_WORD_DAY, 3, 0},
    {"昨天|昨日|昨儿|昨儿个|yesterday", NLP_WORD_DAY, -1, 0},
    {"前天|前日|day before yesterday|the day before yesterday", NLP_WORD_DAY, -2, 0},
    {"大前天", NLP_WORD_DAY, -3, 0},
    {"今早|今晨", NLP_WORD_DAY, 0, NLP_PART_MORNING},
    {"今晚|今夜|tonight|tonite|tonights", NLP_WORD_DAY, 0, NLP_PART_EVENING},
    {"明早|明晨", NLP_WORD_DAY, 1, NLP_PART_MORNING},
    {"明晚|明夜", NLP_WORD_DAY, 1, NLP_PART_EVENING},
    {"昨晚|昨夜|last night", NLP_WORD_DAY, -1, NLP_PART_EVENING},
    {"前晚", NLP_WORD_DAY, -2, NLP_PART_EVENING},
    {"late tonight", NLP_WORD_DAY, 0, NLP_PART_LATE},
    {"late last night", NLP_WORD_DAY, -1, NLP_PART_LATE},
    {"monday|mondays", NLP_WORD_WEEKDAY, 0, 0},
    {"tuesday|tuesdays|tues|tue", NLP_WORD_WEEKDAY, 1, 0},
    {"wednesday|wednesdays", NLP_WORD_WEEKDAY, 2, 0},
    {"thursday|thursdays|thurs|thur|thu", NLP_WORD_WEEKDAY, 3, 0},
    {"friday|fridays|fri", NLP_WORD_WEEKDAY, 4, 0},
    {"saturday|saturdays", NLP_WORD_WEEKDAY, 5, 0},
    {"sunday|sundays", NLP_WORD_WEEKDAY, 6, 0},
    {"mon", NLP_WORD_WEEKDAY, 0, 1},
    {"wed|weds", NLP_WORD_WEEKDAY, 2, 1},
    {"sat", NLP_WORD_WEEKDAY, 5, 1},
    {"sun", NLP_WORD_WEEKDAY, 6, 1},
    {"january", NLP_WORD_MONTH, 1, 0},
    {"february", NLP_WORD_MONTH, 2, 0},
    {"april", NLP_WORD_MONTH, 4, 0},
    {"june", NLP_WORD_MONTH, 6, 0},
    {"july", NLP_WORD_MONTH, 7, 0},
    {"august", NLP_WORD_MONTH, 8, 0},
    {"september", NLP_WORD_MONTH, 9, 0},
    {"october", NLP_WORD_MONTH, 10, 0},
    {"november", NLP_WORD_MONTH, 11, 0},
    {"december", NLP_WORD_MONTH, 12, 0},
    {"jan", NLP_WORD_MONTH, 1, 1},
    {"feb", NLP_WORD_MONTH, 2, 1},
    {"march|mar", NLP_WORD_MONTH, 3, 1},
    {"apr", NLP_WORD_MONTH, 4, 1},
    {"may", NLP_WORD_MONTH, 5, 1},
    {"jun", NLP_WORD_MONTH, 6, 1},
    {"jul", NLP_WORD_MONTH, 7, 1},
    {"aug", NLP_WORD_MONTH, 8, 1},
    {"sep|sept", NLP_WORD_MONTH, 9, 1},
    {"oct", NLP_WORD_MONTH, 10, 1},
    {"nov", NLP_WORD_MONTH, 11, 1},
    {"dec", NLP_WORD_MONTH, 12, 1},
    {"凌晨", NLP_WORD_PART, NLP_PART_DAWN, 0},
    {"清晨|清早|大清早|一大早|early morning", NLP_WORD_PART, NLP_PART_EARLY, 0},
    {"早上|早晨|早间|上午|morning|mornings", NLP_WORD_PART, NLP_PART_MORNING, 0},
    {"中午|正午|晌午|noon|midday", NLP_WORD_PART, NLP_PART_NOON, 0},
    {"lunchtime|lunch time", NLP_WORD_PART, NLP_PART_LUNCH, 0},
    {"下午|午后|afternoon|afternoons", NLP_WORD_PART, NLP_PART_AFTERNOON, 0},
    {"傍晚|黄昏", NLP_WORD_PART, NLP_PART_DUSK, 0},
    {"晚上|晚间|夜里|夜晚|夜间|evening|night|evenings|nights", NLP_WORD_PART, NLP_PART_EVENING, 0},
    {"深夜|late night|late evening", NLP_WORD_PART, NLP_PART_LATE, 0},
    {"半夜|午夜|midnight", NLP_WORD_PART, NLP_PART_MIDNIGHT, 0},
    {"元旦|元旦节|阳历新年|公历新年|new year's day|new years day|new year day|new year's", NLP_WORD_HOLIDAY,
     NLP_HOLIDAY_NEW_YEAR, 0},
    {"情人节|valentine's day|valentines day|valentine day|valentine's", NLP_WORD_HOLIDAY, NLP_HOLIDAY_VALENTINE, 0},
    {"妇女节|三八节|三八妇女节|女神节|international women's day|women's day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_WOMEN, 0},
    {"白色情人节", NLP_WORD_HOLIDAY, NLP_HOLIDAY_WHITE_DAY, 0},
    {"消费者权益日|三一五|315晚会", NLP_WORD_HOLIDAY, NLP_HOLIDAY_CONSUMERS, 0},
    {"st patrick's day|st. patrick's day|st patricks day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_PATRICK, 0},
    {"愚人节|april fools|april fools day|april fools' day|april fool's day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_FOOLS, 0},
    {"劳动节|五一劳动节|国际劳动节|五一国际劳动节|五一节|五一假期|五一黄金周", NLP_WORD_HOLIDAY, NLP_HOLIDAY_LABOUR, 0},
    {"青年节|五四青年节", NLP_WORD_HOLIDAY, NLP_HOLIDAY_YOUTH, 0},
    {"儿童节|六一儿童节|国际儿童节|children's day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_CHILDREN, 0},
    {"independence day|fourth of july", NLP_WORD_HOLIDAY, NLP_HOLIDAY_INDEPENDENCE, 0},
    {"教师节|teachers' day|teacher's day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_TEACHERS, 0},
    {"国庆节|国庆|十一国庆|十一国庆节|十一假期|十一长假|十一黄金周|national day", NLP_WORD_HOLIDAY,
     NLP_HOLIDAY_NATIONAL, 0},
    {"万圣节|万圣夜|halloween", NLP_WORD_HOLIDAY, NLP_HOLIDAY_HALLOWEEN, 0},
    {"双十一|双11|光棍节|11.11大促|11.11购物节|singles' day|singles day|single's day|double 11|double eleven",
     NLP_WORD_HOLIDAY, NLP_HOLIDAY_NOVEMBER_11, 0},
    {"双十二|双12|12.12大促|double 12|double twelve", NLP_WORD_HOLIDAY, NLP_HOLIDAY_DECEMBER_12, 0},
    {"平安夜|圣诞前夜|圣诞夜|christmas eve|xmas eve", NLP_WORD_HOLIDAY, NLP_HOLIDAY_CHRISTMAS_EVE, 0},
    {"圣诞|圣诞节|christmas|christmas day|xmas|xmas day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_CHRISTMAS, 0},
    {"节礼日|boxing day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_BOXING, 0},
    {"跨年夜|新年前夜|new year's eve|new years eve|new year eve|nye", NLP_WORD_HOLIDAY, NLP_HOLIDAY_NEW_YEAR_EVE, 0},
    {"清明|清明节|tomb sweeping day|qingming festival|qingming", NLP_WORD_HOLIDAY, NLP_HOLIDAY_QINGMING, 0},
    {"母亲节|mother's day|mothers day|mothers' day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_MOTHERS, 0},
    {"父亲节|father's day|fathers day|fathers' day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_FATHERS, 0},
    {"memorial day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_MEMORIAL, 0},
    {"labor day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_LABOR_US, 0},
    {"感恩节|thanksgiving|thanksgiving day", NLP_WORD_HOLIDAY, NLP_HOLIDAY_THANKSGIVING, 0},
    {"黑色星期五|黑五|black friday", NLP_WORD_HOLIDAY, NLP_HOLIDAY_BLACK_FRIDAY, 0},
    {"网络星期一|网购星期一|cyber monday", NLP_WORD_HOLIDAY, NLP_HOLIDAY_CYBER_MONDAY, 0},
    {"耶稣受难日|good friday", NLP_WORD_HOLIDAY, NLP_HOLIDAY_GOOD_FRIDAY, 0},
    {"复活节|easter|easter sunday", NLP_WORD_HOLIDAY, NLP_HOLIDAY_EASTER, 0},
    {"easter monday", NLP_WORD_HOLIDAY, NLP_HOLIDAY_EASTER_MONDAY, 0},
    {"除夕|除夕夜|大年三十|年三十|chinese new year's eve|chinese new year eve|lunar new year's eve", NLP_WORD_HOLIDAY,
     NLP_HOLIDAY_LUNAR_EVE, 0},
    {"春节|农历新年|大年初一|正月初一|chinese new year|chinese new year's day|lunar new year|spring festival",
     NLP_WORD_HOLIDAY, NLP_HOLIDAY_LUNAR_NEW_YEAR, 0},
    {"元宵节|元宵|lantern festival", NLP_WORD_HOLIDAY, NLP_HOLIDAY_LANTERN, 0},
    {"端午节|端午|dragon boat festival", NLP_WORD_HOLIDAY, NLP_HOLIDAY_DRAGON_BOAT, 0},
    {"七夕|七夕节|七夕情人节|qixi festival|qixi", NLP_WORD_HOLIDAY, NLP_HOLIDAY_QIXI, 0},
    {"中秋节|中秋|八月十五中秋节|mid-autumn festival|mid autumn festival|mid-autumn day|moon festival",
     NLP_WORD_HOLIDAY, NLP_HOLIDAY_MID_AUTUMN, 0},
    {"重阳节|重阳|double ninth festival", NLP_WORD_HOLIDAY, NLP_HOLIDAY_DOUBLE_NINTH, 0},
    {"五一", NLP_WORD_HOLIDAY, NLP_HOLIDAY_LABOUR, NLP_NEED_NO_MEASURE},
    {"618", NLP_WORD_HOLIDAY, NLP_HOLIDAY_JUNE_18, NLP_NEED_NO_MEASURE},
    {"六一", NLP_WORD_HOLIDAY, NLP_HOLIDAY_CHILDREN, NLP_NEED_NO_MEASURE},
    {"818", NLP_WORD_HOLIDAY, NLP_HOLIDAY_AUGUST_18, NLP_NEED_HOLIDAYS},
    {"520", NLP_WORD_HOLIDAY, NLP_HOLIDAY_MAY_20, NLP_NEED_HOLIDAYS},
    {"十一", NLP_WORD_HOLIDAY, NLP_HOLIDAY_NATIONAL, NLP_NEED_HOLIDAYS},
    {"秒|秒钟|second|seconds|sec|secs", NLP_WORD_UNIT, NLP_GRAIN_SECOND, 1},
    {"分钟|minute|minutes|min|mins", NLP_WORD_UNIT, NLP_GRAIN_MINUTE, 1},
    {"刻钟", NLP_WORD_UNIT, NLP_GRAIN_MINUTE, 15},
    {"小时|钟头|hour|hours|hr|hrs|h", NLP_WORD_UNIT, NLP_GRAIN_HOUR, 1},
    {"天|工作日|自然日|day|days|business day|business days|working day|working days|workday|workdays|work day|work "
     "days|calendar day|calendar days",
     NLP_WORD_UNIT, NLP_GRAIN_DAY, 1},
    {"周|星期|礼拜|week|weeks|wk|wks", NLP_WORD_UNIT, NLP_GRAIN_WEEK, 1},
    {"fortnight|fortnights", NLP_WORD_UNIT, NLP_GRAIN_WEEK, 2},
    {"month|months|mos", NLP_WORD_UNIT, NLP_GRAIN_MONTH, 1},
    {"季度|quarter|quarters", NLP_WORD_UNIT, NLP_GRAIN_QUARTER, 1},
    {"年|year|years|yr|yrs", NLP_WORD_UNIT, NLP_GRAIN_YEAR, 1},
    {"one", NLP_WORD_NUMBER, 1, 0},
    {"two", NLP_WORD_NUMBER, 2, 0},
    {"three", NLP_WORD_NUMBER, 3, 0},
    {"four", NLP_WORD_NUMBER, 4, 0},
    {"five", NLP_WORD_NUMBER, 5, 0},
    {"six", NLP_WORD_NUMBER, 6, 0},
    {"seven", NLP_WORD_NUMBER, 7, 0},
    {"eight", NLP_WORD_NUMBER, 8, 0},
    {"nine", NLP_WORD_NUMBER, 9, 0},
    {"ten", NLP_WORD_NUMBER, 10, 0},
    {"eleven", NLP_WORD_NUMBER, 11, 0},
    {"twelve", NLP_WORD_NUMBER, 12, 0},
    {"thirteen", NLP_WORD_NUMBER, 13, 0},
    {"fourteen", NLP_WORD_NUMBER, 14, 0},
    {"fifteen", NLP_WORD_NUMBER, 15, 0},
    {"sixteen", NLP_WORD_NUMBER, 16, 0},
    {"seventeen", NLP_WORD_NUMBER, 17, 0},
    {"eighteen", NLP_WORD_NUMBER, 18, 0},
    {"nineteen", NLP_WORD_NUMBER, 19, 0},
    {"twenty", NLP_WORD_NUMBER, 20, 0},
    {"thirty", NLP_WORD_NUMBER, 30, 0},
    {"forty", NLP_WORD_NUMBER, 40, 0},
    {"fifty", NLP_WORD_NUMBER, 50, 0},
    {"sixty", NLP_WORD_NUMBER, 60, 0},
    {"seventy", NLP_WORD_NUMBER, 70, 0},
    {"eighty", NLP_WORD_NUMBER, 80, 0},
    {"ninety", NLP_WORD_NUMBER, 90, 0},
    {"first", NLP_WORD_ORDINAL, 1, 0},
    {"second", NLP_WORD_ORDINAL, 2, 0},
    {"third", NLP_WORD_ORDINAL, 3, 0},
    {"fourth", NLP_WORD_ORDINAL, 4, 0},
    {"fifth", NLP_WORD_ORDINAL, 5, 0},
    {"sixth", NLP_WORD_ORDINAL, 6, 0},
    {"seventh", NLP_WORD_ORDINAL, 7, 0},
    {"eighth", NLP_WORD_ORDINAL, 8, 0},
    {"ninth", NLP_WORD_ORDINAL, 9, 0},
    {"tenth", NLP_WORD_ORDINAL, 10, 0},
    {"eleventh", NLP_WORD_ORDINAL, 11, 0},
    {"twelfth", NLP_WORD_ORDINAL, 12, 0},
    {"thirteenth", NLP_WORD_ORDINAL, 13, 0},
    {"fourteenth", NLP_WORD_ORDINAL, 14, 0},
    {"fifteenth", NLP_WORD_ORDINAL, 15, 0},
    {"sixteenth", NLP_WORD_ORDINAL, 16, 0},
    {"seventeenth", NLP_WORD_ORDINAL, 17, 0},
    {"eighteenth", NLP_WORD_ORDINAL, 18, 0},
    {"nineteenth", NLP_WORD_ORDINAL, 19, 0},
    {"twentieth", NLP_WORD_ORDINAL, 20, 0},
    {"twenty-first|twenty first", NLP_WORD_ORDINAL, 21, 0},
    {"twenty-second|twenty second", NLP_WORD_ORDINAL, 22, 0},
    {"twenty-third|twenty third", NLP_WORD_ORDINAL, 23, 0},
    {"twenty-fourth|twenty fourth", NLP_WORD_ORDINAL, 24, 0},
    {"twenty-fifth|twenty fifth", NLP_WORD_ORDINAL, 25, 0},
    {"twenty-sixth|twenty sixth", NLP_WORD_ORDINAL, 26, 0},
    {"twenty-seventh|twenty seventh", NLP_WORD_ORDINAL, 27, 0},
    {"twenty-eighth|twenty eighth", NLP_WORD_ORDINAL, 28, 0},
    {"twenty-ninth|twenty ninth", NLP_WORD_ORDINAL, 29, 0},
    {"thirtieth", NLP_WORD_ORDINAL, 30, 0},
    {"thirty-first|thirty first", NLP_WORD_ORDINAL, 31, 0},
    {"this|the current|current|this current", NLP_WORD_SHIFT, 0, NLP_SHIFT_ENGLISH},
    {"next|the next|the following|following", NLP_WORD_SHIFT, 1, NLP_SHIFT_ENGLISH},
    {"last|the last|previous|the previous|this past|the past|past", NLP_WORD_SHIFT, -1, NLP_SHIFT_ENGLISH},
    {"coming|this coming|the coming|upcoming|the upcoming", NLP_WORD_SHIFT, 0, NLP_SHIFT_COMING},
    {"上上|上上个|上上一|上上一个", NLP_WORD_SHIFT, -2, NLP_SHIFT_CHINESE},
    {"上|上个|上一|上一个", NLP_WORD_SHIFT, -1, NLP_SHIFT_CHINESE},
    {"这|这个|这一|这一个|本", NLP_WORD_SHIFT, 0, NLP_SHIFT_CHINESE},
    {"下|下个|下一|下一个", NLP_WORD_SHIFT, 1, NLP_SHIFT_CHINESE},
    {"下下|下下个|下下一|下下一个", NLP_WORD_SHIFT, 2, NLP_SHIFT_CHINESE},
    {"beginning of|the beginning of|start of|the start of", NLP_WORD_EDGE, NLP_EDGE_START, 0},
    {"middle of|the middle of", NLP_WORD_EDGE, NLP_EDGE_MIDDLE, 0},
    {"end of|the end of", NLP_WORD_EDGE, NLP_EDGE_END, 0},
    {"early", NLP_WORD_EDGE, NLP_EDGE_START, 1},
    {"mid|mid-", NLP_WORD_EDGE, NLP_EDGE_MIDDLE, 1},
    {"late", NLP_WORD_EDGE, NLP_EDGE_END, 1},
    {"before|prior to|earlier than|早于|by|until|till|til|up until|up to|no later than|not later "
     "than|截止到|截止至|截至到|截止|截至|直到|最晚|最迟|不晚于|不迟于",
     NLP_WORD_LEAD, NLP_BOUND_BEFORE, 0},
    {"through", NLP_WORD_LEAD, NLP_BOUND_UNTIL, 0},
    {"after|since|later than|starting from|starting|as of|晚于", NLP_WORD_LEAD, NLP_BOUND_AFTER, 0},
    {"之前|以前|前", NLP_WORD_TRAIL, NLP_BOUND_BEFORE, 0},
    {"为止", NLP_WORD_TRAIL, NLP_BOUND_UNTIL, 0},
    {"之后|以后|后|以来|起|onward|onwards|or later|and later", NLP_WORD_TRAIL, NLP_BOUND_AFTER, 0},
    {"from|从|自|自从", NLP_WORD_LEAD, NLP_BOUND_AFTER, 1},
    {"开始|on", NLP_WORD_TRAIL, NLP_BOUND_AFTER, 1},
    {"前|之前|以前|ago|back|earlier", NLP_WORD_AGO, -1, 0},
    {"后|之后|以后|later|from now|from today|hence", NLP_WORD_AGO, 1, 0},
    {"内|之内|以内", NLP_WORD_AGO, 0, 0},
    {"大前年", NLP_WORD_YEAR, -3, 0},
    {"前年", NLP_WORD_YEAR, -2, 0},
    {"去年", NLP_WORD_YEAR, -1, 0},
    {"今年|本年度|本年", NLP_WORD_YEAR, 0, 0},
    {"明年", NLP_WORD_YEAR, 1, 0},
    {"后年", NLP_WORD_YEAR, 2, 0},
    {"最近|最近的|近|近期|过去|过去的|the past|past|this past|in the last|in the past|over the last|over the "
     "past|during the last|during the past|within the last|within the past",
     NLP_WORD_WINDOW, NLP_WINDOW_RECENT, 0},
    {"within|within the next|in less than|in under", NLP_WORD_WINDOW, NLP_WINDOW_WITHIN, 0},
    {"last|the last|previous|the previous|前|上", NLP_WORD_WINDOW, NLP_WINDOW_LAST, 0},
    {"next|the next|in the next|over the next|during the next|the coming|the "
     "following|未来|未来的|接下来|接下来的|今后|下",
     NLP_WORD_WINDOW, NLP_WINDOW_NEXT, 0},
    {"in|再过|过|in about|in another", NLP_WORD_WINDOW, NLP_WINDOW_IN, 0},
    {"a|an|the|at|on|half|few|hundred|of|couple|between|in between|and|to|介于", NLP_WORD_START, 0, 0},
    {"eod|eom|eoy|weekend|week-end|weekends|qtr|o'clock|oclock|am|pm", NLP_WORD_START, 0, 1},
    {"现在|此刻|此时|now|right now|just now", NLP_WORD_NOW, 0, 0},
};

struct entry {
	uint32_t first, second; /* code points; 0 where there is no second */
	uint8_t bytes;
	const char *text;
	const struct nlp_time_word *word;
};

/* In buckets by the first two characters, the longest words first. */
struct lexicon {
	size_t n;
	struct entry entries[WORDS_MAX];
	uint16_t bucket[BUCKETS + 1];
	uint32_t starts[0x10000 / 32];
};

static uint32_t bucket_of(uint32_t first, uint32_t second)
{
	return (first * 37 + second * 101) % BUCKETS;
}

static int by_bucket(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	uint32_t x_bucket = bucket_of(x->first, x->second), y_bucket = bucket_of(y->first, y->second);
	if (x_bucket != y_bucket)
		return x_bucket < y_bucket ? -1 : 1;
	if (x->bytes != y->bytes)
		return y->bytes - x->bytes;
	return memcmp(x->text, y->text, x->bytes);
}

static struct lexicon *lexicon_new(void)
{
	struct lexicon *lexicon = g_new0(struct lexicon, 1);
	for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
		for (const char *p = words[k].text; *p && lexicon->n < WORDS_MAX;) {
			struct entry *entry = &lexicon->entries[lexicon->n++];
			unsigned len, next;
			entry->first = nlp_utf8_get(p, &len);
			entry->second = p[len] == '|' || p[len] == '\0' ? 0 : nlp_utf8_get(p + len, &next);
			entry->text = p;
			entry->bytes = (uint8_t)strcspn(p, "|");
			entry->word = &words[k];
			lexicon->starts[entry->first / 32] |= 1u << entry->first % 32;
			p += entry->bytes;
			p += *p == '|';
		}
	}
	qsort(lexicon->entries, lexicon->n, sizeof *lexicon->entries, by_bucket);
	size_t at = 0;
	for (uint32_t bucket = 0; bucket <= BUCKETS; bucket++) {
		while (at < lexicon->n && bucket_of(lexicon->entries[at].first, lexicon->entries[at].second) < bucket)
			at++;
		lexicon->bucket[bucket] = (uint16_t)at;
	}
	return lexicon;
}

static const struct lexicon *lexicon_get(void)
{
	static struct lexicon *lexicon;
	if (g_once_init_enter(&lexicon))
		g_once_init_leave(&lexicon, lexicon_new());
	return lexicon;
}

bool nlp_time_is_letter(uint32_t cp)
{
	return cp - 'a' < 26u;
}

bool nlp_time_is_digit(uint32_t cp)
{
	return cp - '0' < 10u;
}

/* Length in characters of the `bytes` of `text` at `i`, or 0. */
static size_t literal(const struct nlp_chars *chars, size_t i, const char *text, size_t bytes)
{
	size_t n = 0;
	for (size_t at = 0; at < bytes; n++) {
		unsigned len;
		if (nlp_utf8_get(text + at, &len) != chars->cp[i + n])
			return 0;
		at += len;
	}
	return n;
}

/* Latin words end where no letter follows. */
static bool word_ends(const struct nlp_chars *chars, size_t i)
{
	return !(nlp_time_is_letter(chars->cp[i - 1]) && chars->class[i] == NLP_CLASS_LETTER);
}

static const struct nlp_time_word *word_in(const struct lexicon *lexicon, const struct nlp_chars *chars, size_t i,
                                           uint32_t second, unsigned kinds, size_t *end)
{
	uint32_t cp = chars->cp[i], bucket = bucket_of(cp, second);
	for (size_t k = lexicon->bucket[bucket]; k < lexicon->bucket[bucket + 1]; k++) {
		const struct entry *entry = &lexicon->entries[k];
		if (entry->first != cp || entry->second != second || !(entry->word->kind & kinds))
			continue;
		size_t len = literal(chars, i, entry->text, entry->bytes);
		if (len == 0 || !word_ends(chars, i + len))
			continue;
		*end = i + len;
		return entry->word;
	}
	return NULL;
}

const struct nlp_time_word *nlp_time_word_at(const struct nlp_chars *chars, size_t i, unsigned kinds, size_t *end)
{
	const struct lexicon *lexicon = lexicon_get();
	if (!nlp_time_word_may_start(chars->cp[i]))
		return NULL;
	const struct nlp_time_word *word = word_in(lexicon, chars, i, chars->cp[i + 1], kinds, end);
	return word || chars->cp[i + 1] == 0 ? word : word_in(lexicon, chars, i, 0, kinds, end);
}

bool nlp_time_word_begins(uint32_t first, uint32_t second)
{
	const struct lexicon *lexicon = lexicon_get();
	uint32_t bucket = bucket_of(first, second);
	for (size_t k = lexicon->bucket[bucket]; k < lexicon->bucket[bucket + 1]; k++)
		if (lexicon->entries[k].first == first && lexicon->entries[k].second == second)
			return true;
	return false;
}

bool nlp_time_word_may_start(uint32_t cp)
{
	return cp < 0x10000 && lexicon_get()->starts[cp / 32] & 1u << cp % 32;
}

bool nlp_time_stands(const struct nlp_chars *chars, size_t i, const char *list)
{
	while (*list) {
		size_t bytes = strcspn(list, "|");
		size_t len = literal(chars, i, list, bytes);
		if (len > 0 && word_ends(chars, i + len))
			return true;
		list += bytes;
		list += *list == '|';
	}
	return false;
}

bool nlp_time_follows(const struct nlp_chars *chars, size_t i, const char *list)
{
	size_t tight = i;
	for (unsigned n = 0; n < 2 && i > 0 && chars->class[i - 1] == NLP_CLASS_SPACE; n++)
		i--;
	while (*list) {
		size_t bytes = strcspn(list, "|"), len = 0;
		for (size_t k = 0; k < bytes; k++)
			len += ((uint8_t)list[k] & 0xC0) != 0x80;
		bool latin = nlp_time_is_letter((uint8_t)list[0]);
		size_t at = latin ? i : tight;
		if (len > 0 && len <= at && literal(chars, at - len, list, bytes) == len &&
		    !(latin && (tight == i || (at > len && chars->class[at - len - 1] == NLP_CLASS_LETTER))))
			return true;
		list += bytes;
		list += *list == '|';
	}
	return false;
}

size_t nlp_time_skip(const struct nlp_chars *chars, size_t i)
{
	for (unsigned n = 0; n < 2 && chars->class[i] == NLP_CLASS_SPACE; n++)
		i++;
	return i;
}

bool nlp_time_digits(const struct nlp_chars *chars, size_t i, unsigned n, int *value)
{
	*value = 0;
	for (unsigned k = 0; k < n; k++) {
		if (!nlp_time_is_digit(chars->cp[i + k]))
			return false;
		*value = *value * 10 + (int)(chars->cp[i + k] - '0');
	}
	return !nlp_time_is_digit(chars->cp[i + n]);
}

/* 三, 十五, 二十, 零五, 二〇二六: numerals up to 99, and digits one after the other. */
static bool chinese(const uint32_t *cp, size_t i, int *value, size_t *end)
{
	int digit = nlp_chinese_digit(cp[i]);
	size_t start = i;
	if (cp[i] == TEN || (digit > 0 && cp[i + 1] == TEN)) {
		i += cp[i] == TEN ? 1 : 2;
		*value = digit > 0 ? digit * 10 : 10;
		if (nlp_chinese_digit(cp[i]) > 0)
			*value += nlp_chinese_digit(cp[i++]);
	} else {
		for (*value = 0; nlp_chinese_digit(cp[i]) >= 0 && i - start < DIGITS_MAX; i++)
			*value = *value * 10 + nlp_chinese_digit(cp[i]);
		/* 三五 is a few. */
		if (i == start || (i - start > 1 && i - start < DIGITS_MAX && digit > 0))
			return false;
	}
	*end = i;
	return !nlp_is_numeral(cp[i]);
}

bool nlp_time_number(const struct nlp_chars *chars, size_t i, int *value, size_t *end)
{
	const uint32_t *cp = chars->cp;
	if (nlp_time_is_digit(cp[i])) {
		unsigned n = 1;
		while (n < DIGITS_MAX && nlp_time_is_digit(cp[i + n]))
			n++;
		*end = i + n;
		return nlp_time_digits(chars, i, n, value) && !(cp[*end] == '.' && nlp_time_is_digit(cp[*end + 1]));
	}
	return chinese(cp, i, value, end);
}
