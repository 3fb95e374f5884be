// Starting, stopping, reading the bot again while it serves.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Daemon, kefu } from "../support/daemon.mjs";
import { Agent, bot, daemon, Visitor } from "./client.mjs";

test("SIGTERM finishes what was acked, says goodbye with 1001 and exits with 0 within 10 s", async () => {
  const server = await daemon().start();
  try {
    const v = await Visitor.enter(server);
    const idle = await Visitor.enter(server);
    const acks = await Promise.all(Array.from({ length: 20 }, (_, i) => v.send(`hello ${i}`)));
    const started = Date.now();
    const ended = server.stop("SIGTERM");
    const answers = await Promise.all(acks.map((seq) => v.answer(seq)));
    assert.equal(answers.length, 20);
    assert.deepEqual(await Promise.all([v.closed, idle.closed]), [1001, 1001]);
    assert.deepEqual(await ended, [0, null]);
    assert.ok(Date.now() - started < 10_000);
    await server.restart();
    const again = await Visitor.enter(server, { visitor: v.token });
    assert.equal(again.welcome.messages.length, 40);
    await again.close();
  } finally {
    await server.end();
  }
});

test("SIGINT ends it as well, with agents and half-open requests around", async () => {
  const server = daemon();
  server.addAgent("lin", "a long password");
  await server.start();
  try {
    const agent = await Agent.enter(server, { name: "lin", password: "a long password" });
    const v = await Visitor.enter(server);
    await agent.open(v.conversation);
    assert.deepEqual(await server.stop("SIGINT"), [0, null]);
    assert.equal(await agent.closed, 1001);
    assert.equal(await v.closed, 1001);
  } finally {
    await server.end();
  }
});

test("a second daemon on the same data is refused with status 5", async () => {
  const server = await daemon().start();
  try {
    const second = kefu(["serve", "--bot", bot, "--data", server.data, "--listen", "127.0.0.1:0"]);
    assert.equal(second.status, 5);
    assert.match(second.stderr, /lock|another/);
  } finally {
    await server.end();
  }
});

test("a port that is taken, a bad address and an unknown option are said plainly", async () => {
  const server = await daemon().start();
  const data = mkdtempSync(join(tmpdir(), "kefu-test-"));
  try {
    const taken = kefu(["serve", "--bot", bot, "--data", data, "--listen", server.host]);
    assert.equal(taken.status, 6);
    assert.match(taken.stderr, /cannot listen/);
    assert.equal(kefu(["serve", "--bot", bot, "--data", data, "--listen", "127.0.0.1:99999"]).status, 6);
    const option = kefu(["serve", "--lisen", "x"]);
    assert.equal(option.status, 2);
    assert.match(option.stderr, /--listen/);
  } finally {
    await server.end();
    rmSync(data, { recursive: true, force: true });
  }
});

test("faq.csv and words.txt are live after saving, SIGHUP reads the bot again, and no socket drops", async () => {
  const dir = mkdtempSync(join(tmpdir(), "kefu-bot-"));
  cpSync(bot, dir, { recursive: true });
  const server = await new Daemon({ bot: dir, env: { KEFU_RATE_LIMIT: "off" } }).start();
  try {
    const v = await Visitor.enter(server);
    const faq = join(dir, "faq.csv");
    const reloads = async (atLeast) => {
      for (;;) {
        const text = await (await fetch(`${server.url}/metrics`)).text();
        if (Number(/^kefu_reloads_total (\d+)$/m.exec(text)[1]) >= atLeast) return;
      }
    };
    assert.match((await v.ask("what are your opening hours")).text, /nine to five/);
    writeFileSync(faq, readFileSync(faq, "utf8").replaceAll("We are open from nine to five.", "We never close."));
    await reloads(1);
    assert.match((await v.ask("what are your opening hours")).text, /never close/);

    const words = join(dir, "words.txt");
    writeFileSync(words, "云感键盘 nz\n货到付款 5 n\n");
    await reloads(2);
    writeFileSync(words, "one two three four\n");
    while (!server.log.includes("words.txt:1: ")) await v.ask("hello");
    assert.match(server.log, /words.txt was not taken over/);
    writeFileSync(words, "");
    await reloads(3);

    const domain = join(dir, "domain.yml");
    writeFileSync(domain, readFileSync(domain, "utf8").replace("Hello! 您好！", "Welcome back!"));
    server.signal("SIGHUP");
    await reloads(4);
    assert.match((await v.ask("hello")).text, /Welcome back/);

    writeFileSync(domain, "responses: [this is no domain\n");
    server.signal("SIGHUP");
    while (!server.log.includes("the bot was not taken over")) await v.ask("hello");
    assert.match((await v.ask("hello")).text, /Welcome back/, "the old bot goes on");
    assert.equal(v.code, null);
    await v.close();
  } finally {
    await server.end();
    rmSync(dir, { recursive: true, force: true });
  }
});

test("a stale model is trained before serving", async () => {
  const dir = mkdtempSync(join(tmpdir(), "kefu-bot-"));
  cpSync(bot, dir, { recursive: true });
  const nlu = join(dir, "data/nlu.yml");
  writeFileSync(nlu, readFileSync(nlu, "utf8").replace("- hello\n", "- hello\n      - howdy partner\n"));
  const server = await new Daemon({ bot: dir, env: { KEFU_RATE_LIMIT: "off" } }).start();
  try {
    assert.match(server.log, /training it first/);
    const v = await Visitor.enter(server);
    assert.match((await v.ask("howdy partner")).text, /Hello/);
    await v.close();
  } finally {
    await server.end();
    rmSync(dir, { recursive: true, force: true });
  }
});
