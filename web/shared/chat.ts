// The client side of kefu.chat.v1 without any page: one conversation, its messages in order, what is still to be sent.
//
// Nothing is lost: a message is kept (and stored in the browser) from the moment it is sent until its ack arrives; after
// a broken connection `hello` carries the last seq that is known, the server sends what is missing, and everything that
// was not acked goes out again under the same cid, which the server takes for the same message. Messages are ordered by
// seq; one that comes twice is shown once; a gap asks for `history`.
import { Backoff } from "./backoff.js";
import { type ClientFrame, decodeFrame, type Message, type Owner, type ServerFrame, type ShopEvent, SUBPROTOCOL } from "./protocol.js";
import { readJson, type Store } from "./storage.js";

export type Status = "idle" | "connecting" | "online" | "offline" | "refused";

/** A visitor's message on its way: shown before the server knows it. */
export interface Outgoing {
  cid: string;
  text: string;
  payload?: string;
  sent: boolean; // handed to the socket that is open now
  failed: string | null;
}

export interface SocketLike {
  readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: (() => void) | null;
}

export interface ChatOptions {
  url: string;
  site: string;
  lang: string;
  page: string;
  store: Store;
  /** For tests; the browser's WebSocket by default. */
  connect?: (url: string, protocol: string) => SocketLike;
  backoff?: Backoff;
  newId?: () => string;
}

export const TEXT_MAX = 2000;
const OPEN = 1;
const REFUSED = new Set([1008, 4403]);

function isOutbox(value: unknown): value is Outgoing[] {
  return (
    Array.isArray(value) &&
    value.length <= 200 &&
    value.every((o) => typeof o === "object" && o !== null && typeof (o as Outgoing).cid === "string" && typeof (o as Outgoing).text === "string")
  );
}

export class Chat extends EventTarget {
  status: Status = "idle";
  owner: Owner = "bot";
  queuePosition: number | null = null;
  agentName: string | null = null;
  messages: Message[] = [];
  outbox: Outgoing[] = [];
  unread = 0;
  typingFrom: "bot" | "agent" | null = null;
  readByAgent = 0;
  notice: { code: string; message: string; retryAfterMs: number | null } | null = null;

  private socket: SocketLike | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | null = null;
  private typingTimer: ReturnType<typeof setTimeout> | null = null;
  private lastTypingSent = 0;
  private asking = false;
  private closedByUs = false;
  private readonly backoff: Backoff;

  constructor(private readonly options: ChatOptions) {
    super();
    this.backoff = options.backoff ?? new Backoff();
    this.outbox = (readJson(options.store, "outbox", isOutbox) ?? []).map((o) => ({ ...o, sent: false, failed: null }));
  }

  get lastSeq(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  open(): void {
    if (this.socket !== null) return;
    this.closedByUs = false;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.retryTimer = null;
    this.become("connecting");
    const connect = this.options.connect ?? ((url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike);
    const socket = connect(this.options.url, SUBPROTOCOL);
    this.socket = socket;
    socket.onopen = () => {
      this.push({
        type: "hello",
        site: this.options.site,
        visitor: this.options.store.get("visitor"),
        lang: this.options.lang,
        page: this.options.page,
        last_seq: this.lastSeq,
      });
    };
    socket.onmessage = (event) => {
      const frame = decodeFrame(event.data);
      if (frame !== null) this.receive(frame);
    };
    socket.onerror = () => undefined; // a close follows
    socket.onclose = (event) => this.lost(event.code);
  }

  close(): void {
    this.closedByUs = true;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.retryTimer = null;
    this.socket?.close(1000, "");
  }

  /** Tries at once instead of waiting: the network is back, or the page is looked at again. */
  hurry(): void {
    if (this.socket === null && !this.closedByUs && this.status === "offline") this.open();
  }

  send(text: string, payload?: string): void {
    const trimmed = text.trim().slice(0, TEXT_MAX);
    if (trimmed === "") return;
    const newId = this.options.newId ?? (() => randomId());
    const outgoing: Outgoing = { cid: newId(), text: trimmed, sent: false, failed: null };
    if (payload !== undefined) outgoing.payload = payload;
    this.outbox = [...this.outbox, outgoing];
    this.keepOutbox();
    this.flush();
    this.changed();
  }

  retry(cid: string): void {
    this.outbox = this.outbox.map((o) => (o.cid === cid ? { ...o, failed: null, sent: false } : o));
    this.flush();
    this.changed();
  }

  typing(): void {
    const now = Date.now();
    if (now - this.lastTypingSent < 1_500) return;
    this.lastTypingSent = now;
    this.push({ type: "typing", on: true });
  }

  read(): void {
    const seq = this.lastSeq;
    if (seq === 0 || this.unread === 0) return;
    this.unread = 0;
    this.push({ type: "read", seq });
    this.changed();
  }

  requestHuman(): void {
    this.push({ type: "handoff" });
  }

  shopEvent(event: ShopEvent, item: string): void {
    this.push({ type: "event", event, item });
  }

  feedback(seq: number, value: "up" | "down"): void {
    this.push({ type: "feedback", seq, value });
  }

  personalise(on: boolean): void {
    this.push({ type: "personalise", on });
  }

  private receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.welcomed(frame);
        break;
      case "ack":
        this.acked(frame.cid, frame.seq);
        break;
      case "message":
        this.add([frame]);
        if (frame.from !== "visitor") {
          this.typingFrom = null;
          this.unread += 1;
          this.dispatchEvent(new CustomEvent("message", { detail: frame }));
        }
        break;
      case "history":
        this.asking = false;
        this.add(frame.messages);
        if (frame.more) this.askHistory();
        break;
      case "typing":
        this.showTyping(frame);
        break;
      case "read":
        this.readByAgent = Math.max(this.readByAgent, frame.seq);
        break;
      case "owner":
        this.owner = frame.owner;
        this.queuePosition = frame.position;
        this.agentName = frame.agent;
        break;
      case "error":
        this.failed(frame);
        break;
    }
    this.changed();
  }

