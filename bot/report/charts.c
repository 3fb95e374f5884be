#include "report/charts.h"

#include <math.h>
#include <string.h>

#include "report/curve.h"
#include "report/markup.h"

enum { LABEL_MOST = 28 /* characters of a label's name */ };

const char charts_style[] =
    ":root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a1f26;--soft:#5b6470;--line:#e2e6eb;"
    "--right:#2a6fd6;--right-ink:#1f5bb5;--wrong:#d4582a;--wrong-ink:#b3431a;--on:#fff}"
    "@media(prefers-color-scheme:dark){:root{--page:#12161b;--card:#1a2027;--ink:#e7eaee;--soft:#9aa5b1;--line:#2d3540;"
    "--right:#6aa5f8;--right-ink:#8bb9fa;--wrong:#f08a5d;--wrong-ink:#f5a482;--on:#0d1117}}"
    "svg text{font:12px system-ui,-apple-system,\"Segoe UI\",\"PingFang SC\",\"Noto Sans CJK SC\",\"Microsoft "
    "YaHei\",sans-serif;"
    "fill:var(--soft)}"
    "svg .ink{fill:var(--ink)}svg .small{font-size:10px}svg .on{fill:var(--on)}svg .mid{text-anchor:middle}"
    "svg .end{text-anchor:end}svg .right{fill:var(--right)}svg .wrong{fill:var(--wrong)}"
    "svg .axis{stroke:var(--line);stroke-width:1;fill:none}svg .guide{stroke:var(--soft);stroke-width:1;"
    "stroke-dasharray:4 4;fill:none}"
    "svg .gap{fill:var(--wrong);fill-opacity:.3}svg .more{fill:var(--right);fill-opacity:.4}svg "
    ".empty{fill:var(--line);fill-opacity:.5}"
    "svg .line{fill:none;stroke-width:2}svg .line.a{stroke:var(--right)}svg .line.b{stroke:var(--wrong)}"
    "svg .a-ink{fill:var(--right-ink)}svg .b-ink{fill:var(--wrong-ink)}svg .num{font-variant-numeric:tabular-nums}";

static void begin(GString *out, double width, double height, const char *en, const char *zh)
{
	g_string_append_printf(out,
	                       "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %.0f %.0f\" "
	                       "width=\"%.0f\" height=\"%.0f\" aria-label=\"%s / %s\">",
	                       width, height, width, height, en, zh);
}

static void end(GString *out)
{
	g_string_append(out, "</svg>\n");
}

static void rect(GString *out, const char *class, double x, double y, double width, double height)
{
	g_string_append_printf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", class, x,
	                       y, width, height);
}

static void line(GString *out, const char *class, double x1, double y1, double x2, double y2)
{
	g_string_append_printf(out, "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>", class, x1, y1, x2, y2);
}

