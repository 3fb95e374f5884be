// kefu.agent.v1: the list, the mood, taking over and handing back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Agent, daemon, Peer, Visitor } from "./client.mjs";

const LOGIN = { name: "lin", password: "a long password" };
let server;
before(async () => {
  server = daemon();
  server.addAgent("lin", LOGIN.password);
  server.addAgent("wang", "another password");
  await server.start();
});
after(() => server.end());

test("nothing is told before login, and a wrong password is refused", async () => {
  const agent = new Agent(server);
  await agent.opened;
  agent.say({ type: "open", conversation: "x" });
  assert.equal((await agent.take("error")).code, "not_logged_in");
  agent.say({ type: "login", name: "lin", password: "wrong" });
  assert.equal((await agent.take("error")).code, "refused");
  agent.say({ type: "login", token: "0123456789abcdef0123456789abcdef" });
  assert.equal((await agent.take("error")).code, "refused");
  agent.say({ type: "login", ...LOGIN });
  const welcome = await agent.take("welcome");
  assert.equal(welcome.agent, "lin");
  assert.deepEqual(welcome.presence, ["lin"]);
  await agent.close();
  const again = await Agent.enter(server, { token: welcome.token });
  assert.equal(again.welcome.agent, "lin");
  await again.close();
});

test("a page from elsewhere is closed with 1008", async () => {
  const agent = new Agent(server, { Origin: "https://elsewhere.example" });
  assert.equal(await agent.closed, 1008);
});

test("the list follows every conversation", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const v = await Visitor.enter(server, { lang: "zh", page: "https://shop.example/cup" });
  const fresh = await agent.summary(v.conversation);
  assert.equal(fresh.online, true);
  assert.equal(fresh.owner, "bot");
  assert.equal(fresh.page, "https://shop.example/cup");
  await v.ask("hello");
  const after = await agent.summary(v.conversation, (s) => s.last_seq === 2);
  assert.equal(after.unread, 2);
  assert.equal(after.lang, "zh");
  assert.ok(after.last_text.length > 0);
  await v.close();
  await agent.summary(v.conversation, (s) => s.online === false);
  agent.say({ type: "resolve", conversation: v.conversation, resolved: true });
  await agent.summary(v.conversation, (s) => s.resolved === true);
  await agent.close();
});

test("every message of an opened conversation comes with its sentiment", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const v = await Visitor.enter(server);
  await v.ask("hello");
  const history = await agent.open(v.conversation);
  assert.deepEqual(history.messages.map((m) => m.seq), [1, 2]);
  const { analysis } = history.messages[0];
  assert.equal(typeof analysis.sentiment.score, "number");
  assert.match(analysis.sentiment.label, /^(negative|neutral|positive)$/);
  assert.equal(analysis.lang, "en");
  assert.ok("name" in analysis.intent && "confidence" in analysis.intent);
  const seq = await v.send("this is terrible");
  const first = await agent.take((f) => f.type === "message" && f.seq === seq);
  assert.equal(first.conversation, v.conversation);
  const second = await agent.take((f) => f.type === "message" && f.seq === seq && f.analysis);
  assert.equal(second.analysis.sentiment.label, "negative");
  await agent.take((f) => f.type === "message" && f.reply_to === seq);
  agent.say({ type: "close", conversation: v.conversation });
  await v.ask("thanks");
  agent.say({ type: "history", conversation: v.conversation, after: 0 });
  await agent.take("history");
  assert.deepEqual(agent.frames.filter((f) => f.type === "message"), [], "nothing live after close");
  agent.say({ type: "open", conversation: "there-is-none" });
  assert.equal((await agent.take("error")).code, "not_found");
  await Promise.all([agent.close(), v.close()]);
});

test("a mood that falls alerts every agent", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const v = await Visitor.enter(server);
  const seqs = [await v.send("you are useless"), await v.send("this is terrible"), await v.send("i am angry")];
  const alert = await agent.take((f) => f.type === "alert" && f.conversation === v.conversation);
  assert.equal(alert.reason, "mood");
  assert.ok(alert.mood < 0);
  assert.ok(seqs.includes(alert.seq));
  await Promise.all([agent.close(), v.close()]);
});

