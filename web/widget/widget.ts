// <kefu-chat>: the launcher and the panel over one Chat.
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import { Chat } from "../shared/chat.js";
import type { Button, Card, Lang, ShopEvent } from "../shared/protocol.js";
import { BrowserStore } from "../shared/storage.js";
import { fill, textsFor } from "../shared/texts.js";
import { botIcon, chatIcon, closeIcon, personIcon, sendIcon } from "./icons.js";
import { type MessageActions, messageView, outgoingView, ownerLine, typingView } from "./message.js";
import { styles } from "./styles.js";

export class KefuChat extends LitElement {
  static override styles = styles;

  @property() site = "";
  @property() server = ""; // origin of the daemon
  @property() language: Lang = "en";
  @property({ type: Boolean, reflect: true }) open = false;
  @property({ reflect: true }) theme: "light" | "dark" = "light";
  @property({ reflect: true }) position: "left" | "right" = "right";

  @state() private disliked: ReadonlySet<string> = new Set();
  @state() private rated: ReadonlySet<number> = new Set();
  @state() private draft = "";

  chat!: Chat;
  private following = true; // the log is scrolled to its end and stays there
  private plainTitle: string | null = null;
  private readonly store = new BrowserStore("kefu.");
  private readonly onNetwork = () => this.chat.hurry();
  private readonly onVisible = () => {
    if (document.visibilityState !== "visible") return;
    this.chat.hurry();
    if (this.open) this.chat.read();
  };
  private readonly onViewport = () => {
    // The on-screen keyboard covers the layout viewport; the visual one says what is left.
    const height = window.visualViewport?.height;
    if (height) this.style.setProperty("--kefu-visible-height", `${Math.round(height)}px`);
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.chat = new Chat({
      url: this.server.replace(/^http/, "ws") + "/ws/chat",
      site: this.site,
      lang: this.language,
      page: location.href,
      store: this.store,
    });
    this.draft = this.store.get("draft") ?? "";
    this.chat.addEventListener("change", () => {
      if (this.open && this.chat.unread > 0 && document.visibilityState === "visible") this.chat.read();
      this.showUnreadInTitle();
      this.requestUpdate();
    });
    // A visitor who has talked before is listened for; everybody else costs no connection until they open the chat.
    if (this.store.get("visitor") !== null || this.open) this.chat.open();
    window.addEventListener("online", this.onNetwork);
    document.addEventListener("visibilitychange", this.onVisible);
    window.visualViewport?.addEventListener("resize", this.onViewport);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chat.close();
    window.removeEventListener("online", this.onNetwork);
    document.removeEventListener("visibilitychange", this.onVisible);
    window.visualViewport?.removeEventListener("resize", this.onViewport);
  }

  show(): void {
    this.open = true;
    this.following = true;
    if (this.chat.status === "idle") this.chat.open();
    this.chat.read();
    void this.updateComplete.then(() => this.renderRoot.querySelector("textarea")?.focus());
  }

