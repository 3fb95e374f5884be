#include "train/schedule.h"

#include <math.h>

double model_one_cycle(uint64_t step, uint64_t steps, double warmup)
{
	const double start = 0.04, end = 1e-3, pi = 3.14159265358979323846;
	double at = steps > 1 ? (double)step / (double)(steps - 1) : 0;
	if (at < warmup)
		return start + (1 - start) * 0.5 * (1 - cos(pi * at / warmup));
	double down = warmup < 1 ? (at - warmup) / (1 - warmup) : 1;
	return end + (1 - end) * 0.5 * (1 + cos(pi * (down < 1 ? down : 1)));
}
