// HTTP: Rasa's addresses key for key, Gorse's, figures, pages, errors.
import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { kefu } from "../support/daemon.mjs";
import { bot, daemon, Visitor } from "./client.mjs";

const TOKEN = "a-management-token-for-tests";
let server;
before(async () => {
  const web = mkdtempSync(join(tmpdir(), "kefu-web-"));
  mkdirSync(join(web, "assets"));
  mkdirSync(join(web, "console"));
  writeFileSync(join(web, "index.html"), "<!doctype html><title>shop</title>");
  writeFileSync(join(web, "console/index.html"), "<!doctype html><title>console</title>");
  writeFileSync(join(web, "assets/app-1a2b.js"), "export {};\n".repeat(50));
  writeFileSync(join(web, "assets/app-1a2b.js.gz"), gzipSync("export {};\n".repeat(50)));
  writeFileSync(join(web, "widget.js"), "void 0;");
  writeFileSync(join(web, "secret.txt.bak"), "x");
  const token = join(web, "..", `kefu-token-${process.pid}`);
  writeFileSync(token, `${TOKEN}\n`);
  server = await daemon({ env: { KEFU_WEB: web, KEFU_AGENT_TOKEN_FILE: token } }).start();
});
after(() => server.end());

const get = (path, headers = {}) => fetch(`${server.url}${path}`, { headers, redirect: "manual" });
const post = (path, body, headers = {}) =>
  fetch(`${server.url}${path}`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });

/** The path as it is, without the client's own tidying. */
function raw(path, method = "GET") {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port: server.host.split(":")[1], path, method }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    request.on("error", reject);
    request.end();
  });
}

async function isFailure(response, status) {
  assert.equal(response.status, status);
  const body = await response.json();
  assert.equal(body.status, "failure");
  assert.equal(body.code, status);
  for (const key of ["version", "reason", "message"]) assert.equal(typeof body[key], "string", key);
  return body;
}

test("Rasa's REST channel", async () => {
  assert.deepEqual(await (await get("/webhooks/rest/")).json(), { status: "ok" });
  const answers = await (await post("/webhooks/rest/webhook", { sender: "robot", message: "hello" })).json();
  assert.ok(Array.isArray(answers) && answers.length > 0);
  assert.equal(answers[0].recipient_id, "robot");
  assert.match(answers[0].text, /Hello/);
  assert.deepEqual(Object.keys(answers[0].buttons[0]).sort(), ["payload", "title"]);
  const nameless = await (await post("/webhooks/rest/webhook", { message: "thanks" })).json();
  assert.equal(nameless[0].recipient_id, "default");
  await isFailure(await post("/webhooks/rest/webhook", "{"), 400);
  await isFailure(await post("/webhooks/rest/webhook", "[]"), 422);
  await isFailure(await post("/webhooks/rest/webhook", { sender: "x" }), 422);
  await isFailure(await post("/webhooks/rest/webhook", { sender: 5, message: "x" }), 422);
  const method = await get("/webhooks/rest/webhook");
  assert.equal(method.headers.get("allow"), "POST");
  await isFailure(method, 405);
});

test("many senders at once each get their own answers", async () => {
  const all = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => (await post("/webhooks/rest/webhook", { sender: `s${i}`, message: "hello" })).json()),
  );
  all.forEach((answers, i) => assert.equal(answers[0].recipient_id, `s${i}`));
});

test("Rasa's /model/parse, /status, /version", async () => {
  const parsed = await (await post("/model/parse", { text: "hello there", message_id: "m1" })).json();
  assert.equal(parsed.text, "hello there");
  assert.equal(parsed.message_id, "m1");
  assert.equal(parsed.intent.name, "greet");
  assert.equal(typeof parsed.intent.confidence, "number");
  assert.ok(Array.isArray(parsed.entities));
  assert.deepEqual(Object.keys(parsed.intent_ranking[0]).sort(), ["confidence", "name"]);
  assert.match(parsed.sentiment.label, /^(negative|neutral|positive)$/);
  await isFailure(await post("/model/parse", {}), 422);
  const status = await (await get("/status")).json();
  assert.deepEqual(Object.keys(status).sort(), ["model_file", "model_id", "num_active_training_jobs"]);
  const version = await (await get("/version")).json();
  assert.deepEqual(Object.keys(version).sort(), ["minimum_compatible_version", "version"]);
});

