// Clients for the tests: they wait for frames, never for time.
import { createRequire } from "node:module";
import { join } from "node:path";
import { Daemon, root } from "../support/daemon.mjs";

const require = createRequire(join(root, "web/package.json"));
export const WebSocket = require("ws");
export const bot = process.env.KEFU_TEST_BOT ?? join(root, "tests/support/bot");
const PATIENCE_MS = 30_000; // how long a frame may take before the test fails; slow under sanitizers

export function daemon(options = {}) {
  return new Daemon({ bot, env: { KEFU_RATE_LIMIT: "off", ...options.env }, ...(options.data ? { data: options.data } : {}) });
}

export class Peer {
  frames = [];
  code = null;
  #waiting = [];

  constructor(url, protocol, headers = {}) {
    this.socket = new WebSocket(url, protocol, { headers });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once("open", () => resolve(this));
      this.socket.once("error", reject);
    });
    this.closed = new Promise((resolve) => {
      this.socket.once("close", (code) => {
        this.code = code;
        resolve(code);
        for (const waiter of this.#waiting.splice(0)) waiter.reject(new Error(`closed with ${code} while waiting for ${waiter.what}`));
      });
    });
    this.socket.on("message", (data) => {
      this.frames.push(JSON.parse(data.toString()));
      this.#serve();
    });
    this.socket.on("error", () => undefined);
  }

  #serve() {
    this.#waiting = this.#waiting.filter((waiter) => {
      const found = this.frames.findIndex(waiter.fits);
      if (found < 0) return true;
      waiter.resolve(this.frames.splice(found, 1)[0]);
      return false;
    });
  }

  /** The first frame that fits and that nobody has taken yet. */
  take(fits, what = String(fits)) {
    const test = typeof fits === "string" ? (frame) => frame.type === fits : fits;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${what}; got ${JSON.stringify(this.frames).slice(0, 2000)}`)), PATIENCE_MS);
      const done = (call) => (value) => {
        clearTimeout(timer);
        call(value);
      };
      this.#waiting.push({ fits: test, what, resolve: done(resolve), reject: done(reject) });
      this.#serve();
    });
  }

  say(frame) {
    this.socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  close() {
    this.socket.close();
    return this.closed;
  }

  /** Cuts the line without a goodbye. */
  cut() {
    this.socket.terminate();
    return this.closed;
  }
}

export class Visitor extends Peer {
  #cid = 0;

  constructor(server, headers) {
    super(`ws://${server.host}/ws/chat`, "kefu.chat.v1", headers);
  }

  async hello(options = {}) {
    await this.opened;
    this.say({ type: "hello", site: "demo", visitor: null, lang: "en", page: "https://shop.example/", last_seq: 0, ...options });
    const welcome = await this.take("welcome");
    this.token = welcome.visitor;
    this.conversation = welcome.conversation;
    return welcome;
  }

  static async enter(server, options = {}, headers = {}) {
    const visitor = new Visitor(server, headers);
    visitor.welcome = await visitor.hello(options);
    return visitor;
  }

  /** Sends a text; resolves with the seq of its ack. */
  async send(text, cid = `c${process.pid}-${++this.#cid}-${Math.random()}`) {
    this.say({ type: "message", cid, text });
    return (await this.take((f) => f.type === "ack" && f.cid === cid, `ack of ${cid}`)).seq;
  }

  answer(seq) {
    return this.take((f) => f.type === "message" && f.reply_to === seq, `answer to ${seq}`);
  }

  async ask(text) {
    return this.answer(await this.send(text));
  }

  /** All messages of the conversation, page by page. */
  async history() {
    const all = [];
    for (;;) {
      this.say({ type: "history", after: all.at(-1)?.seq ?? 0 });
      const page = await this.take("history");
      all.push(...page.messages);
      if (!page.more) return all;
    }
  }
}

export class Agent extends Peer {
  constructor(server, headers) {
    super(`ws://${server.host}/ws/agent`, "kefu.agent.v1", headers);
  }

  static async enter(server, login, headers = {}) {
    const agent = new Agent(server, headers);
    await agent.opened;
    agent.say({ type: "login", ...login });
    agent.welcome = await agent.take("welcome");
    return agent;
  }

  async open(conversation, after) {
    this.say({ type: "open", conversation, after });
    return this.take((f) => f.type === "history" && f.conversation === conversation, "history");
  }

  summary(conversation, fits = () => true) {
    return this.take((f) => f.type === "conversation" && f.id === conversation && fits(f), "conversation");
  }
}
