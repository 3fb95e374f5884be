import { beforeEach, describe, expect, it, vi } from "vitest";
import { Backoff } from "./backoff.js";
import { Chat } from "./chat.js";
import { decodeFrame, safeUrl } from "./protocol.js";
import { MemoryStore, Peer } from "./testing.js";

const welcome = (messages: object[] = [], extra: object = {}) => ({
  type: "welcome",
  visitor: "token",
  conversation: "c1",
  owner: "bot",
  messages,
  unread: 0,
  ...extra,
});
const message = (seq: number, text: string, from = "bot") => ({ type: "message", seq, reply_to: null, from, text, ts: "2026-01-01T00:00:00Z" });

describe("Chat", () => {
  let store: MemoryStore;
  let peers: Peer[];
  const last = () => peers[peers.length - 1] as Peer;
  const start = () => {
    let n = peers.length * 100;
    const chat = new Chat({
      url: "ws://x/ws/chat",
      site: "demo",
      lang: "zh",
      page: "http://x/",
      store,
      backoff: new Backoff(() => 0, () => 0.5),
      newId: () => `id${n++}`,
      connect: () => {
        const peer = new Peer();
        peers.push(peer);
        return peer;
      },
    });
    chat.open();
    last().accept();
    return chat;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    store = new MemoryStore();
    peers = [];
  });

  it("says hello with the stored token and the last seq", () => {
    store.set("visitor", "abc");
    const chat = start();
    expect(last().of("hello")[0]).toMatchObject({ visitor: "abc", site: "demo", last_seq: 0 });
    last().say(welcome([message(1, "hi"), message(2, "there")]));
    last().drop(1006);
    vi.advanceTimersByTime(1_000);
    last().accept();
    expect(last().of("hello")[0]).toMatchObject({ visitor: "token", last_seq: 2 });
    expect(chat.messages).toHaveLength(2);
  });

  it("sends what was not acked again under the same cid, and shows it once", () => {
    const chat = start();
    last().say(welcome());
    chat.send("one");
    chat.send("two");
    last().say({ type: "ack", cid: "id0", seq: 1 });
    last().drop(1006);
    expect(chat.status).toBe("offline");
    chat.send("three");
    vi.advanceTimersByTime(1_000);
    last().accept();
    last().say(welcome([message(2, "two", "visitor"), message(3, "answer")].map((m, i) => (i === 0 ? { ...m, cid: "id1" } : m))));
    expect(last().of("message").map((f) => f["cid"])).toEqual(["id2"]);
    expect(chat.messages.map((m) => m.seq)).toEqual([1, 2, 3]);
    expect(chat.outbox.map((o) => o.text)).toEqual(["three"]);
  });

  it("keeps the outbox over a reload of the page", () => {
    const first = start();
    last().say(welcome());
    first.send("do not lose me");
    const second = start();
    last().say(welcome());
    expect(second.outbox.map((o) => o.text)).toEqual(["do not lose me"]);
    expect(last().of("message")[0]).toMatchObject({ cid: "id0" });
  });

  it("asks for history where there is a gap, and only once", () => {
    const chat = start();
    last().say(welcome([message(1, "a")]));
    last().say(message(4, "d"));
    last().say(message(5, "e"));
    expect(last().of("history")).toEqual([{ type: "history", after: 1 }]);
    last().say({ type: "history", messages: [message(2, "b"), message(3, "c")], more: false });
    expect(chat.messages.map((m) => m.text)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("ignores duplicates and things that are no frames", () => {
    const chat = start();
    last().say(welcome([message(1, "a")]));
    last().say(message(1, "a"));
    last().onmessage?.({ data: "{broken" });
    last().onmessage?.({ data: new ArrayBuffer(2) });
    expect(chat.messages).toHaveLength(1);
  });

  it("waits as long as a rate limit says and then sends again by itself", () => {
    const chat = start();
    last().say(welcome());
    chat.send("fast");
    last().say({ type: "error", code: "rate_limited", message: "slow down", retry_after_ms: 3000, cid: "id0" });
    expect(last().of("message")).toHaveLength(1);
    vi.advanceTimersByTime(3_000);
    expect(last().of("message")).toHaveLength(2);
    expect(chat.outbox).toHaveLength(1);
  });

  it("stops for good when the site is refused, and forgets a refused token", () => {
    const chat = start();
    last().drop(1008);
    expect(chat.status).toBe("refused");
    vi.advanceTimersByTime(120_000);
    expect(peers).toHaveLength(1);
    store.set("visitor", "old");
    start();
    last().drop(4401);
    expect(store.get("visitor")).toBeNull();
  });

  it("lets a typing sign run out", () => {
    const chat = start();
    last().say(welcome());
    last().say({ type: "typing", from: "bot", ttl_ms: 6000 });
    expect(chat.typingFrom).toBe("bot");
    vi.advanceTimersByTime(6_000);
    expect(chat.typingFrom).toBeNull();
  });
});

describe("Backoff", () => {
  it("doubles to thirty seconds and starts over after a stable minute", () => {
    let now = 0;
    const backoff = new Backoff(() => now, () => 0.5);
    expect([1, 2, 3, 4, 5, 6, 7].map(() => backoff.next())).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    backoff.connected();
    now = 10_000;
    expect(backoff.next()).toBe(30_000);
    backoff.connected();
    now = 90_000;
    expect(backoff.next()).toBe(1_000);
  });
});

describe("protocol", () => {
  it("refuses links that are not http", () => {
    expect(safeUrl("javascript:alert(1)", "http://x/")).toBeNull();
    expect(safeUrl("data:text/html,x", "http://x/")).toBeNull();
    expect(safeUrl("/product/1", "http://x/")).toBe("http://x/product/1");
  });
  it("refuses unknown frames", () => {
    expect(decodeFrame('{"type":"surprise"}')).toBeNull();
    expect(decodeFrame("[1]")).toBeNull();
    expect(decodeFrame("null")).toBeNull();
  });
});