test("entities carry the same keys in /model/parse and in kefu parse", async () => {
  const text = "where is my order KF20260718";
  const names = { entity: "order_id", value: "KF20260718", extractor: "KefuEntityExtractor" };
  const expected = { ...names, start: 18, end: 28, confidence: 1, confidence_entity: 1 };
  const parsed = await (await post("/model/parse", { text })).json();
  assert.deepEqual(parsed.entities, [expected]);
  const lines = kefu(["parse", "--bot", bot], { input: `${text}\n` });
  assert.equal(lines.status, 0, lines.stderr);
  assert.deepEqual(JSON.parse(lines.stdout).entities, [{ ...expected, role: null, group: null }]);
});

test("the tracker needs the management token", async () => {
  await post("/webhooks/rest/webhook", { sender: "tracked", message: "hello" });
  await isFailure(await get("/conversations/tracked/tracker"), 401);
  await isFailure(await get("/conversations/tracked/tracker", { authorization: "Bearer wrong" }), 401);
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const tracker = await (await get("/conversations/tracked/tracker", bearer)).json();
  assert.equal(tracker.sender_id, "tracked");
  assert.equal(tracker.latest_message.text, "hello");
  assert.equal(tracker.latest_message.intent.name, "greet");
  assert.equal(tracker.paused, false);
  assert.equal(tracker.slots.lang, "en");
  assert.equal(tracker.latest_action_name, "action_listen");
  const kinds = tracker.events.map((e) => e.event);
  assert.ok(kinds.includes("user") && kinds.includes("bot"));
  for (const key of ["slots", "latest_event_time", "followup_action", "active_loop", "latest_input_channel"]) assert.ok(key in tracker, key);
  await isFailure(await get("/conversations/nobody/tracker", bearer), 404);
});

test("sentiment of one text and of many", async () => {
  const one = await (await post("/v1/sentiment", { text: "i love it" })).json();
  assert.equal(one.label, "positive");
  assert.ok(one.score > 0);
  const sum = Object.values(one.probabilities).reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - 1) < 1e-4);
  const many = await (await post("/v1/sentiment", { texts: ["垃圾", "非常喜欢"] })).json();
  assert.deepEqual(many.results.map((r) => r.label), ["negative", "positive"]);
  await isFailure(await post("/v1/sentiment", { texts: [1] }), 422);
  await isFailure(await post("/v1/sentiment", { texts: Array(257).fill("x") }), 422);
});

test("Gorse's addresses", async () => {
  assert.equal((await (await get("/api/health/live")).json()).Ready, true);
  assert.equal((await (await get("/api/health/ready")).json()).Ready, true);
  const items = await (await get("/api/recommend/a?n=3&reason=1")).json();
  assert.ok(items.length > 0 && items.length <= 3);
  assert.equal(typeof items[0].Id, "string");
  assert.equal(typeof items[0].Score, "number");
  assert.equal(items.some((i) => i.Id === "T-1"), false, "a bought T-1 already");
  const fewer = await (await get(`/api/recommend/${encodeURIComponent("新客")}?n=5&exclude=T-3`)).json();
  assert.equal(fewer.some((i) => i.Id === "T-3"), false);
  await isFailure(await get("/api/recommend/a?n=0"), 422);
  await isFailure(await get("/api/recommend/a?n=x"), 422);
});

test("a visitor's events change the recommendations at once", async () => {
  const before = await (await get("/api/recommend/somebody?n=10")).json();
  assert.ok(before.some((i) => i.Id === "T-3"));
  const v = await Visitor.enter(server);
  v.say({ type: "event", event: "purchase", item: "T-3" });
  v.say({ type: "history", after: 0 });
  await v.take("history"); // work of one conversation is done in order
  const metrics = await (await get("/metrics")).text();
  assert.match(metrics, /^kefu_shop_events_total [1-9]/m);
  await v.close();
});

