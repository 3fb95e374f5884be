// Every text that a page shows, in each language. A missing key does not compile.
import type { Lang } from "./protocol.js";

const en = {
  launcher: "Chat with us",
  launcherUnread: "Chat with us, {n} unread",
  title: "Customer service",
  close: "Close the chat",
  greeting: "Hello! Ask about an order, a return or a product. I answer in English and Chinese.",
  suggestions: ["Where is my order?", "How do returns work?", "Recommend headphones under 500"],
  placeholder: "Write a message",
  send: "Send",
  connecting: "Connecting…",
  offline: "No connection. Your messages are kept and go out as soon as it is back.",
  refused: "This chat is not open for this page.",
  tooFast: "That was a lot at once. Sending again in {n} s.",
  sending: "Sending…",
  waiting: "Waits for the connection",
  failed: "Not sent",
  retry: "Try again",
  bot: "Assistant",
  agent: "Support",
  you: "You",
  typingBot: "The assistant is writing",
  typingAgent: "{name} is writing",
  ownerBot: "Assistant, answers at once",
  ownerQueue: "You are number {n} in the queue",
  ownerQueueOpen: "Waiting for a colleague",
  ownerHuman: "{name} is with you",
  human: "Talk to a person",
  helpful: "This helped",
  notHelpful: "This did not help",
  thanks: "Thank you for telling us",
  log: "Messages",
  products: "Products",
  more: "Show",
  notInterested: "Not interested",
  removed: "We will show less of this",
};

export type Texts = typeof en;

const zh: Texts = {
  launcher: "在线客服",
  launcherUnread: "在线客服，{n} 条未读",
  title: "在线客服",
  close: "关闭聊天",
  greeting: "您好！订单、退换货、挑商品都可以问我，中文英文都行。",
  suggestions: ["我的订单到哪了", "怎么申请退货", "推荐一款500元以下的耳机"],
  placeholder: "请输入您的问题",
  send: "发送",
  connecting: "正在连接…",
  offline: "网络已断开，消息会保存下来，恢复后自动发送。",
  refused: "此页面暂未开通在线客服。",
  tooFast: "发送太快啦，{n} 秒后自动重发。",
  sending: "发送中…",
  waiting: "等待网络恢复",
  failed: "未发送",
  retry: "重试",
  bot: "智能助手",
  agent: "人工客服",
  you: "我",
  typingBot: "智能助手正在输入",
  typingAgent: "{name} 正在输入",
  ownerBot: "智能助手，秒回",
  ownerQueue: "排队中，您是第 {n} 位",
  ownerQueueOpen: "正在为您转接人工客服",
  ownerHuman: "{name} 为您服务",
  human: "转人工",
  helpful: "有帮助",
  notHelpful: "没帮助",
  thanks: "感谢您的反馈",
  log: "消息",
  products: "商品",
  more: "查看",
  notInterested: "不感兴趣",
  removed: "会减少此类推荐",
};

const TEXTS: Record<Lang, Texts> = { en, zh };

export function textsFor(lang: Lang): Texts {
  return TEXTS[lang];
}

/** The language to show: what the page asks for, else the browser's, else English. */
export function pickLang(wanted: string | null | undefined, browser: readonly string[] = navigator.languages): Lang {
  for (const tag of [wanted, ...browser]) {
    if (!tag) continue;
    if (/^zh\b/i.test(tag)) return "zh";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
