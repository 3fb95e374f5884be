#include "report/page.h"

#include <string.h>

#include "report/charts.h"
#include "report/markup.h"

enum {
	FEW_LABELS = 8,     /* whose tables stand beside the matrix */
	MATRIX_MOST = 20,   /* labels of a matrix that is shown at once */
	CONFUSED_MOST = 16, /* labels of the enlarged part of a larger one */
	PAIRS_MOST = 20,
	LABELS_MOST = 20,
	ERRORS_MOST = 100,
	TEXT_MOST = 400, /* characters of an error's text */
};

static const char style[] =
    "*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}"
    "body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,\"Segoe "
    "UI\",\"PingFang SC\",\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif}"
    "html:not([lang=zh]) .zh,html[lang=zh] .en{display:none}"
    "main,header{max-width:1200px;margin:0 auto;padding:0 20px}"
    "header{display:flex;gap:16px;align-items:flex-start;justify-content:space-between;padding-top:28px;padding-bottom:"
    "8px}"
    "h1{font-size:26px;line-height:1.25;margin:0;letter-spacing:-.01em}"
    "h2{font-size:18px;margin:0 0 2px}h3{font-size:15px;margin:20px 0 6px}p{margin:0 0 12px}"
    ".soft,.note{color:var(--soft)}.note{font-size:14px;max-width:75ch;margin-bottom:16px}"
    "button{font:inherit;font-size:14px;color:var(--ink);background:var(--card);border:1px solid "
    "var(--line);border-radius:8px;padding:8px 14px;min-height:40px;cursor:pointer;flex:none}"
    "button:hover{border-color:var(--soft)}"
    ":focus-visible{outline:2px solid var(--right);outline-offset:2px}"
    "section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin:16px 0}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin:16px 0}"
    ".tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px}"
    ".tile "
    "b{display:block;font-size:24px;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums;letter-spacing:-."
    "01em}"
    ".tile small{color:var(--soft);font-size:13px;line-height:1.4;display:block}"
    ".tile .span{white-space:nowrap}"
    ".two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:16px;margin:16px 0}"
    ".two section,.stack section{margin:0;min-width:0}"
    ".stack{display:grid;gap:16px;align-content:start}"
    "@media(min-width:1000px){.two.left{grid-template-columns:minmax(0,7fr) minmax(0,5fr)}}"
    ".lists{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,290px),1fr));gap:8px 40px}"
    ".lists h3{margin-top:4px}.draw svg{max-width:100%;height:auto;display:block}"
    ".scroll{overflow:auto;max-width:100%}.scroll svg{display:block;height:auto}"
    ".tall{max-height:80vh}table{border-collapse:collapse;width:100%;font-size:14px}"
    "th{text-align:left;font-weight:600;color:var(--soft);font-size:13px;white-space:nowrap}"
    "th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}"
    "tr:last-child td{border-bottom:0}th:last-child,td:last-child{padding-right:0}"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}"
    "code,.label{font-size:13px;overflow-wrap:anywhere}.arrow{color:var(--soft)}"
    ".bad{color:var(--wrong-ink)}.good{color:var(--right-ink)}"
    ".bar{display:inline-block;width:72px;height:8px;border-radius:4px;background:var(--line);overflow:hidden;margin-"
    "right:8px}"
    ".bar i{display:block;height:100%;background:var(--right)}"
    "ol.errors{list-style:none;margin:0;padding:0}"
    "ol.errors li{padding:10px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}"
    "ol.errors li:last-child{border-bottom:0}"
    "@media(min-width:1000px){#errors ol.errors{columns:2;column-gap:44px}}"
    "ol.errors li{break-inside:avoid}ol.errors .soft{font-size:13px}"
    "ol.errors .said{display:block;white-space:pre-line}"
    "details summary{cursor:pointer;color:var(--right-ink);padding:10px 0;min-height:40px}"
    "h2+dl{margin-top:10px}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin-bottom:0;font-size:14px}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere;min-width:0}"
    "footer{max-width:1200px;margin:0 auto;padding:8px 20px 40px;color:var(--soft);font-size:13px}"
    "@media(max-width:640px){main,header,footer{padding-left:12px;padding-right:12px}"
    "header{padding-top:18px}h1{font-size:22px}section{padding:16px 14px}.wide{display:none}"
    ".tiles{grid-template-columns:1fr 1fr;gap:8px}.tile{padding:12px}.tile b{font-size:21px}"
    "dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:10px}th,td{padding-right:10px}"
    ".bar{width:44px}}";

