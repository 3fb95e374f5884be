// The look of the widget. It lives in a shadow root: neither does the shop's CSS reach in, nor this one out. A shop
// changes it by setting --kefu-accent and --kefu-accent-text on the page.
import { css } from "lit";

export const styles = css`
  :host {
    --accent: var(--kefu-accent, #0f766e);
    --accent-text: var(--kefu-accent-text, #ffffff);
    --surface: #ffffff;
    --surface-2: #f3f5f7;
    --text: #14202b;
    --text-2: #566370;
    --line: #dfe4e9;
    --danger: #b42318;
    --head: var(--accent);
    --head-text: var(--accent-text);
    --shadow: 0 12px 40px rgb(16 32 48 / 22%);
    all: initial;
    position: fixed;
    inset-block-end: max(20px, env(safe-area-inset-bottom));
    inset-inline-end: max(20px, env(safe-area-inset-right));
    z-index: 2147483000;
    font: 15px/1.5 system-ui, -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
    color: var(--text);
    color-scheme: light;
  }
  :host([theme="dark"]) {
    --accent: var(--kefu-accent-dark, #2dd4bf);
    --accent-text: var(--kefu-accent-dark-text, #05201d);
    --surface: #172029;
    --surface-2: #222d38;
    --text: #eef3f7;
    --text-2: #a9b6c2;
    --line: #33414e;
    --danger: #ff9d94;
    --head: #1d3b3a;
    --head-text: #eafaf7;
    --shadow: 0 12px 40px rgb(0 0 0 / 55%);
    color-scheme: dark;
  }
  :host([position="left"]) {
    inset-inline: max(20px, env(safe-area-inset-left)) auto;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  svg {
    display: block;
    inline-size: 1.25em;
    block-size: 1.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .launcher {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 60px;
    block-size: 60px;
    border-radius: 50%;
    background: var(--accent);
    color: var(--accent-text);
    box-shadow: var(--shadow);
    transition: transform 0.15s ease;
  }
  .launcher:hover {
    transform: scale(1.05);
  }
  .launcher svg {
    inline-size: 28px;
    block-size: 28px;
  }
  .badge {
    position: absolute;
    inset-block-start: -4px;
    inset-inline-end: -4px;
    min-inline-size: 22px;
    padding-inline: 6px;
    border-radius: 11px;
    border: 2px solid var(--surface);
    background: #c81e1e;
    color: #fff;
    font-size: 12px;
    font-weight: 600;
    line-height: 18px;
    text-align: center;
  }

  .panel {
    display: flex;
    flex-direction: column;
    inline-size: 384px;
    block-size: min(640px, calc(100dvh - 40px));
    border-radius: 18px;
    overflow: hidden;
    background: var(--surface);
    box-shadow: var(--shadow);
    border: 1px solid var(--line);
    animation: rise 0.18s ease-out;
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(12px);
    }
  }
  .head {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 14px 16px;
    background: var(--head);
    color: var(--head-text);
  }
  .face {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 38px;
    block-size: 38px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--head-text) 18%, transparent);
  }
  .who {
    flex: 1;
    min-inline-size: 0;
  }
  h2 {
    margin: 0;
    font-size: 16px;
    font-weight: 650;
    line-height: 1.3;
  }
  .state {
    margin: 0;
    font-size: 13px;
    line-height: 1.35;
  }
  .icon-button {
    display: grid;
    place-items: center;
    inline-size: 40px;
    block-size: 40px;
    border-radius: 10px;
  }
  .icon-button:hover {
    background: color-mix(in srgb, currentColor 14%, transparent);
  }
  .head :focus-visible {
    outline-color: currentColor;
  }

  .banner {
    padding: 8px 16px;
    font-size: 13px;
    background: var(--surface-2);
    color: var(--text-2);
    border-block-end: 1px solid var(--line);
  }

  .log {
    flex: 1;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 10px;
  }
  .message {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 6px;
    max-inline-size: 100%;
  }
  .message.visitor {
    align-items: flex-end;
  }
  .message.system {
    align-items: center;
    color: var(--text-2);
    font-size: 13px;
    text-align: center;
  }
  .name {
    font-size: 12px;
    color: var(--text-2);
    padding-inline: 4px;
  }
  .bubble {
    max-inline-size: 84%;
    padding: 9px 13px;
    border-radius: 16px;
    border-end-start-radius: 5px;
    background: var(--surface-2);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .visitor .bubble {
    border-end-start-radius: 16px;
    border-end-end-radius: 5px;
    background: var(--accent);
    color: var(--accent-text);
  }
  .pending .bubble {
    opacity: 0.7;
  }
  .note {
    font-size: 12px;
    color: var(--text-2);
    padding-inline: 4px;
  }
  .note.failed {
    color: var(--danger);
  }
  .note button {
    text-decoration: underline;
    color: inherit;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .choice {
    padding: 7px 13px;
    border-radius: 18px;
    border: 1px solid var(--accent);
    color: var(--accent);
    background: var(--surface);
    text-align: start;
  }
  .choice:hover:not(:disabled) {
    background: var(--accent);
    color: var(--accent-text);
  }
  .choice:disabled {
    border-color: var(--line);
    color: var(--text-2);
    cursor: default;
  }
  .cards {
    display: flex;
    gap: 10px;
    align-self: stretch;
    margin: 0;
    padding: 2px 2px 8px;
    list-style: none;
    overflow-x: auto;
    scroll-snap-type: x proximity;
  }
  .card {
    position: relative;
    flex: 0 0 168px;
    display: flex;
    flex-direction: column;
    border: 1px solid var(--line);
    border-radius: 14px;
    overflow: hidden;
    background: var(--surface);
    scroll-snap-align: start;
  }
  .card a {
    display: flex;
    flex-direction: column;
    flex: 1;
    color: inherit;
    text-decoration: none;
  }
  .card a:hover .card-title {
    text-decoration: underline;
  }
  .card img {
    display: block;
    inline-size: 100%;
    aspect-ratio: 4 / 3;
    object-fit: cover;
    background: var(--surface-2);
  }
  .card-text {
    display: flex;
    flex-direction: column;
    flex: 1;
    gap: 4px;
    padding: 10px 12px 12px;
  }
  .card-title {
    font-size: 14px;
    font-weight: 600;
    line-height: 1.35;
    display: -webkit-box;
    -webkit-line-clamp: 2;
    -webkit-box-orient: vertical;
    overflow: hidden;
  }
  .card-price {
    font-weight: 700;
    color: var(--accent);
  }
  .card-reason {
    margin-block-start: auto;
    font-size: 12px;
    line-height: 1.35;
    color: var(--text-2);
  }
  .dislike {
    position: absolute;
    inset-block-start: 6px;
    inset-inline-end: 6px;
    display: grid;
    place-items: center;
    inline-size: 28px;
    block-size: 28px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--surface) 85%, transparent);
    color: var(--text-2);
  }
  .dislike svg {
    inline-size: 15px;
    block-size: 15px;
  }
  .card.removed a {
    opacity: 0.35;
  }
  .feedback {
    display: flex;
    gap: 2px;
    color: var(--text-2);
  }
  .feedback button {
    display: grid;
    place-items: center;
    inline-size: 32px;
    block-size: 28px;
    border-radius: 8px;
  }
  .feedback button:hover {
    background: var(--surface-2);
    color: var(--text);
  }
  .feedback svg {
    inline-size: 16px;
    block-size: 16px;
  }
  .dots {
    display: inline-flex;
    gap: 4px;
    padding: 13px;
  }
  .dots i {
    inline-size: 7px;
    block-size: 7px;
    border-radius: 50%;
    background: var(--text-2);
    animation: blink 1.2s infinite;
  }
  .dots i:nth-child(2) {
    animation-delay: 0.2s;
  }
  .dots i:nth-child(3) {
    animation-delay: 0.4s;
  }
  @keyframes blink {
    0%,
    60%,
    100% {
      opacity: 0.3;
    }
    30% {
      opacity: 1;
    }
  }

  form {
    display: flex;
    align-items: flex-end;
    gap: 8px;
    padding: 10px 12px max(10px, env(safe-area-inset-bottom));
    border-block-start: 1px solid var(--line);
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: 120px;
    padding: 9px 13px;
    border: 1px solid var(--line);
    border-radius: 20px;
    background: var(--surface-2);
    color: var(--text);
    font: inherit;
    font-size: 16px; /* smaller makes phones zoom in */
    line-height: 1.4;
    resize: none;
    field-sizing: content;
  }
  textarea:focus-visible {
    outline-offset: -1px;
  }
  textarea::placeholder {
    color: var(--text-2);
    opacity: 1;
  }
  .send {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 42px;
    block-size: 42px;
    border-radius: 50%;
    background: var(--accent);
    color: var(--accent-text);
  }
  .send:disabled {
    background: var(--surface-2);
    color: var(--text-2);
    cursor: default;
  }

  @media (max-width: 520px) {
    :host([open]) {
      inset: 0;
    }
    .panel {
      inline-size: 100%;
      block-size: var(--kefu-visible-height, 100dvh);
      border: 0;
      border-radius: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
  @media print {
    :host {
      display: none;
    }
  }
`;
