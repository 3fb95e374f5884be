import { css } from "lit";

export const styles = css`
  :host {
    display: block;
    block-size: 100dvh;
  }
  * {
    box-sizing: border-box;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .primary,
  .secondary {
    padding: 8px 16px;
    border-radius: 9px;
    border: 1px solid transparent;
    font-weight: 600;
    white-space: nowrap;
  }
  .primary {
    background: var(--accent);
    color: var(--accent-ink);
  }
  .primary:disabled {
    background: var(--surface-2);
    color: var(--ink-2);
    cursor: default;
  }
  .secondary {
    background: var(--surface);
    border-color: var(--rule);
  }
  .secondary:hover {
    border-color: var(--accent);
  }

  .login {
    display: grid;
    place-items: center;
    min-block-size: 100dvh;
    padding: 20px;
  }
  .login form {
    display: flex;
    flex-direction: column;
    gap: 16px;
    inline-size: min(380px, 100%);
    padding: 32px;
    border-radius: 18px;
    border: 1px solid var(--rule);
    background: var(--surface);
  }
  .login h1 {
    display: flex;
    align-items: center;
    gap: 12px;
    margin: 0 0 4px;
    font-size: 22px;
  }
  .login img {
    inline-size: 36px;
    block-size: 36px;
  }
  .login label {
    display: flex;
    flex-direction: column;
    gap: 6px;
    font-weight: 600;
  }
  .login input {
    padding: 10px 12px;
    border: 1px solid var(--rule);
    border-radius: 9px;
    background: var(--surface-2);
    font-size: 16px;
  }
  .login .hint {
    margin: 0;
    font-size: 13px;
    color: var(--ink-2);
    overflow-wrap: anywhere;
  }
  .wrong {
    margin: 0;
    color: var(--bad);
  }

  .app {
    display: grid;
    grid-template: auto minmax(0, 1fr) / 320px minmax(0, 1fr) 290px;
    block-size: 100dvh;
  }
  .top {
    grid-column: 1 / -1;
    display: flex;
    align-items: center;
    gap: 14px;
    padding: 10px 18px;
    background: var(--surface);
    border-block-end: 1px solid var(--rule);
  }
  .top img {
    inline-size: 28px;
    block-size: 28px;
  }
  .top h1 {
    margin: 0;
    font-size: 17px;
  }
  .top .space {
    flex: 1;
  }
  .presence {
    color: var(--ink-2);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .link {
    border: 0;
    background: none;
    padding: 6px 8px;
    border-radius: 8px;
    white-space: nowrap;
  }
  .link:hover {
    background: var(--surface-2);
  }
  .offline {
    color: var(--warn);
    background: var(--warn-bg);
    padding: 3px 10px;
    border-radius: 8px;
  }

  .list {
    overflow-y: auto;
    background: var(--surface);
    border-inline-end: 1px solid var(--rule);
  }
  .list h2 {
    margin: 0;
    padding: 16px 18px 8px;
    font-size: 15px;
    color: var(--ink-2);
  }
  .list ul {
    margin: 0;
    padding: 0 8px 12px;
    list-style: none;
  }
  .row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 3px 10px;
    inline-size: 100%;
    padding: 11px 12px;
    border: 0;
    border-radius: 12px;
    background: none;
    text-align: start;
  }
  .row:hover {
    background: var(--surface-2);
  }
  .row[aria-current="true"] {
    background: var(--bubble);
  }
  .row .who {
    display: flex;
    align-items: center;
    gap: 8px;
    font-weight: 600;
    min-inline-size: 0;
  }
  .row .who span:last-child {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .dot {
    flex: none;
    inline-size: 9px;
    block-size: 9px;
    border-radius: 50%;
    border: 2px solid var(--ink-2);
  }
  .dot.online {
    background: var(--good);
    border-color: var(--good);
  }
  .row time {
    font-size: 13px;
    color: var(--ink-2);
    font-variant-numeric: tabular-nums;
  }
  .row .last {
    grid-column: 1 / -1;
    color: var(--ink-2);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .row .state {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    margin-block-start: 2px;
  }
  .tag,
  .mood {
    padding: 1px 9px;
    border-radius: 999px;
    font-size: 13px;
    background: var(--flat-bg);
    color: var(--flat);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .tag.queue {
    background: var(--warn-bg);
    color: var(--warn);
    font-weight: 600;
  }
  .tag.human {
    background: var(--bubble);
    color: var(--ink);
  }
  .mood.positive {
    background: var(--good-bg);
    color: var(--good);
  }
  .mood.negative {
    background: var(--bad-bg);
    color: var(--bad);
  }
  .count {
    margin-inline-start: auto;
    min-inline-size: 22px;
    padding-inline: 7px;
    border-radius: 11px;
    background: var(--accent);
    color: var(--accent-ink);
    font-size: 13px;
    font-weight: 600;
    text-align: center;
  }
  .row.resolved {
    opacity: 0.75;
  }
  .empty {
    padding: 24px 18px;
    color: var(--ink-2);
  }
  .center.empty {
    display: grid;
    place-items: center;
  }

  .center {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 12px 20px;
    background: var(--surface);
    border-block-end: 1px solid var(--rule);
  }
  .head h2 {
    margin: 0;
    font-size: 17px;
  }
  .head .space {
    flex: 1;
  }
  .back {
    display: none;
  }
  .log {
    flex: 1;
    overflow-y: auto;
    padding: 20px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  .message {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 4px;
  }
  .message.bot,
  .message.agent {
    align-items: flex-end;
  }
  .message.system {
    align-items: center;
    color: var(--ink-2);
    font-size: 14px;
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 8px;
    font-size: 13px;
    color: var(--ink-2);
  }
  .bubble {
    max-inline-size: min(620px, 86%);
    padding: 9px 14px;
    border-radius: 14px;
    background: var(--surface);
    border: 1px solid var(--rule);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .bot .bubble {
    background: var(--surface-2);
  }
  .agent .bubble {
    background: var(--bubble);
    border-color: transparent;
  }
  .shown {
    max-inline-size: min(620px, 86%);
    font-size: 14px;
    color: var(--ink-2);
  }
  .failed {
    color: var(--bad);
  }
  .failed button {
    border: 0;
    background: none;
    padding: 0;
    text-decoration: underline;
  }
  .typing {
    min-block-size: 22px;
    padding-inline: 20px;
    font-size: 14px;
    color: var(--ink-2);
  }
  .composer {
    display: flex;
    align-items: flex-end;
    gap: 10px;
    padding: 12px 20px max(14px, env(safe-area-inset-bottom));
    background: var(--surface);
    border-block-start: 1px solid var(--rule);
  }
  .composer textarea {
    flex: 1;
    min-inline-size: 0;
    max-block-size: 160px;
    padding: 9px 13px;
    border: 1px solid var(--rule);
    border-radius: 12px;
    background: var(--surface-2);
    font-size: 16px;
    line-height: 1.4;
    resize: none;
    field-sizing: content;
  }
  .composer textarea:focus-visible {
    outline-offset: -1px;
  }
  .composer textarea::placeholder {
    color: var(--ink-2);
    opacity: 1;
  }

  .side {
    overflow-y: auto;
    padding: 18px;
    background: var(--surface);
    border-inline-start: 1px solid var(--rule);
  }
  .side h3 {
    margin: 0 0 8px;
    font-size: 15px;
  }
  .side dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 7px 14px;
    margin: 20px 0 0;
  }
  .side dt {
    color: var(--ink-2);
  }
  .side dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .now {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-end: 10px;
    color: var(--ink-2);
  }
  .line {
    display: block;
    inline-size: 100%;
    border: 1px solid var(--rule);
    border-radius: 12px;
    background: var(--surface-2);
  }
  .line .zero {
    stroke: var(--ink-2);
    stroke-dasharray: 3 4;
    opacity: 0.6;
  }
  .line polyline {
    fill: none;
    stroke: var(--ink-2);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .line circle {
    fill: var(--flat);
  }
  .line circle.positive {
    fill: var(--good);
  }
  .line circle.negative {
    fill: var(--bad);
  }

  .alerts {
    position: fixed;
    inset-block-end: 18px;
    inset-inline-start: 18px;
    z-index: 5;
    display: flex;
    flex-direction: column;
    gap: 10px;
    inline-size: min(360px, calc(100vw - 36px));
  }
  .alert {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 4px 10px;
    padding: 13px 15px;
    border: 1px solid var(--bad);
    border-radius: 14px;
    background: var(--surface);
    box-shadow: 0 8px 28px rgb(10 20 30 / 22%);
  }
  .alert .mood {
    align-self: start;
  }
  .alert strong {
    color: var(--bad);
  }
  .alert q {
    grid-column: 1 / -1;
    color: var(--ink-2);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .alert .buttons {
    grid-column: 1 / -1;
    display: flex;
    gap: 8px;
    margin-block-start: 4px;
  }

  @media (max-width: 1100px) {
    .app {
      grid-template-columns: 290px minmax(0, 1fr);
    }
    .side {
      display: none;
    }
  }
  @media (max-width: 720px) {
    .app {
      grid-template-columns: minmax(0, 1fr);
    }
    .app.reading .list,
    .app:not(.reading) .center {
      display: none;
    }
    .list {
      border: 0;
    }
    .back {
      display: inline-block;
    }
    .presence {
      display: none;
    }
    .head,
    .log,
    .composer {
      padding-inline: 14px;
    }
  }
`;
