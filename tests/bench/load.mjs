// Messages per second that a running daemon carries, and how long a visitor waits.
//   KEFU_RATE_LIMIT=off kefu serve ... &  node tests/bench/load.mjs --url http://127.0.0.1:5005 [--visitors 64]
//   [--seconds 10] [--ahead 1]    (ahead: messages that each visitor sends before the first answer)
// Ends with one JSON object. Latencies in milliseconds, from sending until the ack and until the answer.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const WebSocket = require("ws");
const { values } = parseArgs({
  options: { url: { type: "string" }, visitors: { type: "string" }, seconds: { type: "string" }, ahead: { type: "string" } },
});
const url = (values.url ?? "http://127.0.0.1:5005").replace(/^http/, "ws").replace(/\/$/, "");
const visitors = Number(values.visitors ?? 64);
const seconds = Number(values.seconds ?? 10);
const ahead = Number(values.ahead ?? 1);
const texts = ["hello", "你好", "when do you open", "几点开门", "thank you so much", "推荐一款500元以下的耳机", "我的订单什么时候发货", "can i return shoes i wore once"];

const acks = [];
const answers = [];
const errors = new Map();
let sent = 0;
let open = 0;
let running = false;
let onDrained = null;

function enter(n) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}/ws/chat`, "kefu.chat.v1");
    const byCid = new Map();
    const bySeq = new Map();
    const say = () => {
      const cid = `${n}-${sent++}`;
      byCid.set(cid, performance.now());
      open++;
      socket.send(JSON.stringify({ type: "message", cid, text: texts[sent % texts.length] }));
    };
    const next = () => {
      open--;
      if (running) say();
      else if (open === 0) onDrained?.();
    };
    socket.on("open", () => socket.send(JSON.stringify({ type: "hello", site: "demo", visitor: null, lang: "en", page: "", last_seq: 0 })));
    socket.on("message", (data) => {
      const frame = JSON.parse(data.toString());
      const now = performance.now();
      if (frame.type === "welcome") resolve({ socket, say });
      if (frame.type === "ack") {
        const at = byCid.get(frame.cid);
        byCid.delete(frame.cid);
        acks.push(now - at);
        bySeq.set(frame.seq, at);
      }
      if (frame.type === "message" && bySeq.has(frame.reply_to)) {
        answers.push(now - bySeq.get(frame.reply_to));
        bySeq.delete(frame.reply_to);
        next();
      }
      if (frame.type === "error") {
        errors.set(frame.code, (errors.get(frame.code) ?? 0) + 1);
        if (byCid.delete(frame.cid)) next();
      }
    });
    socket.on("error", reject);
  });
}

function quantile(sorted, q) {
  return sorted.length === 0 ? null : Number(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(2));
}

const all = await Promise.all(Array.from({ length: visitors }, (_, n) => enter(n)));
running = true;
const started = performance.now();
for (const { say } of all) for (let i = 0; i < ahead; i++) say();
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
running = false;
if (open > 0) await new Promise((resolve) => (onDrained = resolve));
const took = (performance.now() - started) / 1000;
for (const { socket } of all) socket.close();
acks.sort((a, b) => a - b);
answers.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    visitors,
    ahead,
    messages: answers.length,
    seconds: Number(took.toFixed(2)),
    messages_per_second: Number((answers.length / took).toFixed(1)),
    ack_ms: { p50: quantile(acks, 0.5), p99: quantile(acks, 0.99), max: quantile(acks, 1) },
    answer_ms: { p50: quantile(answers, 0.5), p99: quantile(answers, 0.99), max: quantile(answers, 1) },
    errors: Object.fromEntries(errors),
  }),
);
