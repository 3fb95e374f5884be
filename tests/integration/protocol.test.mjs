// kefu.chat.v1, frame by frame: what the daemon must send, and what it must refuse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { daemon, Peer, Visitor, WebSocket } from "./client.mjs";

let server;
before(async () => {
  server = await daemon().start();
});
after(() => server.end());

const enter = (options, headers) => Visitor.enter(server, options, headers);

test("a message is acked once, then typed at, then answered", async () => {
  const v = await enter();
  assert.equal(v.welcome.owner, "bot");
  assert.deepEqual(v.welcome.messages, []);
  assert.equal(v.welcome.unread, 0);
  v.say({ type: "message", cid: "one", text: "hello" });
  const answer = await v.take((f) => f.type === "message");
  const kinds = v.frames.map((f) => f.type);
  assert.deepEqual(kinds, ["ack", "typing"]);
  assert.equal(v.frames[0].cid, "one");
  assert.equal(v.frames[1].from, "bot");
  assert.equal(answer.reply_to, v.frames[0].seq);
  assert.equal(answer.from, "bot");
  assert.ok(answer.seq > answer.reply_to);
  assert.match(answer.ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
  for (const key of ["text", "buttons", "cards", "image", "custom"]) assert.ok(key in answer, key);
  assert.ok(answer.text.length > 0);
  await v.close();
});

test("the same cid twice is one message, and the second gets the first one's ack", async () => {
  const v = await enter();
  const first = await v.send("hello", "same");
  await v.answer(first);
  assert.equal(await v.send("something else", "same"), first);
  const next = await v.send("thanks", "other");
  await v.answer(next);
  const asked = (await v.history()).filter((m) => m.from === "visitor");
  assert.deepEqual(asked.map((m) => m.text), ["hello", "thanks"]);
  await v.close();
});

test("the same cid from two tabs at once is one message", async () => {
  const a = await enter();
  const b = await enter({ visitor: a.token });
  const [one, two] = await Promise.all([a.send("hello", "both"), b.send("hello", "both")]);
  assert.equal(one, two);
  assert.equal((await a.history()).filter((m) => m.from === "visitor").length, 1);
  await Promise.all([a.close(), b.close()]);
});

test("all tabs of a visitor hear everything, the sender's own message too", async () => {
  const a = await enter();
  const b = await enter({ visitor: a.token });
  assert.equal(b.conversation, a.conversation);
  const seq = await a.send("hello", "mine");
  const echo = await b.take((f) => f.type === "message" && f.from === "visitor");
  assert.equal(echo.seq, seq);
  assert.equal(echo.cid, "mine");
  const [at, bt] = await Promise.all([a.answer(seq), b.answer(seq)]);
  assert.equal(at.seq, bt.seq);
  assert.equal(a.frames.filter((f) => f.type === "message" && f.from === "visitor").length, 0, "no echo to the sender");
  await Promise.all([a.close(), b.close()]);
});

test("frames may follow hello without waiting for welcome", async () => {
  const v = new Visitor(server);
  await v.opened;
  v.say({ type: "hello", site: "demo", visitor: null, lang: "en", page: "", last_seq: 0 });
  v.say({ type: "message", cid: "early", text: "hello" });
  const welcome = await v.take("welcome");
  assert.equal(welcome.owner, "bot");
  const { seq } = await v.take("ack");
  await v.answer(seq);
  await v.close();
});

test("seq rises by one per stored message and is given out in order", async () => {
  const v = await enter();
  const texts = Array.from({ length: 40 }, (_, i) => `hello ${i}`);
  const acks = await Promise.all(texts.map((text) => v.send(text)));
  await Promise.all(acks.map((seq) => v.answer(seq)));
  const all = await v.history();
  assert.deepEqual(all.map((m) => m.seq), all.map((_, i) => i + 1));
  assert.deepEqual(all.filter((m) => m.from === "visitor").map((m) => m.text), texts);
  for (const seq of acks) assert.equal(all.filter((m) => m.reply_to === seq).length >= 1, true);
  await v.close();
});

test("a message before hello is an error, and the socket stays open for hello", async () => {
  const v = new Visitor(server);
  await v.opened;
  v.say({ type: "message", cid: "x", text: "hello" });
  const error = await v.take("error");
  assert.equal(error.code, "no_hello");
  assert.equal(error.cid, "x");
  assert.ok("retry_after_ms" in error && typeof error.message === "string");
  await v.hello();
  await v.close();
});

test("bad frames are errors that name what is wrong", async () => {
  const v = await enter();
  const cases = [
    ["{", /JSON/],
    ["[]", /object/],
    ["{}", /type/],
    ['{"type":7}', /type/],
    ['{"type":"login","token":"x"}', /type/],
    ['{"type":"message","text":"no cid"}', /cid/],
    ['{"type":"message","cid":"","text":"x"}', /cid/],
    ['{"type":"message","cid":5,"text":"x"}', /cid/],
    ['{"type":"message","cid":"q","text":["x"]}', /text/],
    ['{"type":"message","cid":"q","text":""}', /text/],
    ['{"type":"message","cid":"q","text":"a\\u0000b"}', /JSON/],
    ['{"type":"message","type":"message","cid":"q","text":"x"}', /JSON|duplicate/],
    [`{"type":"message","cid":"${"x".repeat(200)}","text":"x"}`, /cid/],
    ['{"type":"read","seq":1.5}', /seq/],
    ['{"type":"read","seq":-1}', /seq/],
    ['{"type":"read","seq":99999999999999999999}', /JSON|integer/],
    ['{"type":"feedback","seq":1,"value":"sideways"}', /value/],
    ['{"type":"rating","score":6}', /score/],
    ['{"type":"typing","on":"yes"}', /on/],
    [`{"type":"typing","on":${"[".repeat(100)}${"]".repeat(100)}}`, /deep/],
    ['{"type":"hello","site":"demo"}', /once/],
  ];
  for (const [frame, what] of cases) {
    v.say(frame);
    const error = await v.take("error", frame);
    assert.equal(error.code, "bad_frame", frame);
    assert.match(error.message, what, frame);
  }
  v.say({ type: "message", cid: "long", text: "x".repeat(8193) });
  const error = await v.take("error");
  assert.equal(error.code, "too_long");
  assert.equal(error.cid, "long");
  assert.ok(await v.ask("hello"), "the socket still works");
  await v.close();
});

test("a text of exactly 8192 bytes is taken, in many WebSocket fragments too", async () => {
  const v = await enter();
  const frame = JSON.stringify({ type: "message", cid: "big", text: "x".repeat(8192) });
  for (let i = 0; i < frame.length; i += 1000) v.socket.send(frame.slice(i, i + 1000), { fin: i + 1000 >= frame.length, binary: false });
  const { seq } = await v.take("ack");
  await v.answer(seq);
  await v.close();
});

test("more than 16 KiB closes with 1009", async () => {
  const v = await enter();
  v.say(JSON.stringify({ type: "message", cid: "c", text: "x".repeat(20_000) }));
  assert.equal(await v.closed, 1009);
});

test("what is not UTF-8 closes with 1007", async () => {
  const v = await enter();
  v.socket.send(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), { binary: false });
  assert.equal(await v.closed, 1007);
});

