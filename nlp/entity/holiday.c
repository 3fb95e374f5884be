#include "entity/holiday.h"

#include "entity/calendar.h"

#define LUNAR_FIRST 2020
#define LUNAR_LAST  2040

/* Month * 100 + day, in the order of the enumeration. */
static const uint16_t fixed_dates[NLP_HOLIDAY_FIXED] = {101,  214,  308,  314,  315,  317,  401, 501,
                                                        504,  520,  601,  618,  704,  818,  910, 1001,
                                                        1031, 1111, 1212, 1224, 1225, 1226, 1231};

/* Month * 100 + day of the lunar dates 1/1, 5/5, 7/7, 8/15 and 9/9: from the tables of the Python package lunardate
 * 0.3.0 and checked against the new moons at Beijing that PyEphem 4.2 computes. */
static const uint16_t lunar_dates[LUNAR_LAST - LUNAR_FIRST + 1][5] = {
    {125, 625, 825, 1001, 1025}, {212, 614, 814, 921, 1014},  {201, 603, 804, 910, 1004}, {122, 622, 822, 929, 1023},
    {210, 610, 810, 917, 1011},  {129, 531, 829, 1006, 1029}, {217, 619, 819, 925, 1018}, {206, 609, 808, 915, 1008},
    {126, 528, 826, 1003, 1026}, {213, 616, 816, 922, 1016},  {203, 605, 805, 912, 1005}, {123, 624, 824, 1001, 1024},
    {211, 612, 812, 919, 1012},  {131, 601, 801, 908, 1001},  {219, 620, 820, 927, 1020}, {208, 610, 810, 916, 1009},
    {128, 530, 828, 1004, 1027}, {215, 618, 817, 924, 1017},  {204, 607, 807, 913, 1007}, {124, 527, 826, 1002, 1026},
    {212, 614, 814, 920, 1014}};

static int64_t day_of_code(int year, int code)
{
	return nlp_day_of(year, code / 100, code % 100);
}

/* Gregorian Easter Sunday: the "anonymous" algorithm, Meeus, Astronomical Algorithms, chapter 8. */
static int64_t easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
	return nlp_day_of(year, n / 31, n % 31 + 1);
}

/* The 5th solar term: the usual approximation by the leap years of the century, right from 2001 to 2099. */
static bool qingming(int year, int64_t *day)
{
	int of_century = year - 2000;
	if (of_century < 1 || of_century > 99)
		return false;
	*day = nlp_day_of(year, 4, (of_century * 2422 + 48100) / 10000 - of_century / 4);
	return true;
}

static bool lunar(enum nlp_holiday holiday, int year, int64_t *day)
{
	if (year < LUNAR_FIRST || year > LUNAR_LAST)
		return false;
	const uint16_t *dates = lunar_dates[year - LUNAR_FIRST];
	switch (holiday) {
	case NLP_HOLIDAY_LUNAR_EVE:
		*day = day_of_code(year, dates[0]) - 1;
		return true;
	case NLP_HOLIDAY_LANTERN:
		*day = day_of_code(year, dates[0]) + 14;
		return true;
	case NLP_HOLIDAY_LUNAR_NEW_YEAR:
		*day = day_of_code(year, dates[0]);
		return true;
	default:
		*day = day_of_code(year, dates[1 + holiday - NLP_HOLIDAY_DRAGON_BOAT]);
		return true;
	}
}

bool nlp_holiday_day(enum nlp_holiday holiday, int year, int64_t *day)
{
	if (year < NLP_YEAR_FIRST || year > NLP_YEAR_LAST)
		return false;
	if (holiday < NLP_HOLIDAY_FIXED) {
		*day = day_of_code(year, fixed_dates[holiday]);
		return true;
	}
	switch (holiday) {
	case NLP_HOLIDAY_QINGMING:
		return qingming(year, day);
	case NLP_HOLIDAY_MOTHERS:
		*day = nlp_nth_weekday(year, 5, 6, 2);
		return true;
	case NLP_HOLIDAY_FATHERS:
		*day = nlp_nth_weekday(year, 6, 6, 3);
		return true;
	case NLP_HOLIDAY_MEMORIAL:
		*day = nlp_nth_weekday(year, 5, 0, 0);
		return true;
	case NLP_HOLIDAY_LABOR_US:
		*day = nlp_nth_weekday(year, 9, 0, 1);
		return true;
	case NLP_HOLIDAY_THANKSGIVING:
		*day = nlp_nth_weekday(year, 11, 3, 4);
		return true;
	case NLP_HOLIDAY_BLACK_FRIDAY:
		*day = nlp_nth_weekday(year, 11, 3, 4) + 1;
		return true;
	case NLP_HOLIDAY_CYBER_MONDAY:
		*day = nlp_nth_weekday(year, 11, 3, 4) + 4;
		return true;
	case NLP_HOLIDAY_GOOD_FRIDAY:
		*day = easter(year) - 2;
		return true;
	case NLP_HOLIDAY_EASTER:
		*day = easter(year);
		return true;
	case NLP_HOLIDAY_EASTER_MONDAY:
		*day = easter(year) + 1;
		return true;
	default:
		return lunar(holiday, year, day);
	}
}