static const char script[] = "var r=document.documentElement,b=document.getElementById('lang');"
                             "function set(l){r.lang=l;b.textContent=l==='zh'?'English':'中文'}"
                             "set(/^zh/.test(navigator.language)?'zh':'en');b.hidden=false;"
                             "b.onclick=function(){set(r.lang==='zh'?'en':'zh')}";

void page_section(GString *out, const char *id, const char *en, const char *zh, const char *note_en,
                  const char *note_zh)
{
	g_string_append_printf(out, "<section id=\"%s\"><h2>", id);
	markup_say(out, en, zh);
	g_string_append(out, "</h2>\n");
	if (note_en) {
		g_string_append(out, "<p class=\"note\">");
		markup_say(out, note_en, note_zh);
		g_string_append(out, "</p>\n");
	}
}

void page_section_end(GString *out)
{
	g_string_append(out, "</section>\n");
}

void page_label(GString *out, const char *name)
{
	g_autoptr(GString) text = g_string_new(NULL);
	markup_cut(text, name, 80);
	g_string_append(out, "<bdi class=\"label\">");
	for (const char *c = text->str; *c; c++) {
		g_string_append_c(out, *c);
		if (*c == '_' || *c == '/')
			g_string_append(out, "<wbr>"); /* may break there */
	}
	g_string_append(out, "</bdi>");
}

void page_column(GString *out, const char *class, const char *en, const char *zh)
{
	g_string_append_printf(out, "<th class=\"%s\">", class);
	markup_say(out, en, zh);
	g_string_append(out, "</th>");
}

static void head(GString *out, const struct report *report)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize len = sizeof digest;
	g_checksum_update(checksum, (const guchar *)script, (gssize)strlen(script));
	g_checksum_get_digest(checksum, digest, &len);
	g_autofree char *hash = g_base64_encode(digest, len);
	bool intent = report->figures->measure->head == MODEL_HEAD_INTENT;
	g_string_append_printf(
	    out,
	    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	    "'unsafe-inline'; script-src 'sha256-%s'\">"
	    "<meta name=\"color-scheme\" content=\"light dark\"><title>Kefu: %s test</title>\n<style>%s%s"
	    "</style></head><body>\n",
	    hash, report_task(report), charts_style, style);
	g_string_append(out, "<header><div><h1>");
	markup_say(out, intent ? "Test of intents" : "Test of sentiment", intent ? "意图测试报告" : "情感测试报告");
	g_string_append(out, "</h1><p class=\"soft\">");
	if (report->run->model) {
		g_autofree char *name = g_path_get_basename(report->run->model);
		page_label(out, name);
	} else {
		g_autofree char *en = g_strdup_printf("%zu-fold cross-validation of ", report->n_folds);
		g_autofree char *zh = g_strdup_printf("%zu 折交叉验证：", report->n_folds);
		markup_say(out, en, zh);
		page_label(out, report->run->arch ? report->run->arch : "");
	}
	g_string_append(out, "</p></div><button id=\"lang\" type=\"button\" hidden>中文</button></header>\n<main>\n");
}

static void tile(GString *out, const char *en, const char *zh, const char *value, const char *below)
{
	g_string_append_printf(out, "<div class=\"tile\"><b>%s</b><small>", value);
	markup_say(out, en, zh);
	if (below)
		g_string_append_printf(out, " <span class=\"span\">%s</span>", below);
	g_string_append(out, "</small></div>\n");
}

static void tile_percent(GString *out, const char *en, const char *zh, double share, const char *below)
{
	char value[32];
	g_snprintf(value, sizeof value, "%.2f %%", 100 * share);
	tile(out, en, zh, value, below);
}

static void tile_count(GString *out, const char *en, const char *zh, double count, const char *below)
{
	char value[32];
	g_snprintf(value, sizeof value, "%.0f", count);
	tile(out, en, zh, value, below);
}

