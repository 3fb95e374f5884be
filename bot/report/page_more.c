/* The sections of the page that only some reports have, and what was measured with what. */
#include "report/charts.h"
#include "report/markup.h"
#include "report/page.h"

enum { LIST_MOST = 12, TEMPLATES_MOST = 10 };

static void count_row(GString *out, const char *name, size_t n)
{
	g_string_append(out, "<tr><td>");
	page_label(out, name);
	g_string_append_printf(out, "</td><td class=\"n\">%zu</td></tr>\n", n);
}

struct refused {
	const char *name;
	size_t n;
};

static gint by_refused(gconstpointer a, gconstpointer b)
{
	const struct refused *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n ? 1 : -1) : g_strcmp0(x->name, y->name);
}

static void scope_lists(GString *out, const struct report_figures *figures)
{
	const GArray *swallowed = figures->scope.swallowed;
	g_autoptr(GArray) refused = g_array_new(FALSE, FALSE, sizeof(struct refused));
	for (size_t l = 0; l < figures->n_labels; l++) {
		struct refused entry = {figures->labels[l].name, figures->labels[l].refused};
		if (entry.n > 0)
			g_array_append_val(refused, entry);
	}
	g_array_sort(refused, by_refused);
	g_string_append(out, "<div><h3>");
	markup_say(out, "Out of scope, but accepted as", "范围外却被接受为");
	g_string_append(out, "</h3><table><tbody>");
	for (guint i = 0; i < MIN(swallowed->len, (guint)LIST_MOST); i++) {
		const struct report_pair *pair = &g_array_index(swallowed, struct report_pair, i);
		count_row(out, figures->labels[pair->guess].name, pair->n);
	}
	g_string_append(out, "</tbody></table></div><div><h3>");
	markup_say(out, "In scope, but refused", "范围内却被拒绝");
	g_string_append(out, "</h3><table><tbody>");
	for (guint i = 0; i < MIN(refused->len, (guint)LIST_MOST); i++)
		count_row(out, g_array_index(refused, struct refused, i).name, g_array_index(refused, struct refused, i).n);
	g_string_append(out, "</tbody></table></div>\n");
}

void page_scope(GString *out, const struct report_figures *figures)
{
	g_autofree char *en =
	    g_strdup_printf("%zu texts belong to no label. Where 95 %% of the others pass, %.1f %% of them pass too.",
	                    figures->sum.out_of_scope, 100 * figures->scope.fpr95);
	g_autofree char *zh =
	    g_strdup_printf("有 %zu 条文本不属于任何标签；当 95 %% 的范围内文本通过时，其中 %.1f %% 也会通过。",
	                    figures->sum.out_of_scope, 100 * figures->scope.fpr95);
	page_section(out, "scope", "Out of scope", "范围外", en, zh);
	g_string_append(out, "<div class=\"lists\"><div class=\"draw\">");
	charts_scores(out, figures);
	g_string_append(out, "</div>\n");
	scope_lists(out, figures);
	g_string_append(out, "</div>");
	page_section_end(out);
}

void page_folds(GString *out, const struct report *report)
{
	g_autofree double *accuracy = g_new(double, report->n_folds), *macro_f1 = g_new(double, report->n_folds);
	for (size_t i = 0; i < report->n_folds; i++) {
		accuracy[i] = report->folds[i].accuracy;
		macro_f1[i] = report->folds[i].macro_f1;
	}
	struct report_spread a = report_spread_of(accuracy, report->n_folds);
	struct report_spread f = report_spread_of(macro_f1, report->n_folds);
	g_autofree char *note_en = g_strdup_printf(
	    "Every text was answered by a model that had not seen it. Over the folds: accuracy %.2f ± %.2f %%, macro-F1 "
	    "%.2f ± %.2f %%. All other figures pool the answers.",
	    100 * a.mean, 100 * a.sd, 100 * f.mean, 100 * f.sd);
	g_autofree char *note_zh = g_strdup_printf(
	    "每条文本均由未见过它的模型回答。各折：准确率 %.2f ± %.2f %%，宏平均 F1 %.2f ± %.2f %%。其余数字为合并结果。",
	    100 * a.mean, 100 * a.sd, 100 * f.mean, 100 * f.sd);
	page_section(out, "folds", "Cross-validation", "交叉验证", note_en, note_zh);
	g_string_append(out, "<div class=\"lists\"><div class=\"scroll\"><table><thead><tr>");
	page_column(out, "", "fold", "折");
	page_column(out, "n wide", "learned from", "训练");
	page_column(out, "n", "asked", "测试");
	page_column(out, "n", "accuracy", "准确率");
	page_column(out, "n", "macro-F1", "宏平均 F1");
	page_column(out, "n wide", "seconds", "秒");
	g_string_append(out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < report->n_folds; i++) {
		const struct report_fold *fold = &report->folds[i];
		g_string_append_printf(out,
		                       "<tr><td>%zu</td><td class=\"n wide\">%zu</td><td class=\"n\">%zu</td><td class=\"n\">"
		                       "%.2f</td><td class=\"n\">%.2f</td><td class=\"n wide\">%.1f</td></tr>\n",
		                       i + 1, fold->train, fold->held_out, 100 * fold->accuracy, 100 * fold->macro_f1,
		                       fold->seconds);
	}
	g_string_append(out, "</tbody></table></div>\n");
	if (report->curve && report->curve->n > 0) {
		g_string_append(out, "<div><h3>");
		markup_say(out, "Would more texts help?", "更多数据有帮助吗");
		g_string_append(out, "</h3><div class=\"draw\">");
		charts_curve(out, report->curve);
		g_string_append(out, "</div></div>");
	}
	g_string_append(out, "</div>");
	page_section_end(out);
}

