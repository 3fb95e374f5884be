// A visitor whose line breaks comes back with last_seq and misses nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { daemon, Visitor } from "./client.mjs";

let server;
before(async () => {
  server = await daemon().start();
});
after(() => server.end());

test("welcome carries what came after last_seq, in order", async () => {
  const v = await Visitor.enter(server);
  await v.ask("hello");
  const last = (await v.ask("thanks")).seq;
  await v.cut();
  const again = await Visitor.enter(server, { visitor: v.token, last_seq: 2 });
  assert.equal(again.conversation, v.conversation);
  assert.deepEqual(again.welcome.messages.map((m) => m.seq), Array.from({ length: last - 2 }, (_, i) => i + 3));
  assert.equal(again.welcome.more ?? false, false);
  await again.close();
});

test("a last_seq of an earlier, longer conversation hides nothing of the new one", async () => {
  const v = await Visitor.enter(server, { last_seq: 4000 });
  assert.match((await v.ask("hello")).text, /Hello/);
  await v.close();
  const bearer = { authorization: `Bearer ${v.token}` };
  const waiting = fetch(`${server.url}/chat/poll?after=4000`, { headers: bearer }).then((r) => r.json());
  const again = await Visitor.enter(server, { visitor: v.token, last_seq: 4000 });
  // The poll may reach the daemon behind the first question: then the next one wakes it.
  let polled = null;
  const arrived = waiting.then((body) => (polled = body));
  while (polled === null) assert.equal((await again.ask("thanks")).from, "bot");
  assert.ok((await arrived).frames.length > 0);
  await again.close();
});

test("more than 200 messages come in pages", async () => {
  const v = await Visitor.enter(server);
  for (let round = 0; round < 6; round++) {
    const acks = await Promise.all(Array.from({ length: 20 }, (_, i) => v.send(`hello ${round} ${i}`)));
    await Promise.all(acks.map((seq) => v.answer(seq)));
  }
  await v.close();
  const again = await Visitor.enter(server, { visitor: v.token });
  assert.equal(again.welcome.messages.length, 200);
  assert.equal(again.welcome.more, true);
  again.say({ type: "history", after: 200 });
  const page = await again.take("history");
  assert.equal(page.messages[0].seq, 201);
  assert.equal(page.more, false);
  assert.ok(200 + page.messages.length >= 240);
  assert.ok(await again.ask("hello"), "live messages go on");
  await again.close();
});

test("lines that break again and again lose and double nothing", async () => {
  const seen = new Map();
  const acked = new Map();
  let token = null;
  let last = 0;
  const note = (m) => {
    assert.equal(m.seq, last + 1, `jumped from ${last} to ${m.seq}`);
    last = m.seq;
    seen.set(m.seq, m);
  };
  for (let round = 0; round < 12; round++) {
    const v = new Visitor(server);
    const welcome = await v.hello({ visitor: token, last_seq: last });
    token = welcome.visitor;
    welcome.messages.forEach(note);
    for (let i = 0; i < 5; i++) v.say({ type: "message", cid: `r${round}-${i}`, text: `hello ${round} ${i}` });
    // Until the second ack; what follows on the line is lost.
    for (let acks = 0; acks < 2; ) {
      const frame = await v.take((f) => f.type === "ack" || f.type === "message");
      if (frame.type === "ack") {
        acks++;
        acked.set(frame.cid, frame.seq);
        note({ seq: frame.seq, from: "visitor", cid: frame.cid });
      } else {
        note(frame);
      }
    }
    await v.cut();
  }
  const v = await Visitor.enter(server, { visitor: token });
  const all = await v.history();
  assert.deepEqual(all.map((m) => m.seq), all.map((_, i) => i + 1));
  for (const [cid, seq] of acked) assert.deepEqual(all.filter((m) => m.cid === cid).map((m) => m.seq), [seq]);
  await v.close();
});