static void number(GString *out, const char *class, double x, double y, const char *format, double value)
{
	g_string_append_printf(out, "<text class=\"num %s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
	char text[32];
	g_snprintf(text, sizeof text, format, value);
	g_string_append(out, text);
	g_string_append(out, "</text>");
}

static void say(GString *out, const char *class, double x, double y, const char *en, const char *zh)
{
	g_string_append_printf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
	markup_say_svg(out, en, zh);
	g_string_append(out, "</text>");
}

/* --- confusion matrix --- */

struct grid {
	const struct report_figures *figures;
	const size_t *which;
	size_t n;
	double cell, left, top;
	const char *font;
	bool counts, upright; /* counts in the cells; names of columns upright */
};

static double longest(const struct grid *grid)
{
	double width = 0;
	for (size_t i = 0; i < grid->n; i++)
		width = fmax(width, markup_width(grid->figures->labels[grid->which[i]].name, LABEL_MOST));
	return width;
}

static void names(GString *out, const struct grid *grid)
{
	for (size_t i = 0; i < grid->n; i++) {
		const char *name = grid->figures->labels[grid->which[i]].name;
		double middle = ((double)i + 0.5) * grid->cell;
		g_string_append_printf(out, "<text class=\"end %s\" x=\"%.1f\" y=\"%.1f\">", grid->font, grid->left - 6,
		                       grid->top + middle + 4);
		markup_cut(out, name, LABEL_MOST);
		if (grid->upright)
			g_string_append_printf(out, "</text><text class=\"mid %s\" x=\"%.1f\" y=\"%.1f\">", grid->font,
			                       grid->left + middle, grid->top - 6);
		else
			g_string_append_printf(out, "</text><text class=\"%s\" transform=\"translate(%.1f %.1f) rotate(-90)\">",
			                       grid->font, grid->left + middle + 4, grid->top - 6);
		markup_cut(out, name, LABEL_MOST);
		g_string_append(out, "</text>");
	}
}

static void cell(GString *out, const struct grid *grid, size_t row, size_t column)
{
	size_t gold = grid->which[row], guess = grid->which[column];
	const struct report_label *labels = grid->figures->labels;
	size_t n = grid->figures->matrix[gold * grid->figures->n_labels + guess];
	if (n == 0)
		return;
	double share = (double)n / (double)labels[gold].support, depth = 0.14 + 0.86 * sqrt(share);
	double x = grid->left + (double)column * grid->cell, y = grid->top + (double)row * grid->cell;
	g_string_append_printf(out,
	                       "<g><rect class=\"%s\" fill-opacity=\"%.2f\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	                       "height=\"%.1f\"><title>",
	                       row == column ? "right" : "wrong", depth, x + 0.5, y + 0.5, grid->cell - 1, grid->cell - 1);
	markup_text(out, labels[gold].name);
	g_string_append(out, " → ");
	markup_text(out, labels[guess].name);
	g_string_append_printf(out, ": %zu / %zu</title></rect>", n, labels[gold].support);
	if (grid->counts)
		g_string_append_printf(out,
		                       "<text class=\"mid num %s %s\" x=\"%.1f\" y=\"%.1f\" pointer-events=\"none\">%zu</text>",
		                       depth > 0.6 ? "on" : "ink", grid->font, x + grid->cell / 2, y + grid->cell / 2 + 4, n);
	g_string_append(out, "</g>");
}

void charts_matrix(GString *out, const struct report_figures *figures, const size_t *which, size_t n)
{
	struct grid grid = {figures, which, n, 11, 0, 0, "small", false, false};
	if (n <= 4) {
		grid = (struct grid){figures, which, n, 110, 0, 0, "", true, true};
	} else if (n <= 60) {
		grid.cell = n <= 12 ? 38 : n <= 30 ? 26 : 20;
		grid.font = n <= 30 ? "" : "small";
		grid.counts = true;
	}
	double em = *grid.font ? 10 : 12, name = longest(&grid) * em + 12;
	grid.left = name + 16;
	grid.top = (grid.upright ? 20 : name) + 20;
	double side = (double)n * grid.cell;
	begin(out, grid.left + side + 4, grid.top + side + 4, "Confusion matrix", "混淆矩阵");
	say(out, "mid", grid.left + side / 2, 12, "taken for →", "预测为 →");
	g_string_append_printf(out, "<text class=\"mid\" transform=\"translate(11 %.1f) rotate(-90)\">",
	                       grid.top + side / 2);
	markup_say_svg(out, "← label", "← 标注");
	g_string_append(out, "</text>");
	rect(out, "empty", grid.left, grid.top, side, side);
	for (size_t i = 0; i <= n && grid.counts; i++) {
		double at = (double)i * grid.cell;
		line(out, "axis", grid.left, grid.top + at, grid.left + side, grid.top + at);
		line(out, "axis", grid.left + at, grid.top, grid.left + at, grid.top + side);
	}
	names(out, &grid);
	for (size_t row = 0; row < n; row++)
		for (size_t column = 0; column < n; column++)
			cell(out, &grid, row, column);
	end(out);
}

/* --- calibration --- */

static void percents(GString *out, double left, double bottom, double width)
{
	for (int tick = 0; tick <= 4; tick++)
		number(out, "mid small", left + width * tick / 4, bottom + 16, "%.0f %%", 25.0 * tick);
}

void charts_reliability(GString *out, const struct report_figures *figures)
{
	const double left = 44, top = 10, width = 330, height = 260, strip = 46, bar = width / REPORT_BINS;
	double bottom = top + height, floor = bottom + 30 + strip;
	size_t most = 1;
	for (int b = 0; b < REPORT_BINS; b++)
		most = MAX(most, figures->bins[b].n);
	begin(out, left + width + 16, floor + 38, "Reliability diagram", "可靠性图");
	for (int tick = 0; tick <= 4; tick++) {
		double y = bottom - height * tick / 4;
		line(out, "axis", left, y, left + width, y);
		number(out, "end small", left - 6, y + 4, "%.0f %%", 25.0 * tick);
	}
	for (int b = 0; b < REPORT_BINS; b++) {
		const struct report_bin *bin = &figures->bins[b];
		if (bin->n == 0)
			continue;
		double x = left + bar * b, share = (double)bin->right / (double)bin->n, tall = height * share;
		double ideal = height * bin->confidence;
		g_string_append(out, "<g>");
		double sure = fmin(tall, ideal);
		rect(out, "right", x + 1, bottom - sure, bar - 2, sure);
		rect(out, tall > ideal ? "more" : "gap", x + 1, bottom - fmax(tall, ideal), bar - 2, fabs(ideal - tall));
		double thick = fmax(1, strip * (double)bin->n / (double)most);
		rect(out, "right", x + 1, floor - thick, bar - 2, thick);
		g_string_append_printf(out, "<title>%.0f–%.0f %%: %zu / %zu = %.1f %% · %.1f %%</title></g>",
		                       100.0 * b / REPORT_BINS, 100.0 * (b + 1) / REPORT_BINS, bin->right, bin->n, 100 * share,
		                       100 * bin->confidence);
	}
	line(out, "guide", left, bottom, left + width, top);
	percents(out, left, bottom, width);
	line(out, "axis", left, floor, left + width, floor);
	number(out, "end small", left - 6, floor - strip + 8, "%.0f", (double)most);
	say(out, "mid", left + width / 2, floor + 20, "confidence; below, the number of texts", "置信度；下方为文本数");
	end(out);
}

void charts_confidence(GString *out, const struct report_figures *figures)
{
	const double left = 44, top = 26, width = 330, half = 150, bar = width / REPORT_CONFIDENCES;
	double middle = top + half;
	size_t most[2] = {1, 1};
	for (int right = 0; right < 2; right++)
		for (int b = 0; b < REPORT_CONFIDENCES; b++)
			most[right] = MAX(most[right], figures->confident[right][b]);
	begin(out, left + width + 16, middle + half + 52, "Histogram of confidences", "置信度直方图");
	say(out, "a-ink", left, 12, "right", "正确");
	number(out, "end small", left - 6, top + 4, "%.0f", (double)most[1]);
	number(out, "end small", left - 6, middle + half + 4, "%.0f", (double)most[0]);
	for (int b = 0; b < REPORT_CONFIDENCES; b++)
		for (int right = 0; right < 2; right++) {
			size_t n = figures->confident[right][b];
			if (n == 0)
				continue;
			double tall = fmax(1, half * (double)n / (double)most[right]);
			g_string_append_printf(out, "<g><title>%.0f–%.0f %%: %zu</title>", 100.0 * b / REPORT_CONFIDENCES,
			                       100.0 * (b + 1) / REPORT_CONFIDENCES, n);
			rect(out, right ? "right" : "wrong", left + bar * b + 1, right ? middle - tall : middle, bar - 2, tall);
			g_string_append(out, "</g>");
		}
	line(out, "axis", left, middle, left + width, middle);
	say(out, "b-ink", left, middle + half + 4, "wrong", "错误");
	percents(out, left, middle + half + 8, width);
	say(out, "mid", left + width / 2, middle + half + 44, "confidence; each half has a scale of its own",
	    "置信度；上下两半的刻度各自独立");
	end(out);
}

/* --- out of scope --- */

void charts_scores(GString *out, const struct report_figures *figures)
{
	const struct report_scope *scope = &figures->scope;
	const double left = 44, top = 26, width = 330, half = 120, bar = width / REPORT_SCORES;
	double middle = top + half, zero = left - width * scope->low / (scope->high - scope->low);
	size_t most[2] = {1, 1};
	for (int b = 0; b < REPORT_SCORES; b++) {
		most[0] = MAX(most[0], scope->out[b]);
		most[1] = MAX(most[1], scope->in[b]);
	}
	begin(out, left + width + 16, middle + half + 40, "Histogram of scores", "得分直方图");
	say(out, "a-ink", left, 12, "in scope", "范围内");
	say(out, "b-ink", left, middle + half + 14, "out of scope", "范围外");
	number(out, "end small", left - 6, top + 4, "%.0f", (double)most[1]);
	number(out, "end small", left - 6, middle + half + 4, "%.0f", (double)most[0]);
	for (int b = 0; b < REPORT_SCORES; b++)
		for (int in = 0; in < 2; in++) {
			size_t n = in ? scope->in[b] : scope->out[b];
			if (n == 0)
				continue;
			double tall = fmax(1, half * (double)n / (double)most[in]);
			g_string_append_printf(out, "<g><title>%.2f … %.2f: %zu</title>",
			                       scope->low + (scope->high - scope->low) * b / REPORT_SCORES,
			                       scope->low + (scope->high - scope->low) * (b + 1) / REPORT_SCORES, n);
			rect(out, in ? "right" : "wrong", left + bar * b + 0.5, in ? middle - tall : middle, bar - 1, tall);
			g_string_append(out, "</g>");
		}
	line(out, "axis", left, middle, left + width, middle);
	line(out, "guide", zero, top - 8, zero, middle + half + 6);
	say(out, "mid ink", CLAMP(zero, left + 30, left + width - 30), 12, "threshold", "阈值");
	number(out, "mid small", left + 14, middle + half + 32, "%.1f", scope->low);
	number(out, "mid small", left + width - 14, middle + half + 32, "%.1f", scope->high);
	say(out, "mid", left + width / 2, middle + half + 32, "score less threshold", "得分减阈值");
	end(out);
}

/* --- learning curve --- */

static void series(GString *out, const struct report_curve *curve, bool f1, const char *class, double left,
                   double bottom, double width, double height, double low, double high)
{
	double most = curve->points[curve->n - 1].texts;
	g_string_append_printf(out, "<path class=\"line %s\" d=\"", class);
	for (size_t i = 0; i < curve->n; i++) {
		const struct report_spread *value = f1 ? &curve->points[i].macro_f1 : &curve->points[i].accuracy;
		g_string_append_printf(out, "%c%.1f %.1f", i ? 'L' : 'M', left + width * curve->points[i].texts / most,
		                       bottom - height * (value->mean - low) / (high - low));
	}
	g_string_append(out, "\"/>");
	for (size_t i = 0; i < curve->n; i++) {
		const struct report_spread *value = f1 ? &curve->points[i].macro_f1 : &curve->points[i].accuracy;
		double x = left + width * curve->points[i].texts / most;
		double y = bottom - height * (value->mean - low) / (high - low), sd = height * value->sd / (high - low);
		g_string_append_printf(out, "<g><title>%.0f: %.2f %% ± %.2f</title>", curve->points[i].texts, 100 * value->mean,
		                       100 * value->sd);
		g_string_append_printf(out, "<path class=\"line %s\" d=\"M%.1f %.1fV%.1f\"/>", class, x, y - sd, y + sd);
		g_string_append_printf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/></g>",
		                       f1 ? "wrong" : "right", x, y);
	}
}