test("health, and figures that Prometheus can read", async () => {
  assert.equal((await get("/healthz")).status, 200);
  assert.equal((await get("/readyz")).status, 200);
  const v = await Visitor.enter(server);
  await v.ask("hello");
  const response = await get("/metrics");
  assert.match(response.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  const types = new Map();
  const values = new Map();
  for (const line of text.trimEnd().split("\n")) {
    let m;
    if ((m = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line))) {
      assert.equal(types.has(m[1]), false, `TYPE of ${m[1]} twice`);
      types.set(m[1], m[2]);
    } else if (!/^# HELP \w+ \S/.test(line)) {
      m = /^(\w+)(\{\w+="[^"]*"\})? (-?[0-9.e+-]+)$/.exec(line);
      assert.ok(m, `not a sample: ${line}`);
      assert.match(m[1], /^kefu_/);
      assert.ok(types.has(m[1]) || types.get(m[1].replace(/_(bucket|sum|count)$/, "")) === "histogram", `no TYPE for ${m[1]}`);
      values.set(m[1] + (m[2] ?? ""), Number(m[3]));
    }
  }
  for (const [name, type] of types) {
    if (type === "counter") assert.match(name, /_total$/);
    if (type !== "histogram") continue;
    const buckets = [...values].filter(([key]) => key.startsWith(`${name}_bucket`)).map(([, value]) => value);
    assert.ok(buckets.length > 5);
    buckets.reduce((a, b) => (assert.ok(b >= a, `${name} falls`), b));
    assert.equal(buckets.at(-1), values.get(`${name}_count`));
    assert.ok(values.has(`${name}_sum`));
  }
  assert.ok(values.get("kefu_turn_seconds_count") >= 1);
  assert.ok(values.get('kefu_messages_total{direction="in"}') >= 1);
  assert.ok(values.get('kefu_connections{role="visitor"}') >= 1);
  assert.ok(values.get("kefu_process_resident_memory_bytes") > 1e6);
  await v.close();
});

test("pages: types, caching, packed files, security headers", async () => {
  const page = await get("/");
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  assert.match(page.headers.get("content-security-policy"), /script-src 'self';.*frame-ancestors/);
  assert.doesNotMatch(page.headers.get("content-security-policy"), /unsafe/);
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  const etag = page.headers.get("etag");
  const again = await get("/", { "if-none-match": etag });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
  assert.match(await (await get("/product/T-1")).text(), /shop/);
  assert.match(await (await get("/console/")).text(), /console/);
  assert.equal((await get("/console")).headers.get("location"), "/console/");
  const asset = await get("/assets/app-1a2b.js", { "accept-encoding": "gzip" });
  assert.equal(asset.headers.get("content-encoding"), "gzip");
  assert.match(asset.headers.get("cache-control"), /immutable/);
  assert.match(await asset.text(), /^export/);
  const plain = await get("/assets/app-1a2b.js", { "accept-encoding": "identity" });
  assert.equal(plain.headers.get("content-encoding"), null);
  const widget = await get("/widget.js");
  assert.equal(widget.headers.get("access-control-allow-origin"), "*");
  assert.match((await get("/images/T-1.svg")).headers.get("content-type"), /^image\/svg/);
  const products = await (await get("/shop/products.json")).json();
  assert.equal(products.length, 3);
  assert.deepEqual(products[0].texts.zh, { title: "蓝色杯子", description: "喝茶用的杯子" });
  assert.equal(products[0].price, 12.5);
  const head = await fetch(`${server.url}/`, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
});

test("no way out of the folders", async () => {
  for (const path of [
    "/../kefu.yml",
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc/passwd",
    "/images/..%2fkefu.yml",
    "/images/%2e%2e/kefu.yml",
    "/assets/../../kefu.yml",
    "/assets/%5c..%5c..%5ckefu.yml",
    "/.git/config",
    "//etc/passwd",
    "/images/T-1.svg%00.html",
    "/assets",
  ]) {
    const { status, text } = await raw(path).catch(() => ({ status: 400, text: "" }));
    assert.ok([400, 403, 404].includes(status), `${path}: ${status} ${text.slice(0, 80)}`);
  }
});

test("errors: 404, 405, 413, and a long body is survived", async () => {
  await isFailure(await get("/there/is/nothing"), 404);
  await isFailure(await post("/there/is/nothing", {}), 404);
  await isFailure(await fetch(`${server.url}/healthz`, { method: "DELETE" }), 405);
  await isFailure(await post("/model/parse", JSON.stringify({ text: "x".repeat(400_000) })), 413);
  await isFailure(await post("/model/parse", `${"[".repeat(1000)}`), 400);
  await isFailure(await post("/model/parse", { text: "x".repeat(9000) }), 422);
  assert.equal((await get("/healthz")).status, 200);
});

test("too many requests get 429 with Retry-After", async () => {
  const strict = await daemon({ env: { KEFU_RATE_LIMIT: "on" } }).start();
  try {
    const v = await Visitor.enter(strict);
    for (let i = 0; i < 40; i++) v.say({ type: "message", cid: `f${i}`, text: "hello" });
    const error = await v.take((f) => f.type === "error");
    assert.equal(error.code, "too_fast");
    assert.ok(error.retry_after_ms > 0);
    assert.match(error.cid, /^f\d+$/);
    await v.close();
    let response;
    for (let i = 0; i < 2000; i++) {
      response = await fetch(`${strict.url}/model/parse`, { method: "POST", body: "{" });
      await response.arrayBuffer();
      if (response.status === 429) break;
    }
    assert.equal(response.status, 429);
    assert.ok(Number(response.headers.get("retry-after")) >= 1);
  } finally {
    await strict.end();
  }
});

test("the chat by long poll", async () => {
  const hello = await (await post("/chat/send", { type: "hello", site: "demo", visitor: null, lang: "en", page: "", last_seq: 0 })).json();
  assert.equal(hello.type, "welcome");
  assert.deepEqual(hello.messages, []);
  const bearer = { authorization: `Bearer ${hello.visitor}` };
  const waiting = get("/chat/poll?after=0", bearer).then((r) => r.json()); // is there before the message
  const ack = await (await post("/chat/send", { type: "message", cid: "p1", text: "hello" }, bearer)).json();
  assert.deepEqual(ack, { type: "ack", cid: "p1", seq: 1 });
  const first = await waiting;
  assert.equal(first.frames[0].seq, 1);
  assert.equal(first.owner, "bot");
  const answer = first.frames[1] ?? (await (await get("/chat/poll?after=1", bearer)).json()).frames[0];
  assert.equal(answer.reply_to, 1);
  assert.match(answer.text, /Hello/);
  const again = await (await post("/chat/send", { type: "message", cid: "p1", text: "hello" }, bearer)).json();
  assert.equal(again.seq, 1, "the same cid is one message here too");
  const socket = await Visitor.enter(server, { visitor: hello.visitor });
  assert.equal(socket.conversation, hello.conversation);
  const heard = get("/chat/poll?after=2", bearer).then((r) => r.json());
  await socket.send("thanks");
  assert.equal((await heard).frames[0].text, "thanks");
  await socket.close();
  await isFailure(await get("/chat/poll?after=0"), 401);
  await isFailure(await get("/chat/poll?after=0", { authorization: "Bearer 0123456789abcdef0123456789abcdef" }), 401);
  await isFailure(await post("/chat/send", { type: "message", cid: "p2", text: "x" }), 401);
  await isFailure(await post("/chat/send", { type: "hello", site: "nobody" }), 403);
  await isFailure(await post("/chat/send", { type: "handoff" }, bearer), 422);
});
