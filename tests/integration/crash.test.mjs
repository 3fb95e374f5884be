// kill -9 in the middle of a storm: what was acked is in the history exactly once, and gets its answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { daemon, Visitor } from "./client.mjs";

const VISITORS = 8;
const ROUNDS = 3;

test("every acked message survives kill -9 and is answered", async () => {
  const server = await daemon().start();
  const people = Array.from({ length: VISITORS }, () => ({ token: null, acked: new Map(), sent: 0 }));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await Promise.all(people.map((p) => Visitor.enter(server, { visitor: p.token })));
      let acks = 0;
      const enough = new Promise((resolve) => {
        lines.forEach((v, i) => {
          people[i].token = v.token;
          v.socket.on("message", (data) => {
            const frame = JSON.parse(data.toString());
            if (frame.type !== "ack") return;
            people[i].acked.set(frame.cid, frame.seq);
            if (++acks >= VISITORS * 10) resolve();
          });
          for (let n = 0; n < 60; n++) v.say({ type: "message", cid: `${round}-${n}`, text: `hello ${people[i].sent++}` });
        });
      });
      await enough;
      await server.stop("SIGKILL");
      await Promise.all(lines.map((v) => v.closed));
      await server.restart();
    }
    assert.ok(people.reduce((n, p) => n + p.acked.size, 0) >= ROUNDS * VISITORS * 10);
    for (const p of people) {
      const v = await Visitor.enter(server, { visitor: p.token });
      // Waits until all that is stored is answered, by asking once more: turns of one conversation are done in order.
      await v.ask("thanks");
      const all = await v.history();
      assert.deepEqual(all.map((m) => m.seq), all.map((_, i) => i + 1));
      for (const [cid, seq] of p.acked) {
        assert.deepEqual(all.filter((m) => m.cid === cid).map((m) => m.seq), [seq], `${cid} is there once`);
      }
      for (const m of all.filter((m) => m.from === "visitor")) {
        assert.ok(all.some((a) => a.reply_to === m.seq), `${m.cid} (seq ${m.seq}) is answered`);
      }
      const answers = all.filter((m) => m.reply_to !== null).map((m) => m.reply_to);
      assert.equal(new Set(answers).size, answers.length, "nothing is answered twice");
      await v.close();
    }
  } finally {
    await server.end();
  }
});