  hide(): void {
    this.open = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".launcher")?.focus());
  }

  say(text: string, payload?: string): void {
    this.following = true;
    this.chat.send(text, payload);
  }

  shopEvent(event: ShopEvent, item: string): void {
    this.chat.shopEvent(event, item);
  }

  protected override render() {
    return this.open ? this.panel() : this.launcher();
  }

  private launcher() {
    const texts = textsFor(this.language);
    const unread = this.chat.unread;
    const label = unread > 0 ? fill(texts.launcherUnread, { n: unread }) : texts.launcher;
    return html`<button class="launcher" aria-label=${label} title=${label} @click=${this.show}>
      ${chatIcon}${unread > 0 ? html`<span class="badge" aria-hidden="true">${unread > 99 ? "99+" : unread}</span>` : nothing}
    </button>`;
  }

  private panel() {
    const texts = textsFor(this.language);
    const { chat } = this;
    return html`<section class="panel" role="dialog" aria-label=${texts.title} lang=${this.language} @keydown=${this.onKey}>
      <div class="head">
        <span class="face">${chat.owner === "human" ? personIcon : botIcon}</span>
        <div class="who">
          <h2>${texts.title}</h2>
          <p class="state" role="status">${ownerLine(chat.owner, chat.queuePosition, chat.agentName, texts)}</p>
        </div>
        ${chat.owner === "bot"
          ? html`<button class="icon-button human" aria-label=${texts.human} title=${texts.human} @click=${() => chat.requestHuman()}>
              ${personIcon}
            </button>`
          : nothing}
        <button class="icon-button close" aria-label=${texts.close} title=${texts.close} @click=${this.hide}>${closeIcon}</button>
      </div>
      ${this.banner()} ${this.log()} ${this.composer()}
    </section>`;
  }

  private banner() {
    const texts = textsFor(this.language);
    const { chat } = this;
    if (chat.status === "refused") return html`<div class="banner" role="alert">${texts.refused}</div>`;
    if (chat.status === "offline") return html`<div class="banner" role="status">${texts.offline}</div>`;
    if (chat.status === "connecting" && chat.messages.length === 0) return html`<div class="banner" role="status">${texts.connecting}</div>`;
    if (chat.notice?.retryAfterMs) {
      return html`<div class="banner" role="status">${fill(texts.tooFast, { n: Math.ceil(chat.notice.retryAfterMs / 1000) })}</div>`;
    }
    return nothing;
  }

  private log() {
    const texts = textsFor(this.language);
    const { chat } = this;
    const actions: MessageActions = {
      texts,
      origin: this.server,
      lastSeq: chat.outbox.length > 0 ? -1 : chat.lastSeq,
      disliked: this.disliked,
      rated: this.rated,
      choose: (button: Button) => this.say(button.title, button.payload),
      openCard: (card: Card) => chat.shopEvent("click", card.item_id),
      dislike: (card: Card) => {
        chat.shopEvent("dislike", card.item_id);
        this.disliked = new Set([...this.disliked, card.item_id]);
      },
      rate: (seq, value) => {
        chat.feedback(seq, value);
        this.rated = new Set([...this.rated, seq]);
      },
      retry: (cid) => chat.retry(cid),
    };
    const empty = chat.messages.length === 0 && chat.outbox.length === 0;
    const typing =
      chat.typingFrom === "agent" ? fill(texts.typingAgent, { name: chat.agentName ?? texts.agent }) : chat.typingFrom === "bot" ? texts.typingBot : "";
    return html`<div class="log" role="log" aria-live="polite" aria-label=${texts.log} tabindex="0" @scroll=${this.onScroll}>
      ${empty
        ? html`<div class="message bot">
            <div class="bubble">${texts.greeting}</div>
            <div class="choices">
              ${texts.suggestions.map((s) => html`<button class="choice" @click=${() => this.say(s)}>${s}</button>`)}
            </div>
          </div>`
        : nothing}
      ${chat.messages.map((m) => messageView(m, actions))}
      ${chat.outbox.map((o) => outgoingView(o, chat.status === "online", actions))} ${typing ? typingView(typing) : nothing}
    </div>`;
  }

  private composer() {
    const texts = textsFor(this.language);
    return html`<form @submit=${this.onSubmit}>
      <textarea
        rows="1"
        maxlength="2000"
        enterkeyhint="send"
        aria-label=${texts.placeholder}
        placeholder=${texts.placeholder}
        .value=${this.draft}
        @input=${this.onInput}
      ></textarea>
      <button class="send" type="submit" aria-label=${texts.send} title=${texts.send} ?disabled=${this.draft.trim() === ""}>${sendIcon}</button>
    </form>`;
  }

  protected override updated(_: PropertyValues): void {
    const log = this.renderRoot.querySelector(".log");
    if (log !== null && this.following) log.scrollTop = log.scrollHeight;
  }

  private onScroll(event: Event): void {
    const log = event.currentTarget as HTMLElement;
    this.following = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
  }

  private onInput(event: Event): void {
    this.draft = (event.target as HTMLTextAreaElement).value;
    this.store.set("draft", this.draft);
    this.chat.typing();
  }

  private onSubmit(event: Event): void {
    event.preventDefault();
    this.say(this.draft);
    this.draft = "";
    this.store.remove("draft");
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.hide();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.composedPath()[0] instanceof HTMLTextAreaElement) {
      this.onSubmit(event); // isComposing: Enter that ends a pinyin input sends nothing
    }
  }

  private showUnreadInTitle(): void {
    const unread = this.chat.unread;
    if (unread > 0) {
      this.plainTitle ??= document.title;
      document.title = `(${unread}) ${this.plainTitle}`;
    } else if (this.plainTitle !== null) {
      document.title = this.plainTitle;
      this.plainTitle = null;
    }
  }
}
