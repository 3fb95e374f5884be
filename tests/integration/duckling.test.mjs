// A Rasa bot whose pipeline has Duckling: the same entities, slots and stories without the server.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { kefu, root } from "../support/daemon.mjs";

const NOW = ["--now", "2026-11-22T09:30:00+08:00"]; // a Sunday
const dir = mkdtempSync(join(tmpdir(), "kefu-table-"));
const bot = join(dir, "table");
before(() => {
  cpSync(join(root, "tests/support/table"), bot, { recursive: true, filter: (path) => !path.endsWith(".kefu") });
  assert.equal(kefu(["train", "--bot", bot, "--quiet"]).status, 0);
});
after(() => rmSync(dir, { recursive: true }));

function parse(text, ...options) {
  const result = kefu(["parse", "--bot", bot, ...NOW, ...options], { input: `${text}\n` });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout);
}

const duckling = { confidence: 1, extractor: "DucklingEntityExtractor", role: null, group: null };

test("entities are Duckling's", () => {
  assert.deepEqual(parse("for 4 people").entities, [
    { ...duckling, entity: "number", start: 4, end: 5, text: "4", value: 4, additional_info: { value: 4, type: "value" } },
  ]);
  const value = "2026-11-23T00:00:00.000+08:00";
  const day = { value, grain: "day", type: "value" };
  assert.deepEqual(parse("see you tomorrow").entities, [
    { ...duckling, entity: "time", start: 8, end: 16, text: "tomorrow", value, additional_info: { ...day, values: [day] } },
  ]);
});

test("dimensions that were not asked for are left out, what they hold is not", () => {
  assert.deepEqual(parse("mail me at bob@example.com").entities, []);
  const [found, ...others] = parse("it took 3 days").entities;
  assert.deepEqual(others, []);
  assert.equal(found.entity, "number");
  assert.deepEqual([found.start, found.end, found.value], [8, 9, 3]);
});

test("--zone is stronger than the files", () => {
  assert.equal(parse("see you tomorrow", "--zone", "UTC").entities[0].value, "2026-11-23T00:00:00.000+00:00");
  assert.equal(parse("see you tomorrow", "--zone", "America/New_York").entities[0].value, "2026-11-22T00:00:00.000-05:00");
  assert.equal(kefu(["parse", "--bot", bot, "--zone", "Mars/Olympus"], { input: "x\n" }).status, 2);
  assert.equal(kefu(["parse", "--bot", bot, "--now", "tomorrow"], { input: "x\n" }).status, 2);
});

test("a bad timezone in config.yml is named", () => {
  const broken = join(dir, "broken");
  cpSync(bot, broken, { recursive: true });
  writeFileSync(join(broken, "config.yml"), "pipeline:\n- name: DucklingEntityExtractor\n  timezone: Nowhere/Land\n");
  const result = kefu(["parse", "--bot", broken], { input: "x\n" });
  assert.equal(result.status, 6);
  assert.match(result.stderr, /config\.yml:3: timezone is 'Nowhere\/Land'/);
});

test("test stories hold with the typed values", () => {
  const result = kefu(["test", "stories", "--bot", bot, ...NOW, "--json"]);
  assert.equal(result.status, 0, result.stderr + result.stdout);
  const said = JSON.parse(result.stdout.trim().split("\n").at(-1));
  assert.deepEqual([said.stories, said.passed, said.entity_f1], [2, 2, 1]);
});

test("slots get the values: a float slot a number, an any slot the time", () => {
  const result = kefu(["chat", "--bot", bot, "--json"], { input: "book a table\nfor 4 people\ntomorrow\n" });
  assert.equal(result.status, 0, result.stderr);
  const said = result.stdout.trim().split("\n").map((line) => JSON.parse(line).map((message) => message.text).join());
  assert.equal(said[0], "How many guests?");
  assert.equal(said[1], "Which day?");
  assert.match(said[2], /^Booked: 4 guests, 20\d\d-\d\d-\d\dT00:00:00\.000\+08:00\.$/);
});

test("--redact masks the text, the words and the entities", () => {
  const said = parse("mail bob@example.com for 4 people", "--redact");
  assert.equal(said.text, "mail [email] for 4 people");
  assert.ok(!JSON.stringify(said).includes("example"));
  assert.deepEqual([said.entities[0].entity, said.entities[0].start, said.entities[0].end], ["number", 17, 18]);
  assert.ok(said.tokens.includes("[email]"));
});
