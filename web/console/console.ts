// <kefu-console>: login, the live list of conversations, the opened one with the mood of every message, takeover.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { AgentClient, type AgentMessage, type Alert, type OutgoingReply, type Summary } from "../shared/agent.js";
import type { Lang } from "../shared/protocol.js";
import { BrowserStore } from "../shared/storage.js";
import { fill, pickLang } from "../shared/texts.js";
import { moodChip, moodLine, moodScores, trendWord } from "./mood.js";
import { styles } from "./styles.js";
import { consoleTexts } from "./texts.js";

export class KefuConsole extends LitElement {
  static override styles = styles;

  @state() private language: Lang;
  @state() private draft = "";

  private readonly store = new BrowserStore("kefu.console.");
  private readonly client: AgentClient;
  private following = true;

  constructor() {
    super();
    this.language = pickLang(new URLSearchParams(location.search).get("lang") ?? this.store.get("lang"));
    this.client = new AgentClient({ url: location.origin.replace(/^http/, "ws") + "/ws/agent", store: this.store });
    this.client.addEventListener("change", () => {
      if (document.visibilityState === "visible") this.client.read();
      const waiting = [...this.client.conversations.values()].reduce((n, c) => n + (c.resolved ? 0 : c.unread), 0);
      document.title = waiting > 0 ? `(${waiting}) ${this.texts.title}` : this.texts.title;
      this.requestUpdate();
    });
    document.addEventListener("visibilitychange", () => this.client.read());
    document.documentElement.lang = this.language === "zh" ? "zh-CN" : "en";
  }

  private get texts() {
    return consoleTexts[this.language];
  }

  protected override render(): TemplateResult {
    return this.client.name === null ? this.loginView() : this.appView();
  }

  private loginView(): TemplateResult {
    const t = this.texts;
    const { error, status } = this.client;
    return html`<main class="login">
      <form @submit=${this.onLogin}>
        <h1><img src="/favicon.svg" alt="" />${t.title}</h1>
        <label>${t.name}<input name="name" autocomplete="username" required autofocus /></label>
        <label>${t.password}<input name="password" type="password" autocomplete="current-password" required /></label>
        ${error !== null
          ? html`<p class="wrong" role="alert">
              ${error.retryAfterMs ? fill(t.tooFast, { n: Math.ceil(error.retryAfterMs / 1000) }) : error.code === "refused" ? t.wrong : error.message}
            </p>`
          : nothing}
        <button class="primary" ?disabled=${status === "connecting"}>${t.login}</button>
        <p class="hint">${t.loginHint}</p>
        <button type="button" class="link" @click=${this.switchLanguage}>${t.otherLang}</button>
      </form>
    </main>`;
  }

  private appView(): TemplateResult {
    const t = this.texts;
    const { client } = this;
    return html`<div class="app ${client.openId !== null ? "reading" : ""}">
        <header class="top">
          <img src="/favicon.svg" alt="" />
          <h1>${t.title}</h1>
          ${client.status === "online" ? nothing : html`<span class="offline" role="status">${t.offline}</span>`}
          <span class="space"></span>
          <span class="presence">${client.presence.join(", ")}</span>
          <button class="link" @click=${this.switchLanguage}>${t.otherLang}</button>
          <button class="link" @click=${() => client.logout()}>${t.logout}</button>
        </header>
        <nav class="list" aria-label=${t.conversations}>
          <h2>${t.conversations}</h2>
          ${client.list.length === 0 ? html`<p class="empty">${t.noConversations}</p>` : nothing}
          <ul>
            ${client.list.map((c) => html`<li>${this.rowView(c)}</li>`)}
          </ul>
        </nav>
        ${client.opened === null ? html`<main class="center empty"><p>${t.choose}</p></main>` : this.conversationView(client.opened)}
      </div>
      ${this.alertsView()}`;
  }

