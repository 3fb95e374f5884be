import { css } from "lit";

export const styles = css`
  * {
    box-sizing: border-box;
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
  }
  a {
    color: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .bar,
  main,
  footer {
    max-inline-size: 1240px;
    margin-inline: auto;
    padding-inline: clamp(16px, 4vw, 40px);
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 16px;
    padding-block: 18px;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 10px;
    font-size: 20px;
    font-weight: 700;
    letter-spacing: 0.01em;
    text-decoration: none;
    white-space: nowrap;
  }
  .brand svg {
    inline-size: 28px;
    block-size: 28px;
  }
  .space {
    flex: 1;
  }
  .quiet {
    padding: 7px 14px;
    border: 1px solid var(--rule);
    border-radius: 999px;
    background: var(--card);
    white-space: nowrap;
  }
  .quiet:hover {
    border-color: var(--accent);
  }
  .cart {
    color: var(--ink-2);
    white-space: nowrap;
  }
  .hero {
    display: grid;
    grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr);
    align-items: center;
    gap: 32px;
    padding: clamp(24px, 4.5vw, 56px);
    border-radius: 28px;
    background: var(--warm);
  }
  .hero h1 {
    margin: 0 0 12px;
    font-size: clamp(30px, 4.6vw, 52px);
    line-height: 1.12;
    letter-spacing: -0.015em;
    text-wrap: balance;
  }
  .hero p {
    margin: 0 0 22px;
    max-inline-size: 54ch;
    color: var(--ink-2);
    text-wrap: pretty;
  }
  .hero .try {
    margin: 0 0 8px;
    font-size: 14px;
    color: var(--ink-2);
  }
  .questions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .question {
    padding: 9px 16px;
    border: 1px solid var(--accent);
    border-radius: 999px;
    background: var(--card);
    color: var(--accent);
    text-align: start;
  }
  .question:hover {
    background: var(--accent);
    color: var(--accent-ink);
  }
  .collage {
    display: grid;
    grid-template-columns: repeat(3, 1fr);
    gap: 12px;
  }
  .collage img {
    display: block;
    inline-size: 100%;
    border-radius: 18px;
  }
  .collage img:nth-child(2),
  .collage img:nth-child(5) {
    transform: translateY(18px);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px 16px;
    margin-block: 36px 16px;
  }
  .tools input {
    flex: 1 1 220px;
    max-inline-size: 340px;
    padding: 9px 16px;
    border: 1px solid var(--rule);
    border-radius: 999px;
    background: var(--card);
    font-size: 16px;
  }
  .tools input::placeholder {
    color: var(--ink-2);
    opacity: 1;
  }
  .found {
    color: var(--ink-2);
    font-size: 14px;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-end: 22px;
  }
  .chip {
    padding: 6px 14px;
    border: 1px solid var(--rule);
    border-radius: 999px;
    background: transparent;
    white-space: nowrap;
  }
  .chip[aria-pressed="true"] {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(210px, 1fr));
    gap: 22px 20px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .item {
    display: flex;
    flex-direction: column;
    text-decoration: none;
    block-size: 100%;
  }
  .item img {
    display: block;
    inline-size: 100%;
    block-size: auto;
    aspect-ratio: 1;
    object-fit: cover;
    border-radius: 18px;
    background: var(--warm);
    transition: transform 0.2s ease;
  }
  .item:hover img {
    transform: translateY(-3px);
  }
  .item-title {
    margin-block: 10px 2px;
    line-height: 1.4;
    display: -webkit-box;
    -webkit-line-clamp: 2;
    -webkit-box-orient: vertical;
    overflow: hidden;
  }
  .item-price {
    font-weight: 700;
  }
  .sold-out {
    font-weight: 400;
    font-size: 14px;
    color: var(--ink-2);
  }
  .product {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: clamp(20px, 4vw, 56px);
    align-items: center;
    margin-block: 12px 48px;
  }
  .product > img {
    display: block;
    inline-size: 100%;
    block-size: auto;
    border-radius: 28px;
  }
  .product h1 {
    margin: 8px 0 12px;
    font-size: clamp(24px, 3.2vw, 38px);
    line-height: 1.22;
    text-wrap: balance;
  }
  .product p {
    color: var(--ink-2);
    max-inline-size: 56ch;
  }
  .kind {
    color: var(--accent);
    font-weight: 600;
  }
  .price {
    font-size: 26px;
    font-weight: 700;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    margin-block-start: 20px;
  }
  .primary {
    padding: 12px 24px;
    border: 0;
    border-radius: 999px;
    background: var(--accent);
    color: var(--accent-ink);
    font-weight: 600;
  }
  .primary:disabled {
    background: var(--rule);
    color: var(--ink-2);
    cursor: default;
  }
  .secondary {
    padding: 11px 22px;
    border: 1px solid var(--rule);
    border-radius: 999px;
    background: transparent;
  }
  h2 {
    font-size: 22px;
  }
  .message {
    padding: 56px 0;
    text-align: center;
    color: var(--ink-2);
  }
  footer {
    margin-block-start: 64px;
    padding-block: 28px 96px;
    border-block-start: 1px solid var(--rule);
    color: var(--ink-2);
    font-size: 14px;
    display: flex;
    flex-wrap: wrap;
    gap: 8px 24px;
    justify-content: space-between;
  }
  @media (max-width: 760px) {
    .hero,
    .product {
      grid-template-columns: 1fr;
    }
    .collage {
      grid-template-columns: repeat(3, 1fr);
    }
    .grid {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 18px 14px;
    }
    .chips {
      flex-wrap: nowrap;
      overflow-x: auto;
      margin-inline: calc(-1 * clamp(16px, 4vw, 40px));
      padding: 2px clamp(16px, 4vw, 40px) 6px;
      scrollbar-width: none;
    }
    .bar {
      gap: 10px;
      padding-block: 12px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
    }
  }
`;
