// How one message looks: bubble, buttons, product cards. Texts are set as text, never as HTML.
import { html, nothing, type TemplateResult } from "lit";
import type { Outgoing } from "../shared/chat.js";
import { type Button, type Card, type Message, safeUrl } from "../shared/protocol.js";
import { fill, type Texts } from "../shared/texts.js";
import { closeIcon, downIcon, upIcon } from "./icons.js";

export interface MessageActions {
  texts: Texts;
  origin: string; // of the daemon: relative pictures and links belong to it
  lastSeq: number;
  disliked: ReadonlySet<string>;
  rated: ReadonlySet<number>;
  choose(button: Button): void;
  openCard(card: Card): void;
  dislike(card: Card): void;
  rate(seq: number, value: "up" | "down"): void;
  retry(cid: string): void;
}

function cardView(card: Card, actions: MessageActions): TemplateResult {
  const { texts } = actions;
  const image = safeUrl(card.image, actions.origin);
  const url = safeUrl(card.url, actions.origin);
  const gone = actions.disliked.has(card.item_id);
  const inside = html`
    ${image ? html`<img src=${image} alt="" loading="lazy" width="168" height="126" />` : nothing}
    <span class="card-text">
      <span class="card-title">${card.title}</span>
      ${card.price ? html`<span class="card-price">${card.price}</span>` : nothing}
      ${gone ? html`<span class="card-reason">${texts.removed}</span>` : card.reason ? html`<span class="card-reason">${card.reason}</span>` : nothing}
    </span>
  `;
  return html`<li class="card ${gone ? "removed" : ""}">
    ${url
      ? html`<a href=${url} @click=${() => actions.openCard(card)}>${inside}</a>`
      : html`<div>${inside}</div>`}
    ${gone
      ? nothing
      : html`<button class="dislike" aria-label="${texts.notInterested}: ${card.title}" title=${texts.notInterested} @click=${() => actions.dislike(card)}>
          ${closeIcon}
        </button>`}
  </li>`;
}

export function messageView(message: Message, actions: MessageActions): TemplateResult {
  const { texts } = actions;
  if (message.from === "system") return html`<div class="message system" data-seq=${message.seq}>${message.text}</div>`;
  const image = safeUrl(message.image, actions.origin);
  const current = message.seq === actions.lastSeq;
  const who = message.from === "visitor" ? texts.you : message.from === "agent" ? (message.agent ?? texts.agent) : texts.bot;
  return html`<div class="message ${message.from}" data-seq=${message.seq} data-reply-to=${message.reply_to ?? nothing}>
    ${message.from === "agent" ? html`<span class="name">${who}</span>` : html`<span class="visually-hidden">${who}:</span>`}
    ${message.text ? html`<div class="bubble" dir="auto">${message.text}</div>` : nothing}
    ${image ? html`<img class="bubble" src=${image} alt="" loading="lazy" />` : nothing}
    ${message.cards?.length
      ? html`<ul class="cards" aria-label=${texts.products} tabindex="0">${message.cards.map((c) => cardView(c, actions))}</ul>`
      : nothing}
    ${message.buttons?.length
      ? html`<div class="choices">
          ${message.buttons.map(
            (b) => html`<button class="choice" ?disabled=${!current} @click=${() => actions.choose(b)}>${b.title}</button>`,
          )}
        </div>`
      : nothing}
    ${message.from === "bot" && current && message.reply_to !== null && !message.buttons?.length ? feedbackView(message.seq, actions) : nothing}
  </div>`;
}

function feedbackView(seq: number, actions: MessageActions): TemplateResult {
  const { texts } = actions;
  if (actions.rated.has(seq)) return html`<span class="note" role="status">${texts.thanks}</span>`;
  return html`<div class="feedback">
    <button aria-label=${texts.helpful} title=${texts.helpful} @click=${() => actions.rate(seq, "up")}>${upIcon}</button>
    <button aria-label=${texts.notHelpful} title=${texts.notHelpful} @click=${() => actions.rate(seq, "down")}>${downIcon}</button>
  </div>`;
}

export function outgoingView(outgoing: Outgoing, online: boolean, actions: MessageActions): TemplateResult {
  const { texts } = actions;
  return html`<div class="message visitor pending" data-cid=${outgoing.cid}>
    <div class="bubble" dir="auto">${outgoing.text}</div>
    ${outgoing.failed !== null
      ? html`<span class="note failed">${texts.failed} · <button @click=${() => actions.retry(outgoing.cid)}>${texts.retry}</button></span>`
      : html`<span class="note">${online ? texts.sending : texts.waiting}</span>`}
  </div>`;
}

export function typingView(text: string): TemplateResult {
  return html`<div class="message bot">
    <div class="bubble dots" role="status" aria-label=${text}><i></i><i></i><i></i></div>
  </div>`;
}

export function ownerLine(owner: "bot" | "queue" | "human", position: number | null, agent: string | null, texts: Texts): string {
  if (owner === "human") return fill(texts.ownerHuman, { name: agent ?? texts.agent });
  if (owner === "queue") return position === null ? texts.ownerQueueOpen : fill(texts.ownerQueue, { n: position });
  return texts.ownerBot;
}
