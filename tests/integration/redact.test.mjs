// redact: true: what identifies a visitor reaches neither the disk, nor agents, nor the log.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Agent, daemon, Visitor } from "./client.mjs";

const PHONE = "13912345678";
const EMAIL = "canary@example.com";
const LOGIN = { name: "lin", password: "a long password" };
const TOKEN = "a-management-token-for-tests";
let server;
before(async () => {
  const token = join(tmpdir(), `kefu-redact-token-${process.pid}`);
  writeFileSync(token, `${TOKEN}\n`);
  server = daemon({ env: { KEFU_REDACT: "on", KEFU_LOG_LEVEL: "debug", KEFU_AGENT_TOKEN_FILE: token } });
  server.addAgent("lin", LOGIN.password);
  await server.start();
});
after(() => server.end());

const isClean = (text) => !text.includes(PHONE) && !text.includes(EMAIL);

test("a canary is nowhere", async () => {
  const agent = await Agent.enter(server, LOGIN);
  const v = await Visitor.enter(server);
  await agent.open(v.conversation, 0);
  await v.ask(`call me at ${PHONE} or write to ${EMAIL}`);
  v.say({ type: "rating", score: 5, comment: `thanks, ${EMAIL}` });
  await v.ask("hello");
  const seen = await agent.take((f) => f.type === "message" && f.from === "visitor" && f.text.includes("call me"));
  assert.equal(seen.text, "call me at [phone] or write to [email]");
  const history = await v.history();
  assert.equal(history[0].text, "call me at [phone] or write to [email]");
  assert.ok(isClean(JSON.stringify(agent.frames)));
  await v.close();
  await agent.close();
  const headers = { authorization: `Bearer ${TOKEN}` };
  const tracker = await (await fetch(`${server.url}/conversations/${v.conversation}/tracker`, { headers })).text();
  assert.ok(tracker.includes("[phone]") && isClean(tracker), tracker);
  await server.stop();
  for (const name of readdirSync(server.data)) assert.ok(isClean(readFileSync(join(server.data, name), "latin1")), name);
  assert.ok(isClean(server.log));
});
