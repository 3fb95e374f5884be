// The products as the daemon gives them, and how they are shown.
import type { Lang } from "../shared/protocol.js";

export interface ProductText {
  title: string;
  description: string;
}

export interface Product {
  id: string;
  category: string;
  price: number;
  currency: string;
  image: string;
  url: string;
  stock: number;
  texts: Partial<Record<Lang, ProductText>>;
}

function isProduct(value: unknown): value is Product {
  if (typeof value !== "object" || value === null) return false;
  const p = value as Product;
  return typeof p.id === "string" && typeof p.category === "string" && typeof p.price === "number" && typeof p.texts === "object";
}

export async function loadProducts(): Promise<Product[]> {
  const response = await fetch("/shop/products.json");
  if (!response.ok) throw new Error(`products.json: HTTP ${response.status}`);
  const body: unknown = await response.json();
  return Array.isArray(body) ? body.filter(isProduct) : [];
}

export function textOf(product: Product, lang: Lang): ProductText {
  return product.texts[lang] ?? product.texts.en ?? product.texts.zh ?? { title: product.id, description: "" };
}

export function priceOf(product: Product, lang: Lang): string {
  const whole = Number.isInteger(product.price);
  return new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en-US", {
    style: "currency",
    currency: product.currency || "CNY",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: whole ? 0 : 2,
  }).format(product.price);
}

export function imageOf(product: Product): string {
  return /^(https?:)?\//.test(product.image) ? product.image : `/${product.image}`;
}

/** Products whose title or description in either language has every word of `query`. */
export function search(products: Product[], query: string, category: string | null): Product[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return products.filter((p) => {
    if (category !== null && p.category !== category) return false;
    const haystack = Object.values(p.texts)
      .map((t) => `${t.title} ${t.description}`)
      .join(" ")
      .toLowerCase();
    return words.every((w) => haystack.includes(w));
  });
}

export const CATEGORIES: Record<string, Record<Lang, string>> = {
  headphones: { zh: "头戴耳机", en: "Headphones" },
  earbuds: { zh: "真无线耳机", en: "Earbuds" },
  phones: { zh: "手机", en: "Phones" },
  laptops: { zh: "笔记本电脑", en: "Laptops" },
  smartwatches: { zh: "智能手表", en: "Watches" },
  chargers: { zh: "充电", en: "Charging" },
  keyboards: { zh: "键盘", en: "Keyboards" },
  speakers: { zh: "音箱", en: "Speakers" },
  cameras: { zh: "相机", en: "Cameras" },
  sneakers: { zh: "运动鞋", en: "Sneakers" },
  dresses: { zh: "连衣裙", en: "Dresses" },
  jackets: { zh: "外套", en: "Jackets" },
  tshirts: { zh: "T恤", en: "T-shirts" },
  bags: { zh: "包", en: "Bags" },
  accessories: { zh: "配饰", en: "Accessories" },
};

export function categoryName(slug: string, lang: Lang): string {
  return CATEGORIES[slug]?.[lang] ?? slug;
}
