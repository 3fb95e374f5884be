// The frames of /ws/chat (kefu.chat.v1) as types, and a decoder that trusts nothing.

export type Owner = "bot" | "queue" | "human";
export type From = "visitor" | "bot" | "agent" | "system";
export type Lang = "zh" | "en";

export interface Button {
  title: string;
  payload: string;
}

export interface Card {
  item_id: string;
  title: string;
  description?: string;
  price?: string;
  image?: string;
  url?: string;
  reason?: string;
}

export interface Message {
  seq: number;
  reply_to: number | null;
  from: From;
  text: string;
  ts: string;
  buttons?: Button[];
  cards?: Card[];
  image?: string | null;
  agent?: string;
  cid?: string;
}

export type ServerFrame =
  | { type: "welcome"; visitor: string; conversation: string; owner: Owner; messages: Message[]; unread: number; more?: boolean }
  | { type: "ack"; cid: string; seq: number }
  | ({ type: "message" } & Message)
  | { type: "typing"; from: From; ttl_ms?: number; on?: boolean }
  | { type: "read"; from: From; seq: number }
  | { type: "owner"; owner: Owner; position: number | null; agent: string | null }
  | { type: "history"; messages: Message[]; more: boolean }
  | { type: "error"; code: string; message: string; retry_after_ms: number | null; cid: string | null };

export type ShopEvent = "view" | "click" | "cart" | "purchase" | "dislike";

export type ClientFrame =
  | { type: "hello"; site: string; visitor: string | null; lang: string; page: string; last_seq: number }
  | { type: "message"; cid: string; text: string; payload?: string }
  | { type: "typing"; on: boolean }
  | { type: "read"; seq: number }
  | { type: "event"; event: ShopEvent; item: string }
  | { type: "feedback"; seq: number; value: "up" | "down" }
  | { type: "rating"; score: number; comment: string }
  | { type: "history"; after: number }
  | { type: "handoff" }
  | { type: "personalise"; on: boolean };

export const SUBPROTOCOL = "kefu.chat.v1";

const KINDS = new Set(["welcome", "ack", "message", "typing", "read", "owner", "history", "error"]);

/** Reads one text frame; null where it is none of ours. The server is ours, a proxy between may not be. */
export function decodeFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof frame !== "object" || frame === null) return null;
  const type = (frame as { type?: unknown }).type;
  return typeof type === "string" && KINDS.has(type) ? (frame as ServerFrame) : null;
}

/** Links and pictures that a message may carry: http, https, or a path of this host. Anything else is dropped. */
export function safeUrl(url: string | null | undefined, base: string): string | null {
  if (!url) return null;
  try {
    const parsed = new URL(url, base);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
  } catch {
    return null;
  }
}