static void summary(GString *out, const struct report *report)
{
	const struct report_figures *figures = report->figures;
	const struct model_test_report *sum = &figures->sum;
	char below[64];
	size_t labels = 0;
	for (size_t l = 0; l < figures->n_labels; l++)
		labels += figures->labels[l].support > 0;
	g_string_append(out, "<div class=\"tiles\">\n");
	g_snprintf(below, sizeof below, "(%.1f–%.1f)", 100 * figures->low, 100 * figures->high);
	tile_percent(out, sum->out_of_scope ? "accuracy in scope" : "accuracy",
	             sum->out_of_scope ? "范围内准确率" : "准确率", sum->accuracy, below);
	tile_percent(out, "macro-F1", "宏平均 F1", sum->macro_f1, NULL);
	if (sum->out_of_scope) {
		tile_percent(out, "joint accuracy", "联合准确率", sum->joint_accuracy, NULL);
		tile_percent(out, "out of scope: recall", "范围外召回率", sum->oos_recall, NULL);
		tile_percent(out, "out of scope: precision", "范围外精确率", sum->oos_precision, NULL);
		tile_percent(out, "out of scope: AUROC", "范围外 AUROC", sum->oos_auroc, NULL);
	}
	tile_percent(out, "calibration error", "校准误差 ECE", sum->ece, NULL);
	tile_count(out, "texts", "文本数", (double)sum->examples, NULL);
	tile_count(out, "labels", "标签数", (double)labels, NULL);
	tile_count(out, "errors", "错误数", (double)figures->errors->len, NULL);
	tile_count(out, "texts a second", "每秒文本数", sum->texts_per_second, NULL);
	g_string_append(out, "</div>\n");
	if (sum->unknown_labels) {
		g_autofree char *en =
		    g_strdup_printf("%zu texts have a label that training never saw, or nothing to read: they "
		                    "count as errors.",
		                    sum->unknown_labels);
		g_autofree char *zh =
		    g_strdup_printf("有 %zu 条文本的标签在训练中从未出现，或文本没有内容：均计为错误。", sum->unknown_labels);
		g_string_append(out, "<p class=\"bad\">");
		markup_say(out, en, zh);
		g_string_append(out, "</p>\n");
	}
}

static void calibration(GString *out, const struct report_figures *figures)
{
	g_autofree char *en = g_strdup_printf("How often answers of a confidence are right. Orange: surer than right; pale "
	                                      "blue: more often right than sure. Largest gap %.1f %% (a bin of %zu texts), "
	                                      "Brier score %.3f.",
	                                      100 * figures->mce, figures->mce_texts, figures->brier);
	g_autofree char *zh = g_strdup_printf("各置信度区间的实际正确率。橙色：过于自信；浅蓝：不够自信。最大差距 %.1f "
	                                      "%%（区间内 %zu 条），Brier 分数 %.3f。",
	                                      100 * figures->mce, figures->mce_texts, figures->brier);
	page_section(out, "calibration", "Is confidence honest?", "置信度可信吗", en, zh);
	g_string_append(out, "<div class=\"draw\">");
	charts_reliability(out, figures);
	g_string_append(out, "</div>");
	page_section_end(out);
	page_section(out, "confidence", "How confident are right and wrong answers?", "正确与错误回答的置信度",
	             "Wrong answers should stand to the left, so that a threshold can ask back.",
	             "错误回答应集中在左侧，这样才能用阈值反问用户。");
	g_string_append(out, "<div class=\"draw\">");
	charts_confidence(out, figures);
	g_string_append(out, "</div>");
	page_section_end(out);
}

