// The client side of kefu.agent.v1 (AGENT_PROTOCOL.md) without any page: login, the list of conversations, the opened
// one. After a broken connection it logs in again with its token and opens what was open from the last seq it has.
import { Backoff } from "./backoff.js";
import { randomId, type SocketLike } from "./chat.js";
import type { Message, Owner } from "./protocol.js";
import type { Store } from "./storage.js";

export interface Summary {
  id: string;
  lang: string | null;
  owner: Owner;
  agent: string | null;
  mood: number;
  mood_trend: number;
  last_text: string | null;
  last_seq: number;
  unread: number;
  updated: string;
  created: string;
  online: boolean;
  resolved: boolean;
  page: string | null;
  position: number | null;
}

export interface Analysis {
  lang?: string;
  intent?: { name: string | null; confidence: number };
  sentiment?: { label: "negative" | "neutral" | "positive"; score: number };
}

export type AgentMessage = Message & { analysis?: Analysis; payload?: string };

export interface Alert {
  conversation: string;
  reason: string;
  text: string | null;
  mood: number;
  at: number;
}

export interface OutgoingReply {
  cid: string;
  conversation: string;
  text: string;
  failed: string | null;
}

export type AgentStatus = "logged-out" | "connecting" | "online" | "offline";

export interface AgentOptions {
  url: string;
  store: Store;
  connect?: (url: string, protocol: string) => SocketLike;
  backoff?: Backoff;
}

type Frame = { type: string } & Record<string, unknown>;

const OPEN = 1;
const PROTOCOL = "kefu.agent.v1";

export class AgentClient extends EventTarget {
  status: AgentStatus = "logged-out";
  name: string | null = null;
  presence: string[] = [];
  conversations = new Map<string, Summary>();
  openId: string | null = null;
  messages: AgentMessage[] = [];
  alerts: Alert[] = [];
  outbox: OutgoingReply[] = [];
  visitorTyping = false;
  readByVisitor = 0;
  error: { code: string; message: string; retryAfterMs: number | null } | null = null;

  private socket: SocketLike | null = null;
  private password: { name: string; password: string } | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private typingTimer: ReturnType<typeof setTimeout> | null = null;
  private lastTyping = 0;
  private readonly backoff: Backoff;

  constructor(private readonly options: AgentOptions) {
    super();
    this.backoff = options.backoff ?? new Backoff();
    if (options.store.get("token") !== null) this.connect();
  }

  /** Newest change first; those that wait for a person before all others, resolved ones last. */
  get list(): Summary[] {
    const rank = (s: Summary) => (s.resolved ? 2 : s.owner === "queue" ? 0 : 1);
    return [...this.conversations.values()].sort((a, b) => rank(a) - rank(b) || b.updated.localeCompare(a.updated));
  }

  get opened(): Summary | null {
    return this.openId === null ? null : (this.conversations.get(this.openId) ?? null);
  }

  login(name: string, password: string): void {
    this.password = { name, password };
    this.error = null;
    if (this.socket?.readyState === OPEN) this.sayLogin();
    else this.connect();
  }

  logout(): void {
    this.options.store.remove("token");
    this.password = null;
    this.name = null;
    this.conversations.clear();
    this.messages = [];
    this.openId = null;
    this.become("logged-out");
    this.socket?.close(1000, "");
  }

  open(id: string): void {
    if (this.openId === id) return;
    if (this.openId !== null) this.push({ type: "close", conversation: this.openId });
    this.openId = id;
    this.messages = [];
    this.visitorTyping = false;
    this.readByVisitor = 0;
    this.alerts = this.alerts.filter((a) => a.conversation !== id);
    this.push({ type: "open", conversation: id });
    this.changed();
  }

  leave(): void {
    if (this.openId === null) return;
    this.push({ type: "close", conversation: this.openId });
    this.openId = null;
    this.messages = [];
    this.changed();
  }

  takeOver(): void {
    this.about("takeover");
  }

  release(): void {
    this.about("release");
  }

  resolve(resolved: boolean): void {
    if (this.openId !== null) this.push({ type: "resolve", conversation: this.openId, resolved });
  }

  reply(text: string): void {
    const trimmed = text.trim();
    if (trimmed === "" || this.openId === null) return;
    this.outbox = [...this.outbox, { cid: randomId(), conversation: this.openId, text: trimmed, failed: null }];
    this.flush();
    this.changed();
  }

  retry(cid: string): void {
    this.outbox = this.outbox.map((o) => (o.cid === cid ? { ...o, failed: null } : o));
    this.flush();
    this.changed();
  }

  typing(): void {
    const now = Date.now();
    if (this.openId === null || now - this.lastTyping < 3_000) return;
    this.lastTyping = now;
    this.push({ type: "typing", conversation: this.openId, on: true });
  }

  read(): void {
    const seq = this.messages.at(-1)?.seq;
    const summary = this.opened;
    if (seq === undefined || summary === null || summary.unread === 0) return;
    this.push({ type: "read", conversation: summary.id, seq });
  }

  dismiss(alert: Alert): void {
    this.alerts = this.alerts.filter((a) => a !== alert);
    this.changed();
  }

