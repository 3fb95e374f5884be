// What is measured from outside: report folders, cross-validation, fairness, explanations, and what is refused.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { kefu, root } from "../support/daemon.mjs";

const { KEFU_TEST_BOT: bot } = process.env;
const model = join(bot, ".kefu/model.kefu");
const dir = mkdtempSync(join(tmpdir(), "kefu-report-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
const intents = join(dir, "intents.csv");
writeFileSync(
  intents,
  `text,label\nhello,greet\n你好,greet\nthanks,thank\nbye bye,goodbye\nfly to mars,out\nhi there,"${HOSTILE.replaceAll('"', '""')}"\n` +
    `"${HOSTILE.replaceAll('"', '""')}",goodbye\n`,
);

function must(...args) {
  const result = kefu([...args, "--json"], { cwd: root });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout.trim().split("\n").at(-1));
}
const read = (folder, name) => JSON.parse(readFileSync(join(folder, name), "utf8"));

test("a folder with Rasa's files, and a page that asks for nothing", () => {
  const folder = join(dir, "intent");
  const said = must("test", "nlu", "--model", model, "--data", intents, "--out-of-scope", "out", "--report", folder);
  const report = read(folder, "intent_report.json");
  assert.equal(said.examples, 7);
  assert.equal(said.out_of_scope, 1);
  assert.equal(said.unknown_labels, 1);
  assert.ok(Math.abs(report.accuracy - said.accuracy) < 1e-5);
  assert.deepEqual(Object.keys(report.greet), ["precision", "recall", "f1-score", "support", "confused_with"]);
  assert.equal(report.greet.support, 2);
  assert.equal(report["weighted avg"].support, 6);
  for (const error of read(folder, "intent_errors.json")) {
    assert.deepEqual(Object.keys(error), ["text", "intent", "intent_prediction"]);
    assert.deepEqual(Object.keys(error.intent_prediction), ["name", "confidence"]);
  }
  const calibration = read(folder, "calibration.json");
  assert.ok(Math.abs(calibration.ece - said.ece) < 1e-5);
  assert.equal(calibration.bins.length, 15);
  assert.equal(
    calibration.bins.reduce((sum, bin) => sum + bin.count, 0),
    6,
  );
  const scope = read(folder, "oos.json");
  assert.ok(Math.abs(scope.auroc - said.oos_auroc) < 1e-5);
  const run = read(folder, "run.json");
  const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
  assert.equal(run.model.sha256, sha256(model));
  assert.deepEqual(run.data, [{ path: intents, sha256: sha256(intents), examples: 7 }]);
  assert.match(run.command_line, /test nlu --model/);
  for (const name of ["intent_confusion_matrix.svg", "intent_histogram.svg"])
    assert.match(readFileSync(join(folder, name), "utf8"), /^<\?xml[^]*<svg [^]*<\/svg>\s*$/);
  const page = readFileSync(join(folder, "index.html"), "utf8");
  assert.equal(page.match(/<script/g).length, 1);
  assert.ok(!page.includes("<img"));
  assert.ok(!/(src|href)=/.test(page.replace(/src=x/g, "")));
  assert.ok(page.includes("&lt;img src=x onerror=alert(1)&gt;"));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith(".")),
    [],
  );
});

test("a report of sentiment has fairness in it", () => {
  const folder = join(dir, "sentiment");
  must("test", "nlu", "--model", model, "--data", join(bot, "sentiment.csv"), "--report", folder);
  assert.deepEqual(Object.keys(read(folder, "sentiment_report.json")).slice(0, 3), ["negative", "neutral", "positive"]);
  assert.ok(read(folder, "fairness.json").texts > 100);
  assert.ok(!existsSync(join(folder, "oos.json")));
});