  private welcomed(frame: Extract<ServerFrame, { type: "welcome" }>): void {
    const known = this.options.store.get("conversation");
    if (known !== null && known !== frame.conversation) this.messages = [];
    this.options.store.set("visitor", frame.visitor);
    this.options.store.set("conversation", frame.conversation);
    this.owner = frame.owner;
    this.backoff.connected();
    this.become("online");
    this.add(frame.messages);
    this.unread = frame.unread;
    if (frame.more) this.askHistory();
    this.outbox = this.outbox.map((o) => ({ ...o, sent: false }));
    this.flush();
  }

  private acked(cid: string, seq: number): void {
    const outgoing = this.outbox.find((o) => o.cid === cid);
    if (outgoing === undefined) return;
    this.outbox = this.outbox.filter((o) => o.cid !== cid);
    this.keepOutbox();
    this.notice = null;
    this.add([{ seq, reply_to: null, from: "visitor", text: outgoing.text, ts: new Date().toISOString(), cid }]);
  }

  private failed(frame: Extract<ServerFrame, { type: "error" }>): void {
    this.notice = { code: frame.code, message: frame.message, retryAfterMs: frame.retry_after_ms };
    if (frame.cid === null) return;
    const cid = frame.cid;
    if (frame.retry_after_ms !== null) {
      setTimeout(() => this.retry(cid), frame.retry_after_ms);
      return;
    }
    this.outbox = this.outbox.map((o) => (o.cid === cid ? { ...o, failed: frame.message } : o));
  }

  private add(incoming: Message[]): void {
    if (incoming.length === 0) return;
    const bySeq = new Map(this.messages.map((m) => [m.seq, m]));
    for (const message of incoming) {
      if (!bySeq.has(message.seq)) bySeq.set(message.seq, message);
      if (message.cid !== undefined && this.outbox.some((o) => o.cid === message.cid)) {
        this.outbox = this.outbox.filter((o) => o.cid !== message.cid);
        this.keepOutbox();
      }
    }
    this.messages = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    const first = this.messages[0];
    if (first !== undefined && this.messages.length !== this.lastSeq - first.seq + 1) this.askHistory();
  }

  /** Asks for what lies behind the last seq before the first gap. */
  private askHistory(): void {
    if (this.asking || this.socket?.readyState !== OPEN) return;
    this.asking = true;
    let after = (this.messages[0]?.seq ?? 1) - 1;
    for (const message of this.messages) {
      if (message.seq !== after + 1) break;
      after = message.seq;
    }
    this.push({ type: "history", after });
  }

  private showTyping(frame: Extract<ServerFrame, { type: "typing" }>): void {
    if (this.typingTimer !== null) clearTimeout(this.typingTimer);
    this.typingFrom = frame.on === false ? null : frame.from === "agent" ? "agent" : "bot";
    this.typingTimer = setTimeout(() => {
      this.typingFrom = null;
      this.changed();
    }, Math.min(frame.ttl_ms ?? 6_000, 30_000));
  }

  private flush(): void {
    if (this.status !== "online") return;
    for (const outgoing of this.outbox) {
      if (outgoing.sent || outgoing.failed !== null) continue;
      const frame: ClientFrame = { type: "message", cid: outgoing.cid, text: outgoing.text };
      if (outgoing.payload !== undefined) frame.payload = outgoing.payload;
      if (!this.push(frame)) return;
      outgoing.sent = true;
    }
  }

  private push(frame: ClientFrame): boolean {
    if (this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private lost(code: number): void {
    this.socket = null;
    this.asking = false;
    this.typingFrom = null;
    if (code === 4401) this.options.store.remove("visitor");
    if (this.closedByUs) this.become("idle");
    else if (REFUSED.has(code)) this.become("refused");
    else {
      this.become("offline");
      const wait = this.backoff.next(code === 1013 || code === 4429 ? 5_000 : 0);
      this.retryTimer = setTimeout(() => this.open(), wait);
    }
    this.changed();
  }

  private keepOutbox(): void {
    this.options.store.set("outbox", JSON.stringify(this.outbox));
  }

  private become(status: Status): void {
    this.status = status;
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