void charts_curve(GString *out, const struct report_curve *curve)
{
	const double left = 44, top = 34, width = 330, height = 220;
	double low = 1, high = 0, bottom = top + height;
	for (size_t i = 0; i < curve->n; i++) {
		const struct report_point *point = &curve->points[i];
		low = fmin(low, fmin(point->accuracy.mean - point->accuracy.sd, point->macro_f1.mean - point->macro_f1.sd));
		high = fmax(high, fmax(point->accuracy.mean + point->accuracy.sd, point->macro_f1.mean + point->macro_f1.sd));
	}
	low = fmax(0, floor(low * 10) / 10);
	high = fmin(1, ceil(high * 10) / 10);
	if (high - low < 0.1)
		high = low + 0.1;
	begin(out, left + width + 32, bottom + 48, "Learning curve", "学习曲线");
	say(out, "a-ink", left, 14, "● accuracy", "● 准确率");
	say(out, "b-ink", left + 110, 14, "● macro-F1", "● 宏平均 F1");
	for (int tick = 0; tick <= 4; tick++) {
		double y = bottom - height * tick / 4;
		line(out, "axis", left, y, left + width, y);
		number(out, "end small", left - 6, y + 4, "%.1f", 100 * (low + (high - low) * tick / 4));
	}
	for (size_t i = 0; i < curve->n; i++)
		number(out, "mid small", left + width * curve->points[i].texts / curve->points[curve->n - 1].texts, bottom + 16,
		       "%.0f", curve->points[i].texts);
	say(out, "mid", left + width / 2, bottom + 38, "training texts; bars: one standard deviation",
	    "训练文本数；竖线为一个标准差");
	series(out, curve, true, "b", left, bottom, width, height, low, high);
	series(out, curve, false, "a", left, bottom, width, height, low, high);
	end(out);
}

char *charts_file(const GString *drawing, const char *title)
{
	GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	const char *inside = strchr(drawing->str, '>') + 1;
	g_string_append_len(out, drawing->str, inside - drawing->str);
	g_string_append(out, "<title>");
	markup_text(out, title);
	g_string_append_printf(out, "</title><style>%s svg{background:var(--card)}.zh{display:none}</style>", charts_style);
	g_string_append(out, inside);
	return g_string_free(out, FALSE);
}
