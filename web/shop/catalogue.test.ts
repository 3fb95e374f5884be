import { describe, expect, it } from "vitest";
import { type Product, priceOf, search, textOf } from "./catalogue.js";

const product = (id: string, category: string, zh: string, en: string): Product => ({
  id,
  category,
  price: 399,
  currency: "CNY",
  image: `images/${id}.svg`,
  url: `/product/${id}`,
  stock: 3,
  texts: { zh: { title: zh, description: "" }, en: { title: en, description: "" } },
});
const shelf = [product("A", "headphones", "降噪耳机", "Quiet headphones"), product("B", "bags", "通勤背包", "Commuter backpack")];

describe("catalogue", () => {
  it("finds by words of either language and by category", () => {
    expect(search(shelf, "QUIET head", null).map((p) => p.id)).toEqual(["A"]);
    expect(search(shelf, "背包", null).map((p) => p.id)).toEqual(["B"]);
    expect(search(shelf, "", "bags").map((p) => p.id)).toEqual(["B"]);
    expect(search(shelf, "背包", "headphones")).toEqual([]);
  });
  it("shows prices without empty cents and falls back to the other language", () => {
    expect(priceOf(shelf[0] as Product, "zh")).toBe("¥399");
    expect(priceOf({ ...(shelf[0] as Product), price: 12.5 }, "en")).toBe("¥12.50");
    expect(textOf({ ...(shelf[0] as Product), texts: { zh: { title: "仅中文", description: "" } } }, "en").title).toBe("仅中文");
  });
});