test("taking over silences the bot at once, handing back wakes it", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const other = await Agent.enter(server, { name: "wang", password: "another password" });
  const v = await Visitor.enter(server);
  await v.ask("hello");
  await agent.open(v.conversation);
  agent.say({ type: "takeover", conversation: v.conversation });
  const owner = await v.take("owner");
  assert.equal(owner.owner, "human");
  assert.equal(owner.agent, "lin");
  other.say({ type: "takeover", conversation: v.conversation });
  assert.equal((await other.take("error")).code, "conflict");

  const seq = await v.send("hello");
  await agent.take((f) => f.type === "message" && f.seq === seq && f.analysis);
  agent.say({ type: "typing", conversation: v.conversation, on: true });
  assert.equal((await v.take((f) => f.type === "typing" && f.from === "agent")).from, "agent");
  agent.say({ type: "reply", conversation: v.conversation, cid: "r1", text: "你好，我是林" });
  const reply = await v.take((f) => f.type === "message" && f.from === "agent");
  assert.equal(reply.text, "你好，我是林");
  const ack = await agent.take((f) => f.type === "ack" && f.cid === "r1");
  assert.equal(ack.seq, reply.seq);
  agent.say({ type: "reply", conversation: v.conversation, cid: "r1", text: "你好，我是林" });
  assert.equal((await agent.take((f) => f.type === "ack" && f.cid === "r1")).seq, reply.seq);
  v.say({ type: "read", seq: reply.seq });
  assert.equal((await agent.take((f) => f.type === "read" && f.seq === reply.seq)).from, "visitor");
  agent.say({ type: "read", conversation: v.conversation, seq });
  assert.ok((await v.take("read")).seq >= seq);

  agent.say({ type: "release", conversation: v.conversation });
  assert.equal((await v.take((f) => f.type === "owner" && f.owner === "bot")).owner, "bot");
  await v.ask("hello");
  const all = await v.history();
  assert.equal(all.filter((m) => m.reply_to === seq).length, 0, "the bot never answered what the human owned");
  assert.equal(all.filter((m) => m.from === "agent").length, 1);
  assert.deepEqual(all.map((m) => m.seq), all.map((_, i) => i + 1));
  await Promise.all([agent.close(), other.close(), v.close()]);
});

test("a take-over in the middle of a storm: after it no bot message is stored", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const v = await Visitor.enter(server);
  await agent.open(v.conversation);
  const acks = [];
  for (let i = 0; i < 30; i++) acks.push(v.send(`hello ${i}`));
  await acks[3];
  agent.say({ type: "takeover", conversation: v.conversation });
  await v.take("owner");
  await Promise.all(acks);
  const last = await v.send("thanks");
  await agent.take((f) => f.type === "message" && f.seq === last && f.analysis);
  const all = await v.history();
  const taken = all.findIndex((m) => m.from === "system");
  assert.ok(taken >= 0);
  assert.deepEqual(all.slice(taken).filter((m) => m.from === "bot"), []);
  await Promise.all([agent.close(), v.close()]);
});

test("a reply takes over by itself; the queue has places", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const [a, b] = [await Visitor.enter(server), await Visitor.enter(server)];
  a.say({ type: "handoff" });
  const first = await a.take("owner");
  assert.equal((await agent.take((f) => f.type === "alert" && f.reason === "handoff")).conversation, a.conversation);
  b.say({ type: "handoff" });
  assert.equal((await b.take("owner")).position, first.position + 1);
  agent.say({ type: "reply", conversation: a.conversation, cid: "q", text: "here I am" });
  assert.equal((await a.take((f) => f.type === "owner" && f.owner === "human")).agent, "lin");
  assert.equal((await b.take((f) => f.type === "owner" && f.position === first.position)).owner, "queue");
  await Promise.all([agent.close(), a.close(), b.close()]);
});

test("presence tells who is there", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const other = await Agent.enter(server, { name: "wang", password: "another password" });
  await agent.take((f) => f.type === "presence" && f.agents.includes("wang"));
  await other.close();
  await agent.take((f) => f.type === "presence" && !f.agents.includes("wang"));
  await agent.close();
});

test("failed logins are slowed down", async () => {
  const strict = daemon({ env: { KEFU_RATE_LIMIT: "on" } });
  await strict.start();
  try {
    const agent = new Agent(strict);
    await agent.opened;
    let error;
    do {
      agent.say({ type: "login", name: "nobody", password: "x" });
      error = await agent.take("error");
    } while (error.code === "refused");
    assert.equal(error.code, "too_fast");
    assert.ok(error.retry_after_ms > 0);
    assert.equal(await agent.closed, 4429);
  } finally {
    await strict.end();
  }
});

test("agents' frames are checked like visitors'", async () => {
  const agent = await Agent.enter(server, LOGIN);
  for (const frame of ['{"type":"open"}', '{"type":"typing","on":true}', '{"type":"message","cid":"x","text":"x"}', "nonsense"]) {
    agent.say(frame);
    assert.equal((await agent.take("error")).code, "bad_frame", frame);
  }
  agent.socket.send(Buffer.from([0xff]), { binary: false });
  assert.equal(await agent.closed, 1007);
  const peer = new Peer(`ws://${server.host}/ws/agent`, "kefu.agent.v1");
  await peer.opened;
  peer.say("x".repeat(17_000));
  assert.equal(await peer.closed, 1009);
});