static void matrix(GString *out, const struct report_figures *figures)
{
	bool large = figures->n_labels > MATRIX_MOST;
	g_autoptr(GArray) confused = report_confused_labels(figures, CONFUSED_MOST);
	g_autofree size_t *all = g_new(size_t, figures->n_labels + 1);
	for (size_t l = 0; l < figures->n_labels; l++)
		all[l] = l;
	page_section(out, "matrix", large ? "What is taken for what: the labels most confused" : "What is taken for what",
	             large ? "混淆矩阵：最易混淆的标签" : "混淆矩阵",
	             "Rows are the labels of the texts, columns what they were taken for. Deeper is a larger share of the "
	             "row; blue is right.",
	             "行为文本的标注，列为预测结果；颜色越深占该行的比例越大，蓝色为正确。");
	if (!large || confused->len > 0) {
		g_string_append(out, figures->n_labels <= FEW_LABELS ? "<div class=\"draw\">"
		                                                     : "<div class=\"scroll\" tabindex=\"0\">");
		if (large)
			charts_matrix(out, figures, (const size_t *)(void *)confused->data, confused->len);
		else
			charts_matrix(out, figures, all, figures->n_labels);
		g_string_append(out, "</div>\n");
	}
	page_section_end(out);
}

static void whole_matrix(GString *out, const struct report_figures *figures)
{
	if (figures->n_labels <= MATRIX_MOST)
		return;
	g_autofree size_t *all = g_new(size_t, figures->n_labels + 1);
	for (size_t l = 0; l < figures->n_labels; l++)
		all[l] = l;
	g_string_append(out, "<section id=\"whole\">");
	g_string_append(out, "<details><summary>");
	g_autofree char *en = g_strdup_printf("The whole matrix of %zu labels", figures->n_labels);
	g_autofree char *zh = g_strdup_printf("全部 %zu 个标签的矩阵", figures->n_labels);
	markup_say(out, en, zh);
	g_string_append(out, "</summary><div class=\"scroll tall\" tabindex=\"0\">");
	charts_matrix(out, figures, all, figures->n_labels);
	g_string_append(out, "</div></details>\n");
	page_section_end(out);
}

static void pairs(GString *out, const struct report_figures *figures)
{
	if (figures->pairs->len == 0)
		return;
	page_section(out, "pairs", "Pairs most confused", "最易混淆的标签对", "Share: of all texts with that label.",
	             "占比：占该标签全部文本的比例。");
	g_string_append(out, "<div class=\"scroll\"><table><thead><tr>");
	page_column(out, "", "label", "标注");
	page_column(out, "", "taken for", "预测为");
	page_column(out, "n", "texts", "文本数");
	page_column(out, "n", "share", "占比");
	g_string_append(out, "</tr></thead><tbody>\n");
	for (guint p = 0; p < MIN(figures->pairs->len, (guint)PAIRS_MOST); p++) {
		const struct report_pair *pair = &g_array_index(figures->pairs, struct report_pair, p);
		const struct report_label *gold = &figures->labels[pair->gold];
		g_string_append(out, "<tr><td>");
		page_label(out, gold->name);
		g_string_append(out, "</td><td>");
		page_label(out, figures->labels[pair->guess].name);
		g_string_append_printf(out, "</td><td class=\"n\">%zu</td><td class=\"n\">%.0f %%</td></tr>\n", pair->n,
		                       100.0 * (double)pair->n / (double)gold->support);
	}
	g_string_append(out, "</tbody></table></div>");
	page_section_end(out);
}

static void label_row(GString *out, const struct report_label *label)
{
	g_string_append(out, "<tr><td>");
	page_label(out, label->name);
	g_string_append_printf(out,
	                       "</td><td class=\"n\"><span class=\"bar\"><i style=\"width:%.0f%%\"></i></span>%.1f</td>"
	                       "<td class=\"n\">%.1f</td><td class=\"n\">%.1f</td><td class=\"n\">%zu</td></tr>\n",
	                       100 * label->f1, 100 * label->f1, 100 * label->precision, 100 * label->recall,
	                       label->support);
}

static void label_rows(GString *out, const struct report_figures *figures, const GArray *worst, guint from, guint to)
{
	g_string_append(out, "<div class=\"scroll\"><table><thead><tr>");
	page_column(out, "", "label", "标签");
	page_column(out, "n", "F1", "F1");
	page_column(out, "n", "prec.", "精确率");
	page_column(out, "n", "recall", "召回率");
	page_column(out, "n", "texts", "文本数");
	g_string_append(out, "</tr></thead><tbody>\n");
	for (guint i = from; i < to; i++)
		label_row(out, &figures->labels[g_array_index(worst, size_t, i)]);
	g_string_append(out, "</tbody></table></div>\n");
}