  private rowView(c: Summary): TemplateResult {
    const t = this.texts;
    return html`<button
      class="row ${c.resolved ? "resolved" : ""}"
      data-id=${c.id}
      aria-current=${this.client.openId === c.id ? "true" : "false"}
      @click=${() => this.openConversation(c.id)}
    >
      <span class="who"><span class="dot ${c.online ? "online" : ""}" title=${c.online ? t.online : t.away}></span><span>${this.visitorName(c)}</span></span>
      <time datetime=${c.updated}>${this.time(c.updated)}</time>
      <span class="last" dir="auto">${c.last_text ?? ""}</span>
      <span class="state">
        ${moodChip(c.mood, t)}
        <span class="tag ${c.owner}">${c.resolved ? t.resolved : this.ownerName(c)}</span>
        ${c.unread > 0 ? html`<span class="count" aria-label=${fill(t.unread, { n: c.unread })}>${c.unread}</span>` : nothing}
      </span>
    </button>`;
  }

  private conversationView(c: Summary): TemplateResult {
    const t = this.texts;
    const { client } = this;
    const mine = c.owner === "human" && c.agent === client.name;
    const outbox = client.outbox.filter((o) => o.conversation === c.id);
    return html`<main class="center">
        <div class="head">
          <button class="secondary back" @click=${() => client.leave()}>${t.back}</button>
          <h2>${this.visitorName(c)}</h2>
          ${moodChip(c.mood, t)} <span class="tag ${c.owner}">${this.ownerName(c)}</span>
          <span class="space"></span>
          ${mine
            ? html`<button class="secondary" @click=${() => client.release()}>${t.release}</button>`
            : html`<button class="primary" @click=${() => client.takeOver()}>${t.takeover}</button>`}
          <button class="secondary" @click=${() => client.resolve(!c.resolved)}>${c.resolved ? t.reopen : t.resolve}</button>
        </div>
        <div class="log" role="log" aria-label=${t.messages} tabindex="0" @scroll=${this.onScroll}>
          ${client.messages.map((m) => this.messageView(m))} ${outbox.map((o) => this.outgoingView(o))}
        </div>
        <div class="typing" role="status">${client.visitorTyping ? t.typing : ""}</div>
        <form class="composer" @submit=${this.onReply}>
          <textarea
            rows="1"
            aria-label=${mine ? t.reply : t.replyTakes}
            placeholder=${mine ? t.reply : t.replyTakes}
            .value=${this.draft}
            @input=${this.onInput}
            @keydown=${this.onKey}
          ></textarea>
          <button class="primary" ?disabled=${this.draft.trim() === ""}>${t.send}</button>
        </form>
      </main>
      ${this.detailsView(c)}`;
  }

  private messageView(m: AgentMessage): TemplateResult {
    const t = this.texts;
    if (m.from === "system") return html`<div class="message system" data-seq=${m.seq}>${m.text}</div>`;
    const who = m.from === "bot" ? t.botName : m.from === "agent" ? (m.agent ?? "") : "";
    const intent = m.analysis?.intent;
    const sentiment = m.analysis?.sentiment;
    return html`<div class="message ${m.from}" data-seq=${m.seq}>
      <div class="bubble" dir="auto">${m.text}</div>
      ${m.cards?.length ? html`<span class="shown">${fill(t.cards, { titles: m.cards.map((c) => c.title).join(" · ") })}</span>` : nothing}
      <div class="meta">
        ${who ? html`<span>${who}</span>` : nothing}
        <time datetime=${m.ts}>${this.time(m.ts)}</time>
        ${sentiment ? moodChip(sentiment.score, t, sentiment.label) : nothing}
        ${intent?.name ? html`<span class="tag">${intent.name} ${Math.round(intent.confidence * 100)} %</span>` : nothing}
        ${m.from === "agent" && m.seq <= this.client.readByVisitor ? html`<span>${t.seen}</span>` : nothing}
      </div>
    </div>`;
  }

