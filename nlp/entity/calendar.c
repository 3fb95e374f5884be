/* Days from dates and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and
 * civil_from_days. */
#include "entity/calendar.h"

#define EPOCH_WEEKDAY 3 /* 1970-01-01 was a Thursday */
#define MS            1000

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int nlp_month_days(int year, int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

bool nlp_date_is_valid(int year, int month, int day)
{
	return year >= NLP_YEAR_FIRST && year <= NLP_YEAR_LAST && month >= 1 && month <= 12 && day >= 1 &&
	       day <= nlp_month_days(year, month);
}

int64_t nlp_day_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = floor_div(y, 400), year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void nlp_day_split(int64_t day, int *year, int *month, int *day_of_month)
{
	int64_t z = day + 719468, era = floor_div(z, 146097), of_era = z - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * of_year + 2) / 153;
	*day_of_month = (int)(of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

int nlp_weekday(int64_t day)
{
	return (int)(day + EPOCH_WEEKDAY - floor_div(day + EPOCH_WEEKDAY, 7) * 7);
}

int64_t nlp_nth_weekday(int year, int month, int weekday, int n)
{
	if (n == 0) {
		int64_t last = nlp_day_of(year, month, nlp_month_days(year, month));
		return last - (nlp_weekday(last) - weekday + 7) % 7;
	}
	int64_t first = nlp_day_of(year, month, 1);
	return first + (weekday - nlp_weekday(first) + 7) % 7 + (int64_t)7 * (n - 1);
}

int64_t nlp_day_add_months(int64_t day, int64_t months)
{
	int year, month, of_month;
	nlp_day_split(day, &year, &month, &of_month);
	int64_t total = (int64_t)year * 12 + month - 1 + months;
	year = (int)floor_div(total, 12);
	month = (int)(total - (int64_t)year * 12) + 1;
	return nlp_day_of(year, month, MIN(of_month, nlp_month_days(year, month)));
}

int64_t nlp_unit_start(int64_t seconds, enum nlp_grain unit)
{
	int64_t day = floor_div(seconds, NLP_DAY_SECONDS);
	int year, month, of_month;
	switch (unit) {
	case NLP_GRAIN_SECOND:
		return seconds;
	case NLP_GRAIN_MINUTE:
		return floor_div(seconds, 60) * 60;
	case NLP_GRAIN_HOUR:
		return floor_div(seconds, 3600) * 3600;
	case NLP_GRAIN_DAY:
		return day * NLP_DAY_SECONDS;
	case NLP_GRAIN_WEEK:
		return (day - nlp_weekday(day)) * NLP_DAY_SECONDS;
	case NLP_GRAIN_MONTH:
	case NLP_GRAIN_QUARTER:
	case NLP_GRAIN_YEAR:
		break;
	}
	nlp_day_split(day, &year, &month, &of_month);
	if (unit == NLP_GRAIN_QUARTER)
		month -= (month - 1) % NLP_QUARTER_SIZE;
	return nlp_day_of(year, unit == NLP_GRAIN_YEAR ? 1 : month, 1) * NLP_DAY_SECONDS;
}

int64_t nlp_unit_add(int64_t seconds, enum nlp_grain unit, int64_t n)
{
	static const int32_t fixed[] = {1, 60, 3600, 86400, 7 * 86400};
	if (unit <= NLP_GRAIN_WEEK)
		return seconds + n * fixed[unit];
	int64_t day = floor_div(seconds, NLP_DAY_SECONDS), rest = seconds - day * NLP_DAY_SECONDS;
	int64_t months = unit == NLP_GRAIN_YEAR ? 12 : unit == NLP_GRAIN_QUARTER ? NLP_QUARTER_SIZE : 1;
	return nlp_day_add_months(day, n * months) * NLP_DAY_SECONDS + rest;
}

static int32_t offset_at(GTimeZone *zone, int64_t utc_seconds)
{
	return g_time_zone_get_offset(zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, utc_seconds));
}

int64_t nlp_clock_read(GTimeZone *zone, int64_t ms)
{
	int64_t seconds = floor_div(ms, MS);
	return seconds + offset_at(zone, seconds);
}

int64_t nlp_clock_instant(GTimeZone *zone, int64_t seconds)
{
	gint64 wall = seconds;
	/* Daylight time comes first where a wall clock shows a time twice. */
	gint interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_DAYLIGHT, &wall);
	return (wall - g_time_zone_get_offset(zone, interval)) * MS;
}

void nlp_instant_append(GString *out, GTimeZone *zone, int64_t ms)
{
	int64_t seconds = floor_div(ms, MS);
	int32_t offset = offset_at(zone, seconds) / 60; /* ISO 8601 has no seconds of an offset, as before 1901 */
	int64_t wall = seconds + (int64_t)offset * 60, day = floor_div(wall, NLP_DAY_SECONDS);
	int of_day = (int)(wall - day * NLP_DAY_SECONDS), year, month, of_month, away = offset < 0 ? -offset : offset;
	nlp_day_split(day, &year, &month, &of_month);
	g_string_append_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d", year, month, of_month, of_day / 3600,
	                       of_day / 60 % 60, of_day % 60, (int)(ms - seconds * MS), offset < 0 ? '-' : '+', away / 60,
	                       away % 60);
}