  private about(type: string): void {
    if (this.openId !== null) this.push({ type, conversation: this.openId });
  }

  private connect(): void {
    if (this.socket !== null) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.become("connecting");
    const connect = this.options.connect ?? ((url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike);
    const socket = connect(this.options.url, PROTOCOL);
    this.socket = socket;
    socket.onopen = () => this.sayLogin();
    socket.onerror = () => undefined; // a close follows
    socket.onclose = () => this.lost();
    socket.onmessage = (event) => {
      if (typeof event.data !== "string") return;
      try {
        const frame: unknown = JSON.parse(event.data);
        if (typeof frame === "object" && frame !== null) this.receive(frame as Frame);
      } catch {
        // not ours
      }
    };
  }

  private sayLogin(): void {
    if (this.password !== null) this.push({ type: "login", ...this.password });
    else this.push({ type: "login", token: this.options.store.get("token") ?? "" });
  }

  private receive(frame: Frame): void {
    switch (frame.type) {
      case "welcome":
        this.welcomed(frame);
        break;
      case "conversation": {
        const { type: _, ...summary } = frame;
        this.conversations.set(String(summary["id"]), summary as unknown as Summary);
        break;
      }
      case "history":
        if (frame["conversation"] !== this.openId) break;
        this.add(frame["messages"] as AgentMessage[]);
        if (frame["more"] === true) this.push({ type: "history", conversation: this.openId, after: this.messages.at(-1)?.seq ?? 0 });
        break;
      case "message":
        if (frame["conversation"] !== this.openId) break;
        if (frame["from"] === "visitor") this.visitorTyping = false;
        this.add([frame as unknown as AgentMessage]);
        break;
      case "ack":
        this.outbox = this.outbox.filter((o) => o.cid !== frame["cid"]);
        break;
      case "typing":
        if (frame["conversation"] === this.openId && frame["from"] === "visitor") this.showTyping(frame);
        break;
      case "read":
        if (frame["conversation"] === this.openId) this.readByVisitor = Number(frame["seq"]);
        break;
      case "alert":
        this.alert(frame);
        break;
      case "presence":
        this.presence = frame["agents"] as string[];
        break;
      case "error":
        this.failed(frame);
        break;
    }
    this.changed();
  }

  private welcomed(frame: Frame): void {
    this.name = String(frame["agent"]);
    this.options.store.set("token", String(frame["token"]));
    this.password = null;
    this.error = null;
    this.presence = (frame["presence"] as string[] | undefined) ?? [];
    this.conversations = new Map((frame["conversations"] as Summary[]).map((s) => [s.id, s]));
    this.backoff.connected();
    this.become("online");
    if (this.openId !== null) this.push({ type: "open", conversation: this.openId, after: this.messages.at(-1)?.seq ?? 0 });
    this.flush();
  }

  private alert(frame: Frame): void {
    const conversation = String(frame["conversation"]);
    if (conversation === this.openId) return; // the agent is looking at it
    const alert: Alert = {
      conversation,
      reason: String(frame["reason"]),
      text: typeof frame["text"] === "string" ? frame["text"] : null,
      mood: Number(frame["mood"] ?? 0),
      at: Date.now(),
    };
    this.alerts = [alert, ...this.alerts.filter((a) => a.conversation !== conversation)].slice(0, 20);
    this.dispatchEvent(new CustomEvent("alert", { detail: alert }));
  }

  private failed(frame: Frame): void {
    const retryAfterMs = typeof frame["retry_after_ms"] === "number" ? frame["retry_after_ms"] : null;
    this.error = { code: String(frame["code"]), message: String(frame["message"]), retryAfterMs };
    if (frame["code"] === "refused" && this.status !== "online") {
      this.options.store.remove("token");
      this.password = null;
      this.become("logged-out");
    }
    if (typeof frame["cid"] === "string") {
      const cid = frame["cid"];
      this.outbox = this.outbox.map((o) => (o.cid === cid ? { ...o, failed: String(frame["message"]) } : o));
    }
  }

  private add(incoming: AgentMessage[]): void {
    const bySeq = new Map(this.messages.map((m) => [m.seq, m]));
    for (const message of incoming) bySeq.set(message.seq, message);
    this.messages = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  private showTyping(frame: Frame): void {
    if (this.typingTimer !== null) clearTimeout(this.typingTimer);
    this.visitorTyping = frame["on"] !== false;
    this.typingTimer = setTimeout(() => {
      this.visitorTyping = false;
      this.changed();
    }, Number(frame["ttl_ms"] ?? 6_000));
  }

  private flush(): void {
    if (this.status !== "online") return;
    for (const o of this.outbox) {
      if (o.failed === null) this.push({ type: "reply", conversation: o.conversation, cid: o.cid, text: o.text });
    }
  }

  private push(frame: Record<string, unknown>): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(frame));
  }

  private lost(): void {
    this.socket = null;
    this.visitorTyping = false;
    const known = this.options.store.get("token") !== null || this.password !== null;
    if (this.status === "logged-out" || !known) {
      this.become("logged-out");
      return;
    }
    this.become("offline");
    this.timer = setTimeout(() => this.connect(), this.backoff.next());
  }

  private become(status: AgentStatus): void {
    this.status = status;
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}