static void swing_item(GString *out, const struct report_swing *swing)
{
	g_string_append(out, "<li><bdi class=\"said\" dir=\"auto\">");
	markup_cut(out, swing->text, 200);
	g_string_append_printf(out, "</bdi><span class=\"soft\">%+.2f</span> ", swing->low);
	page_label(out, swing->low_group);
	g_string_append_printf(out, " <span class=\"arrow\">…</span> <span class=\"soft\">%+.2f</span> ", swing->high);
	page_label(out, swing->high_group);
	if (swing->flips) {
		g_string_append(out, " <span class=\"bad\">");
		markup_say(out, "the label changes", "标签随之改变");
		g_string_append(out, "</span>");
	}
	g_string_append(out, "</li>\n");
}

void page_fairness(GString *out, const struct report_fairness *fairness)
{
	g_autofree char *en = g_strdup_printf(
	    "Sentences that differ only in a name, a person, a place or a dialect's word: %zu texts from %u "
	    "templates. Scores go from −1 to 1; groups differ by at most %.2f, a template's groups by %.2f "
	    "on average, and %zu templates change their label with a word.",
	    fairness->texts, fairness->swings->len, fairness->widest, fairness->mean_swing, fairness->flips);
	g_autofree char *zh = g_strdup_printf(
	    "只在人名、称谓、地区或方言词上不同的句子：%u 个模板共 %zu 条。得分从 −1 到 1；各组最多相差 %.2f，"
	    "每个模板各组平均相差 %.2f，有 %zu 个模板因换词而改变标签。",
	    fairness->swings->len, fairness->texts, fairness->widest, fairness->mean_swing, fairness->flips);
	page_section(out, "fairness", "Does it matter who is spoken of?", "公平性：换人换词是否影响情感", en, zh);
	g_string_append(out, "<div class=\"lists\"><div><h3>");
	markup_say(out, "Mean score of each group", "各组平均得分");
	g_string_append(out, "</h3><table><tbody>\n");
	for (guint g = 0; g < fairness->groups->len; g++) {
		const struct report_group *group = &g_array_index(fairness->groups, struct report_group, g);
		g_string_append(out, "<tr><td>");
		markup_cut(out, group->place, 40);
		g_string_append(out, " <span class=\"soft\">");
		markup_cut(out, group->lang, 8);
		g_string_append(out, "</span></td><td>");
		page_label(out, group->group);
		g_string_append_printf(out, "</td><td class=\"n\">%+.3f</td></tr>\n", group->score);
	}
	g_string_append(out, "</tbody></table></div><div><h3>");
	markup_say(out, "Templates that move most", "变化最大的模板");
	g_string_append(out, "</h3><ol class=\"errors\">\n");
	for (guint s = 0; s < MIN(fairness->swings->len, (guint)TEMPLATES_MOST); s++)
		swing_item(out, &g_array_index(fairness->swings, struct report_swing, s));
	g_string_append(out, "</ol></div></div>");
	page_section_end(out);
}

static void term(GString *out, const char *en, const char *zh)
{
	g_string_append(out, "<dt>");
	markup_say(out, en, zh);
	g_string_append(out, "</dt><dd>");
}

static void term_code(GString *out, const char *en, const char *zh, const char *value)
{
	if (!value)
		return;
	term(out, en, zh);
	g_string_append(out, "<code>");
	markup_text(out, value);
	g_string_append(out, "</code></dd>\n");
}

void page_run(GString *out, const struct report *report, const json_t *run)
{
	const struct report_run *what = report->run;
	page_section(out, "run", "What was measured", "测量对象", NULL, NULL);
	g_string_append(out, "<dl>\n");
	term_code(out, "model", "模型", what->model);
	term_code(out, "model's SHA-256", "模型 SHA-256", what->model_sha256);
	const json_t *data = json_object_get(run, "data");
	for (size_t i = 0; i < json_array_size(data) && i < LIST_MOST; i++) {
		const json_t *file = json_array_get(data, i);
		term_code(out, i ? "" : "data", i ? "" : "数据", json_string_value(json_object_get(file, "path")));
		term_code(out, "SHA-256", "SHA-256", json_string_value(json_object_get(file, "sha256")));
	}
	if (json_array_size(data) > LIST_MOST) {
		term(out, "", "");
		g_string_append_printf(out, "… %zu</dd>\n", json_array_size(data));
	}
	term_code(out, "command", "命令", what->command_line);
	term(out, "seed", "随机种子");
	g_string_append_printf(out, "%" G_GINT64_FORMAT "</dd>\n", what->seed);
	term(out, "seconds in all", "总耗时（秒）");
	g_string_append_printf(out, "%.1f</dd>\n", what->seconds);
	term(out, "peak memory", "内存峰值");
	g_string_append_printf(out, "%.0f MB</dd>\n", what->peak_rss_mb);
	term_code(out, "finished", "完成时间", json_string_value(json_object_get(run, "finished")));
	g_string_append(out, "</dl>");
	page_section_end(out);
}
