import { beforeEach, describe, expect, it, vi } from "vitest";
import { AgentClient, type Summary } from "./agent.js";
import { Backoff } from "./backoff.js";
import { MemoryStore, Peer } from "./testing.js";

const summary = (id: string, extra: Partial<Summary> = {}): Summary => ({
  id,
  lang: "zh",
  owner: "bot",
  agent: null,
  mood: 0,
  mood_trend: 0,
  last_text: "…",
  last_seq: 1,
  unread: 0,
  updated: "2026-01-01T00:00:00Z",
  created: "2026-01-01T00:00:00Z",
  online: true,
  resolved: false,
  page: null,
  position: null,
  ...extra,
});

describe("AgentClient", () => {
  let store: MemoryStore;
  let peers: Peer[];
  const last = () => peers[peers.length - 1] as Peer;
  const start = () => {
    return new AgentClient({
      url: "ws://x/ws/agent",
      store,
      backoff: new Backoff(() => 0, () => 0.5),
      connect: () => {
        const peer = new Peer();
        peers.push(peer);
        return peer;
      },
    });
  };
  const loggedIn = (...conversations: Summary[]) => {
    const client = start();
    client.login("lin", "secret");
    last().accept();
    last().say({ type: "welcome", agent: "lin", token: "T", presence: ["lin"], conversations });
    return client;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    store = new MemoryStore();
    peers = [];
  });

  it("logs in with the password once and with the token afterwards", () => {
    const client = loggedIn(summary("a"));
    expect(last().sent[0]).toEqual({ type: "login", name: "lin", password: "secret" });
    client.open("a");
    last().say({ type: "history", conversation: "a", messages: [{ seq: 1, from: "visitor", text: "hi" }], more: false });
    last().drop(1006);
    expect(client.status).toBe("offline");
    vi.advanceTimersByTime(1_000);
    last().accept();
    expect(last().sent[0]).toEqual({ type: "login", token: "T" });
    last().say({ type: "welcome", agent: "lin", token: "T", presence: [], conversations: [summary("a")] });
    expect(last().sent[1]).toEqual({ type: "open", conversation: "a", after: 1 });
  });

  it("asks for the password again when the token is refused", () => {
    store.set("token", "old");
    const client = start();
    last().accept();
    last().say({ type: "error", code: "refused", message: "no", retry_after_ms: null });
    expect(client.status).toBe("logged-out");
    expect(store.values.has("token")).toBe(false);
  });

  it("puts those who wait for a person first and solved ones last", () => {
    const client = loggedIn(
      summary("solved", { resolved: true, updated: "2026-01-09T00:00:00Z" }),
      summary("old"),
      summary("new", { updated: "2026-01-02T00:00:00Z" }),
      summary("queued", { owner: "queue", updated: "2025-01-01T00:00:00Z" }),
    );
    expect(client.list.map((c) => c.id)).toEqual(["queued", "new", "old", "solved"]);
  });

  it("replaces a message by its seq when the analysis arrives", () => {
    const client = loggedIn(summary("a"));
    client.open("a");
    last().say({ type: "message", conversation: "a", seq: 1, from: "visitor", text: "bad!" });
    last().say({ type: "message", conversation: "a", seq: 1, from: "visitor", text: "bad!", analysis: { sentiment: { label: "negative", score: -0.9 } } });
    last().say({ type: "message", conversation: "b", seq: 7, from: "visitor", text: "elsewhere" });
    expect(client.messages).toHaveLength(1);
    expect(client.messages[0]?.analysis?.sentiment?.label).toBe("negative");
  });

  it("keeps a reply until its ack, over a broken connection too", () => {
    const client = loggedIn(summary("a"));
    client.open("a");
    client.reply("Hello, I am Lin");
    const cid = last().sent.at(-1)?.["cid"];
    last().drop(1006);
    vi.advanceTimersByTime(1_000);
    last().accept();
    last().say({ type: "welcome", agent: "lin", token: "T", presence: [], conversations: [summary("a")] });
    expect(last().sent.at(-1)).toMatchObject({ type: "reply", cid });
    last().say({ type: "ack", conversation: "a", cid, seq: 2 });
    expect(client.outbox).toHaveLength(0);
  });

  it("keeps one alert a conversation, newest first", () => {
    const client = loggedIn(summary("a"), summary("b"));
    for (const id of ["a", "b", "a"]) last().say({ type: "alert", conversation: id, reason: "mood", mood: -0.5, text: "!" });
    expect(client.alerts.map((a) => a.conversation)).toEqual(["a", "b"]);
    client.open("a");
    expect(client.alerts.map((a) => a.conversation)).toEqual(["b"]);
    last().say({ type: "alert", conversation: "a", reason: "mood", mood: -0.5, text: "!" });
    expect(client.alerts.map((a) => a.conversation)).toEqual(["b"]);
  });
});