  private outgoingView(o: OutgoingReply): TemplateResult {
    const t = this.texts;
    return html`<div class="message agent">
      <div class="bubble" dir="auto">${o.text}</div>
      <div class="meta">
        ${o.failed === null
          ? t.sending
          : html`<span class="failed">${t.failed}: ${o.failed} <button @click=${() => this.client.retry(o.cid)}>${t.retry}</button></span>`}
      </div>
    </div>`;
  }

  private detailsView(c: Summary): TemplateResult {
    const t = this.texts;
    return html`<aside class="side" aria-label=${t.details}>
      <h3>${t.moodOver}</h3>
      <div class="now">${moodChip(c.mood, t)} <span>${trendWord(c.mood_trend, t)}</span></div>
      ${moodLine(moodScores(this.client.messages), t)}
      <dl>
        <dt>${t.owner}</dt>
        <dd>${this.ownerName(c)}</dd>
        <dt>${t.language}</dt>
        <dd>${c.lang ?? "–"}</dd>
        <dt>${t.page}</dt>
        <dd>${c.page ?? "–"}<br />${c.online ? t.online : t.away}</dd>
        <dt>${t.started}</dt>
        <dd>${new Date(c.created).toLocaleString(this.language === "zh" ? "zh-CN" : "en-GB")}</dd>
        <dt>${t.messages}</dt>
        <dd>${c.last_seq}</dd>
      </dl>
    </aside>`;
  }

  private alertsView(): TemplateResult | typeof nothing {
    const t = this.texts;
    const alerts = this.client.alerts.slice(0, 3);
    if (alerts.length === 0) return nothing;
    return html`<div class="alerts" role="alert">
      ${alerts.map(
        (a: Alert) =>
          html`<div class="alert">
            <strong>${a.reason === "handoff" ? t.alertHandoff : t.alertMood}</strong>
            ${a.reason === "handoff" ? nothing : moodChip(a.mood, t)} ${a.text ? html`<q dir="auto">${a.text}</q>` : nothing}
            <div class="buttons">
              <button class="primary" @click=${() => this.openConversation(a.conversation)}>${t.open}</button>
              <button class="secondary" @click=${() => this.client.dismiss(a)}>${t.dismiss}</button>
            </div>
          </div>`,
      )}
    </div>`;
  }

  protected override updated(_: PropertyValues): void {
    const log = this.renderRoot.querySelector(".log");
    if (log !== null && this.following) log.scrollTop = log.scrollHeight;
  }

  private openConversation(id: string): void {
    this.draft = "";
    this.following = true;
    this.client.open(id);
  }

  private visitorName(c: Summary): string {
    return fill(this.texts.visitor, { id: c.id.slice(-4) });
  }

  private ownerName(c: Summary): string {
    const t = this.texts;
    return c.owner === "bot" ? t.ownerBot : c.owner === "queue" ? t.ownerQueue : fill(t.ownerHuman, { name: c.agent ?? "" });
  }

  private time(iso: string): string {
    return new Date(iso).toLocaleTimeString(this.language === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
  }

  private switchLanguage(): void {
    this.language = this.language === "zh" ? "en" : "zh";
    this.store.set("lang", this.language);
    document.documentElement.lang = this.language === "zh" ? "zh-CN" : "en";
  }

  private onLogin(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    this.client.login(String(data.get("name")), String(data.get("password")));
  }

  private onScroll(event: Event): void {
    const log = event.currentTarget as HTMLElement;
    this.following = log.scrollHeight - log.scrollTop - log.clientHeight < 48;
  }

  private onInput(event: Event): void {
    this.draft = (event.target as HTMLTextAreaElement).value;
    this.client.typing();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.onReply(event);
  }

  private onReply(event: Event): void {
    event.preventDefault();
    this.following = true;
    this.client.reply(this.draft);
    this.draft = "";
  }
}
