// <demo-shop>: the whole demo page. It talks to the chat only through window.$kefu, as any shop's page would.
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Lang, ShopEvent } from "../shared/protocol.js";
import type {} from "../widget/main.js"; // window.$kefu
import { BrowserStore } from "../shared/storage.js";
import { fill, pickLang } from "../shared/texts.js";
import { CATEGORIES, categoryName, imageOf, loadProducts, priceOf, type Product, search, textOf } from "./catalogue.js";
import { styles } from "./styles.js";
import { shopTexts } from "./texts.js";

const COLLAGE = ["headphones", "dresses", "cameras", "sneakers", "keyboards", "bags"];

export class DemoShop extends LitElement {
  static override styles = styles;

  @state() private language: Lang;
  @state() private products: Product[] | null = null;
  @state() private failed = false;
  @state() private query = "";
  @state() private category: string | null = null;
  @state() private path = location.pathname;
  @state() private cart: ReadonlySet<string> = new Set();

  private readonly store = new BrowserStore("shop.");

  constructor() {
    super();
    const wanted = new URLSearchParams(location.search).get("lang") ?? this.store.get("lang");
    this.language = pickLang(wanted);
    this.applyLang();
    window.addEventListener("kefu:ready", () => window.$kefu?.setLanguage(this.language));
    window.addEventListener("popstate", () => (this.path = location.pathname));
    void this.load();
  }

  private get texts() {
    return shopTexts[this.language];
  }

  private async load(): Promise<void> {
    this.failed = false;
    try {
      this.products = await loadProducts();
      this.tell("view", this.productId());
    } catch {
      this.failed = true;
    }
  }

  private applyLang(): void {
    document.documentElement.lang = this.language === "zh" ? "zh-CN" : "en";
    document.title = this.texts.name;
    window.$kefu?.setLanguage(this.language);
  }

  private switchLang(): void {
    this.language = this.language === "zh" ? "en" : "zh";
    this.store.set("lang", this.language);
    this.applyLang();
  }

  private productId(): string | null {
    return /^\/product\/([\w-]+)$/.exec(this.path)?.[1] ?? null;
  }

  private tell(event: ShopEvent, item: string | null): void {
    if (item !== null) window.$kefu?.event(event, item);
  }

  private go(event: Event, path: string): void {
    const mouse = event as MouseEvent;
    if (mouse.ctrlKey || mouse.metaKey || mouse.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", path);
    this.path = path;
    this.tell("view", this.productId());
    scrollTo({ top: 0 });
  }

  protected override render(): TemplateResult {
    const t = this.texts;
    const id = this.productId();
    return html`
      <header class="bar">
        <a class="brand" href="/" @click=${(e: Event) => this.go(e, "/")}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" fill="var(--accent)" />
            <path d="M8 21h16M8 16h16M8 11h16M11 8v16M16 8v16M21 8v16" stroke="var(--accent-ink)" stroke-width="1.8" stroke-linecap="round" />
          </svg>
          ${t.name}
        </a>
        <span class="space"></span>
        ${this.cart.size > 0 ? html`<span class="cart" role="status">${fill(t.cart, { n: this.cart.size })}</span>` : nothing}
        <button class="quiet lang" lang=${this.language === "zh" ? "en" : "zh"} @click=${this.switchLang}>${t.otherLang}</button>
      </header>
      <main>${this.products === null ? this.waiting() : id !== null ? this.productPage(id) : this.frontPage(this.products)}</main>
      <footer><span>${t.footer}</span><a href="/console/">${t.console}</a></footer>
    `;
  }

  private waiting(): TemplateResult {
    if (!this.failed) return html`<div class="message" aria-busy="true"></div>`;
    return html`<div class="message" role="alert">
      <p>${this.texts.failed}</p>
      <button class="quiet" @click=${this.load}>${this.texts.retry}</button>
    </div>`;
  }

  private frontPage(products: Product[]): TemplateResult {
    const t = this.texts;
    const found = search(products, this.query, this.category);
    const slugs = Object.keys(CATEGORIES).filter((slug) => products.some((p) => p.category === slug));
    return html`
      <section class="hero">
        <div>
          <h1>${t.tagline}</h1>
          <p>${t.intro}</p>
          <p class="try">${t.try}</p>
          <div class="questions">
            ${t.questions.map((q) => html`<button class="question" @click=${() => window.$kefu?.open(q)}>${q}</button>`)}
          </div>
        </div>
        <div class="collage" aria-hidden="true">
          ${COLLAGE.map((slug) => products.find((p) => p.category === slug)).map((p) => (p ? html`<img src=${imageOf(p)} alt="" />` : nothing))}
        </div>
      </section>
      <div class="tools">
        <input
          type="search"
          placeholder=${t.search}
          aria-label=${t.search}
          .value=${this.query}
          @input=${(e: Event) => (this.query = (e.target as HTMLInputElement).value)}
        />
        <span class="found" role="status">${fill(t.found, { n: found.length })}</span>
      </div>
      <div class="chips" role="group" aria-label=${t.search}>
        ${[null, ...slugs].map(
          (slug) =>
            html`<button class="chip" aria-pressed=${this.category === slug ? "true" : "false"} @click=${() => (this.category = slug)}>
              ${slug === null ? t.all : categoryName(slug, this.language)}
            </button>`,
        )}
      </div>
      ${found.length > 0 ? this.grid(found) : html`<p class="message">${t.nothing}</p>`}
    `;
  }

  private grid(products: Product[]): TemplateResult {
    const t = this.texts;
    return html`<ul class="grid">
      ${products.map(
        (p) =>
          html`<li>
            <a class="item" href="/product/${p.id}" @click=${(e: Event) => this.go(e, `/product/${p.id}`)}>
              <img src=${imageOf(p)} alt="" loading="lazy" width="400" height="400" />
              <span class="item-title">${textOf(p, this.language).title}</span>
              <span class="item-price">${priceOf(p, this.language)} ${p.stock === 0 ? html`<span class="sold-out">${t.soldOut}</span>` : nothing}</span>
            </a>
          </li>`,
      )}
    </ul>`;
  }

  private productPage(id: string): TemplateResult {
    const t = this.texts;
    const product = this.products?.find((p) => p.id === id);
    if (product === undefined) return html`<p class="message">${t.missing}</p>`;
    const text = textOf(product, this.language);
    const related = (this.products ?? []).filter((p) => p.category === product.category && p.id !== id).slice(0, 5);
    const inCart = this.cart.has(id);
    return html`
      <p><a href="/" @click=${(e: Event) => this.go(e, "/")}>${t.back}</a></p>
      <section class="product">
        <img src=${imageOf(product)} alt=${text.title} width="400" height="400" />
        <div>
          <span class="kind">${categoryName(product.category, this.language)}</span>
          <h1>${text.title}</h1>
          <span class="price">${priceOf(product, this.language)}</span>
          <p>${text.description}</p>
          <div class="actions">
            <button class="primary" ?disabled=${product.stock === 0 || inCart} @click=${() => this.addToCart(id)}>
              ${product.stock === 0 ? t.soldOut : inCart ? t.inCart : t.addToCart}
            </button>
            <button class="secondary" @click=${() => window.$kefu?.open(fill(t.askText, { title: text.title }))}>${t.askAbout}</button>
          </div>
        </div>
      </section>
      <h2>${t.related}</h2>
      ${this.grid(related)}
    `;
  }

  private addToCart(id: string): void {
    this.cart = new Set([...this.cart, id]);
    this.tell("cart", id);
  }
}