test("cross-validation: every text once, and the same again", () => {
  const folder = join(dir, "folds");
  const args = ["test", "nlu", "--data", join(bot, "data"), "--cross-validation", "--folds", "3", "--arch", "svm"];
  const once = must(...args, "--learning-curve", "--report", folder);
  const again = must(...args);
  assert.equal(once.folds.length, 3);
  assert.equal(
    once.folds.reduce((sum, fold) => sum + fold.held_out, 0),
    once.examples,
  );
  for (const fold of once.folds) assert.equal(fold.train + fold.held_out, once.examples);
  const mean = once.folds.reduce((sum, fold) => sum + fold.accuracy, 0) / 3;
  const sd = Math.sqrt(once.folds.reduce((sum, fold) => sum + (fold.accuracy - mean) ** 2, 0) / 2);
  assert.ok(Math.abs(once.accuracy_sd - sd) < 1e-9);
  assert.equal(once.accuracy, again.accuracy);
  assert.equal(once.ece, again.ece);
  assert.notEqual(must(...args, "--seed", "7").ece, once.ece);
  const curve = read(folder, "learning_curve.json");
  assert.deepEqual(
    curve.map((point) => point.share),
    [0.1, 0.25, 0.5, 0.75, 1],
  );
  for (let i = 1; i < curve.length; i++) assert.ok(curve[i].texts >= curve[i - 1].texts);
  assert.equal(read(folder, "intent_report.json").folds.length, 3);
  assert.ok(readFileSync(join(folder, "index.html"), "utf8").includes('id="folds"'));
});

test("fairness: groups, swings, templates of one's own", () => {
  const own = join(dir, "templates.csv");
  writeFileSync(
    own,
    "place,group,lang,text\nname,,en,{name} is great\nname,,en,no place here\nname,a,en,Ann\nname,b,en,Bob\nname,b,zh,王\n",
  );
  const result = kefu(["test", "fairness", "--model", model, "--templates", own, "--json"], { cwd: root });
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stderr, /templates\.csv:3: a template must have its place \{name\} once/);
  const said = JSON.parse(result.stdout);
  assert.equal(said.texts, 2);
  assert.equal(said.groups.length, 3);
  assert.equal(said.worst[0].text, "{name} is great");
  assert.ok(Math.abs(said.largest_difference - (said.worst[0].high - said.worst[0].low)) < 1e-9);
  assert.ok(must("test", "fairness", "--model", model).templates > 40);
  writeFileSync(own, "place,group,lang,text\nname,,en,{name} is great\n");
  assert.equal(kefu(["test", "fairness", "--model", model, "--templates", own]).status, 3);
});

test("parse --explain: parts sum to the score", () => {
  const result = kefu(["parse", "--bot", bot, "--explain"], { input: "hello hello\n谢谢\n\n" });
  assert.equal(result.status, 0, result.stderr);
  const lines = result.stdout.trim().split("\n").map((line) => JSON.parse(line));
  for (const line of lines.slice(0, 2)) {
    assert.equal(line.explanation.length, line.tokens.length);
    for (const head of ["intent", "sentiment"]) {
      const sum = line.explanation.reduce((total, part) => total + part[head], line.explained[head].rest);
      assert.ok(Math.abs(sum - line.explained[head].score) < 1e-4);
    }
    const [first, second] = line.intent_ranking;
    assert.equal(line.runner_up.name, second.name);
    assert.ok(Math.abs(line.runner_up.margin - (first.confidence - second.confidence)) < 1e-6);
    assert.equal(line.nearest[0].text, line.text);
    assert.ok(line.nearest.length <= 3);
  }
  assert.deepEqual([lines[2].explanation, lines[2].nearest, lines[2].runner_up], [[], [], null]);
});

test("what does not fit together is said", () => {
  const usage = (...args) => assert.equal(kefu(args).status, 2, args.join(" "));
  usage("test", "nlu", "--data", intents);
  usage("test", "nlu", "--model", model);
  usage("test", "nlu", "--model", model, "--data", intents, "--cross-validation");
  usage("test", "nlu", "--model", model, "--data", intents, "--folds", "3");
  usage("test", "nlu", "--data", intents, "--cross-validation", "--folds", "1");
  usage("test", "nlu", "--data", intents, "--cross-validation", "--arch", "oracle");
  usage("test", "fairness");
  usage("parse", "--explain", "--redact", "--model", model);
  assert.equal(kefu(["test", "fairness", "--model", join(dir, "none")]).status, 4);
  const file = join(dir, "file");
  writeFileSync(file, "");
  assert.equal(kefu(["test", "nlu", "--model", model, "--data", intents, "--report", join(file, "in")]).status, 3);
});
