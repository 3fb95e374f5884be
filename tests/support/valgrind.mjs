// One conversation with a daemon that runs under valgrind; see valgrind.sh.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "kefu-valgrind-"));
const program = process.env.KEFU_PROGRAM;
// Only `serve` is watched; adding an agent is another program's business. OpenBLAS and GLib keep what they have until
// the end, which is not lost: only definite and possible losses count.
const wrapper = join(folder, "kefu");
writeFileSync(
  wrapper,
  `#!/bin/sh\n[ "$1" = serve ] || exec '${program}' "$@"\nexec valgrind --quiet --error-exitcode=99 --leak-check=full ` +
    `--errors-for-leak-kinds=definite --show-leak-kinds=definite --num-callers=24 '${program}' "$@" --threads 1\n`,
);
chmodSync(wrapper, 0o755);
process.env.KEFU_PROGRAM = wrapper;
const { Agent, daemon, Visitor } = await import("../integration/client.mjs");

const server = daemon({ env: { KEFU_WORKERS: "2" } });
let status = 1;
try {
  server.addAgent("lin", "a long password");
  await server.start();
  const v = await Visitor.enter(server);
  await v.ask("hello");
  await v.ask("you are useless");
  await v.send("hello", "same");
  await v.send("hello", "same");
  v.say("nonsense");
  v.say({ type: "event", event: "view", item: "T-1" });
  const agent = await Agent.enter(server, { name: "lin", password: "a long password" });
  await agent.open(v.conversation);
  agent.say({ type: "reply", conversation: v.conversation, cid: "r", text: "here I am" });
  await v.take((f) => f.type === "message" && f.from === "agent");
  agent.say({ type: "release", conversation: v.conversation });
  await v.take((f) => f.type === "owner" && f.owner === "bot");
  for (const path of ["/", "/metrics", "/readyz", "/images/T-1.svg", "/shop/products.json", "/api/recommend/a", "/nothing"])
    await (await fetch(server.url + path)).arrayBuffer();
  const body = JSON.stringify({ sender: "x", message: "thanks", text: "thanks" });
  for (const path of ["/webhooks/rest/webhook", "/model/parse", "/v1/sentiment"])
    await (await fetch(server.url + path, { method: "POST", body })).arrayBuffer();
  server.signal("SIGHUP");
  while (!server.log.includes("was read again")) await v.ask("hello");
  const [code, signal] = await server.stop("SIGTERM");
  const found = server.log.split("\n").filter((line) => line.startsWith("=="));
  if (code === 0 && found.length === 0) {
    console.log("valgrind: one conversation, no errors, no leaks");
    status = 0;
  } else {
    console.log(`${found.join("\n")}\nvalgrind: status ${code ?? signal}`);
  }
} finally {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