static void worst_labels(GString *out, const struct report_figures *figures)
{
	g_autoptr(GArray) worst = report_worst_labels(figures);
	page_section(out, "labels", worst->len > LABELS_MOST ? "Labels that do worst" : "Labels",
	             worst->len > LABELS_MOST ? "表现最差的标签" : "各标签", "Worst first, in percent.",
	             "按 F1 从低到高，单位为百分比。");
	label_rows(out, figures, worst, 0, MIN(worst->len, (guint)LABELS_MOST));
	if (worst->len > LABELS_MOST) {
		g_string_append(out, "<details><summary>");
		markup_say(out, "The other labels", "其余标签");
		g_string_append(out, "</summary>");
		label_rows(out, figures, worst, LABELS_MOST, worst->len);
		g_string_append(out, "</details>");
	}
	page_section_end(out);
}

static void errors(GString *out, const struct report *report)
{
	const struct report_figures *figures = report->figures;
	guint n = figures->errors->len, shown = MIN(n, (guint)ERRORS_MOST);
	g_autofree char *en = n ? g_strdup_printf("The %u of %u errors that the model was surest of: often it is the label "
	                                          "that is wrong. All are in %s_errors.json.",
	                                          shown, n, report_task(report))
	                        : g_strdup("There are none.");
	g_autofree char *zh =
	    n ? g_strdup_printf("模型最有把握的 %u 条错误（共 %u 条），其中常有标注本身的错误。全部见 %s_errors.json。",
	                        shown, n, report_task(report))
	      : g_strdup("没有错误。");
	page_section(out, "errors", "Errors", "错误样本", en, zh);
	g_string_append(out, "<ol class=\"errors\">\n");
	for (guint i = 0; i < shown; i++) {
		const struct model_outcome *outcome = g_ptr_array_index(figures->errors, i);
		const char *guess = model_measure_label(figures->measure, outcome->guess);
		g_string_append(out, "<li><bdi class=\"said\" dir=\"auto\">");
		markup_cut(out, outcome->text, TEXT_MOST);
		g_string_append(out, "</bdi><span class=\"good\">");
		page_label(out, model_measure_label(figures->measure, outcome->gold));
		g_string_append(out, "</span> <span class=\"arrow\">→</span> <span class=\"bad\">");
		if (guess)
			page_label(out, guess);
		else
			markup_say(out, "nothing", "无");
		g_string_append_printf(out, "</span> <span class=\"soft\">%.1f %%</span></li>\n",
		                       100.0 * (double)outcome->confidence);
	}
	g_string_append(out, "</ol>");
	page_section_end(out);
}

char *page_of(const struct report *report, const json_t *run)
{
	const struct report_figures *figures = report->figures;
	GString *out = g_string_sized_new(1 << 16);
	head(out, report);
	summary(out, report);
	if (report->folds)
		page_folds(out, report);
	bool few = figures->n_labels <= FEW_LABELS;
	g_string_append(out, "<div class=\"two left\">\n");
	matrix(out, figures);
	if (few) {
		g_string_append(out, "<div class=\"stack\">\n");
		worst_labels(out, figures);
		pairs(out, figures);
		g_string_append(out, "</div></div>\n<div class=\"two\">\n");
		calibration(out, figures);
	} else {
		pairs(out, figures);
		g_string_append(out, "</div>\n");
		whole_matrix(out, figures);
		g_string_append(out, "<div class=\"two\">\n");
		worst_labels(out, figures);
		g_string_append(out, "<div class=\"stack\">\n");
		calibration(out, figures);
		g_string_append(out, "</div>\n");
	}
	g_string_append(out, "</div>\n");
	if (figures->sum.out_of_scope)
		page_scope(out, figures);
	if (report->fairness)
		page_fairness(out, report->fairness);
	errors(out, report);
	page_run(out, report, run);
	g_string_append_printf(out, "</main><footer>Kefu %s</footer>\n<script>%s</script></body></html>\n", KEFU_VERSION,
	                       script);
	return g_string_free(out, FALSE);
}