test("an unknown site, or a site from another origin, closes with 1008", async () => {
  for (const [hello, headers] of [
    [{ site: "nobody" }, {}],
    [{ site: "closed" }, { Origin: "https://elsewhere.example" }],
  ]) {
    const v = new Visitor(server, headers);
    await v.opened;
    v.say({ type: "hello", visitor: null, lang: "en", page: "", last_seq: 0, ...hello });
    assert.equal((await v.take("error")).code, "refused");
    assert.equal(await v.closed, 1008);
  }
  const good = await enter({ site: "closed" }, { Origin: "https://shop.example" });
  await good.close();
  const own = await enter({ site: "closed" }, { Origin: `http://${server.host}` });
  await own.close();
});

test("a token that cannot be one closes with 4401; an unknown one makes a new visitor", async () => {
  const v = new Visitor(server);
  await v.opened;
  v.say({ type: "hello", site: "demo", visitor: "x".repeat(100), lang: "en", page: "", last_seq: 0 });
  assert.equal(await v.closed, 4401);
  const stranger = await enter({ visitor: "0123456789abcdef0123456789abcdef" });
  assert.notEqual(stranger.token, "0123456789abcdef0123456789abcdef");
  assert.deepEqual(stranger.welcome.messages, []);
  await stranger.close();
});

test("a wrong path or a subprotocol of another path is refused", async () => {
  await assert.rejects(new Peer(`ws://${server.host}/ws/other`, "kefu.chat.v1").opened);
  await assert.rejects(new Peer(`ws://${server.host}/ws/agent`, "kefu.chat.v1").opened);
  const plain = new WebSocket(`ws://${server.host}/ws/chat`);
  await new Promise((resolve, reject) => plain.once("open", resolve).once("error", reject));
  plain.terminate();
});

test("unread counts what came after the read marker, and read is passed on", async () => {
  const v = await enter();
  const answer = await v.ask("hello");
  await v.close();
  const again = await enter({ visitor: v.token });
  assert.equal(again.welcome.unread, 1);
  again.say({ type: "read", seq: answer.seq });
  again.say({ type: "history", after: 0 });
  await again.take("history");
  await again.close();
  const third = await enter({ visitor: v.token });
  assert.equal(third.welcome.unread, 0);
  await third.close();
});

test("event, feedback, rating and personalise are taken; handoff puts into the queue", async () => {
  const v = await enter();
  const answer = await v.ask("hello");
  v.say({ type: "event", event: "view", item: "T-1" });
  v.say({ type: "feedback", seq: answer.seq, value: "up" });
  v.say({ type: "rating", score: 5, comment: "好" });
  v.say({ type: "personalise", on: false });
  v.say({ type: "handoff" });
  const owner = await v.take("owner");
  assert.equal(owner.owner, "queue");
  assert.ok(owner.position >= 1);
  assert.equal(owner.agent, null);
  assert.deepEqual(v.frames.filter((f) => f.type === "error"), []);
  await v.close();
  const again = await enter({ visitor: v.token });
  assert.equal(again.welcome.owner, "queue");
  await again.close();
});

test("buttons' payloads say what the text does not", async () => {
  const v = await enter();
  v.say({ type: "message", cid: "p", text: "whatever", payload: "/greet" });
  const { seq } = await v.take("ack");
  assert.match((await v.answer(seq)).text, /Hello/);
  await v.close();
});
