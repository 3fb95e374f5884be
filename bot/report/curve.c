#include "report/curve.h"

#include <math.h>

struct report_spread report_spread_of(const double *values, size_t n)
{
	struct report_spread spread = {0, 0};
	for (size_t i = 0; i < n; i++)
		spread.mean += values[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		spread.sd += (values[i] - spread.mean) * (values[i] - spread.mean);
	spread.sd = n > 1 ? sqrt(spread.sd / (double)(n - 1)) : 0;
	return spread;
}
