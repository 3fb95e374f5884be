// The one script tag: <script async src="https://your.host/widget.js" data-site="KEY"></script>
//   data-lang="zh|en"        language; the page's <html lang>, then the browser's, otherwise
//   data-position="left"     corner
//   data-theme="light|dark"  otherwise what the system prefers
// and for the page's own scripts: $kefu.open(text?), close(), toggle(), send(text), event(name, item), and the event
// "kefu:ready" on window.
import type { ShopEvent } from "../shared/protocol.js";
import { pickLang } from "../shared/texts.js";
import { KefuChat } from "./widget.js";

export interface KefuApi {
  open(text?: string): void;
  close(): void;
  toggle(): void;
  send(text: string): void;
  event(name: ShopEvent, item: string): void;
  setLanguage(lang: string): void;
  setTheme(theme: "light" | "dark"): void;
}

declare global {
  interface Window {
    $kefu?: KefuApi;
  }
}

const script = document.currentScript as HTMLScriptElement | null;

function start(): void {
  if (window.$kefu !== undefined || script === null) return;
  if (customElements.get("kefu-chat") === undefined) customElements.define("kefu-chat", KefuChat);
  const widget = document.createElement("kefu-chat") as KefuChat;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const wanted = script.dataset["theme"];
  widget.server = new URL(script.src, location.href).origin;
  widget.site = script.dataset["site"] ?? "";
  widget.language = pickLang(script.dataset["lang"] ?? document.documentElement.lang);
  widget.position = script.dataset["position"] === "left" ? "left" : "right";
  widget.theme = wanted === "dark" || (wanted !== "light" && dark.matches) ? "dark" : "light";
  if (wanted === undefined) dark.addEventListener("change", () => (widget.theme = dark.matches ? "dark" : "light"));
  document.body.append(widget);
  window.$kefu = {
    open(text) {
      widget.show();
      if (text) widget.say(text);
    },
    close: () => widget.hide(),
    toggle: () => (widget.open ? widget.hide() : widget.show()),
    send: (text) => widget.say(text),
    event: (name, item) => widget.shopEvent(name, item),
    setLanguage: (lang) => (widget.language = pickLang(lang)),
    setTheme: (theme) => (widget.theme = theme),
  };
  window.dispatchEvent(new Event("kefu:ready"));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
