// A visitor's journeys: answers in both languages, cards that respect the price, honesty about gibberish, a history
// that survives reloads and a killed daemon, and how it all looks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon, root } from "../support/daemon.mjs";
import { accessibility, launch, open, shot, SIZES, Widget } from "./browser.mjs";

/** Answer of the FAQ by id and language. Rows of faq.csv have no newlines within. */
function faqAnswer(id, lang) {
  for (const line of readFileSync(join(root, "corpora/shop/faq.csv"), "utf8").split(/\r?\n/)) {
    const fields = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1].replace(/^"|"$/g, "").replaceAll('""', '"'));
    if (fields[0] === id && fields[3] === lang) return fields[2];
  }
  throw new Error(`no FAQ entry ${id} in ${lang}`);
}

const products = new Map(
  readFileSync(join(root, "corpora/shop/products.csv"), "utf8")
    .split("\n")
    .slice(1)
    .filter(Boolean)
    .map((line) => [line.split(",")[0], { category: /,(\w+),(\d+(?:\.\d+)?),CNY,/.exec(line)[1], price: Number(/,(\w+),(\d+(?:\.\d+)?),CNY,/.exec(line)[2]) }]),
);

describe("a visitor", () => {
  let daemon, browser;
  before(async () => {
    daemon = await new Daemon({ env: { KEFU_RATE_LIMIT: "off" } }).start();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await daemon?.end();
  });

  it("is answered in Chinese", async () => {
    const page = await open(browser, `${daemon.url}/?lang=zh`, { lang: "zh" });
    const widget = new Widget(page);
    await widget.show();
    const dispatch = await widget.ask("我的订单什么时候发货");
    assert.equal(await dispatch.locator(".bubble").innerText(), faqAnswer("dispatch_time", "zh"));
    const cards = await widget.ask("推荐一款500元以下的耳机");
    const links = await cards.locator(".card a").evaluateAll((nodes) => nodes.map((n) => n.getAttribute("href")));
    assert.ok(links.length >= 2, "at least two products");
    for (const link of links) {
      const product = products.get(link.split("/").pop());
      assert.ok(product.price <= 500, `${link} costs ${product.price}`);
      assert.match(product.category, /^(headphones|earbuds)$/);
    }
    await shot(page, "chat-laptop-zh-light");
    assert.deepEqual(await accessibility(page), []);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  it("is answered in English, and gibberish is declined", async () => {
    const page = await open(browser, `${daemon.url}/?lang=en`);
    const widget = new Widget(page);
    await widget.show();
    const shoes = await widget.ask("can i return shoes i wore once");
    assert.equal(await shoes.locator(".bubble").innerText(), faqAnswer("return_worn_shoes", "en"));
    const gibberish = await widget.ask("qwoeiruty zmxnc asldk");
    const said = await gibberish.locator(".bubble").innerText();
    const answers = readFileSync(join(root, "corpora/shop/faq.csv"), "utf8");
    assert.ok(!answers.includes(said), "no FAQ answer is given for gibberish");
    assert.ok(said.length > 10);
    await shot(page, "chat-laptop-en-light");
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  it("keeps one conversation over reloads, pages and a killed daemon", async () => {
    const page = await open(browser, `${daemon.url}/?lang=en`);
    let widget = new Widget(page);
    await widget.show();
    await widget.ask("what payment methods do you take");
    const seqs = await widget.seqs();
    for (const path of ["/?lang=en", "/product/HP-001?lang=en", "/?lang=en"]) {
      await page.goto(daemon.url + path);
      widget = new Widget(page);
      await widget.show();
      await widget.log.locator(`[data-seq="${seqs.at(-1)}"]`).waitFor();
      assert.deepEqual(await widget.seqs(), seqs);
    }
    await daemon.stop("SIGKILL");
    await widget.root.locator(".banner").waitFor();
    await widget.input.fill("do you ship abroad");
    await widget.input.press("Enter");
    await widget.log.locator(".pending").waitFor();
    await shot(page, "chat-offline");
    await daemon.restart();
    await widget.answerTo("do you ship abroad");
    const afterwards = await widget.seqs();
    assert.deepEqual(afterwards.slice(0, seqs.length), seqs);
    assert.deepEqual(afterwards, [...new Set(afterwards)].sort((a, b) => a - b));
    assert.equal(await widget.log.locator(".pending").count(), 0);
    await page.context().close();
  });

  it("uses the keyboard alone", async () => {
    const page = await open(browser, `${daemon.url}/?lang=en`);
    const widget = new Widget(page);
    await widget.root.locator(".launcher").focus();
    await page.keyboard.press("Enter");
    await widget.input.waitFor();
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    await widget.answerTo("hello");
    await page.keyboard.press("Escape");
    await widget.root.locator(".launcher").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.className), "launcher");
    await page.context().close();
  });

  for (const size of Object.keys(SIZES)) {
    for (const lang of ["zh", "en"]) {
      for (const dark of [false, true]) {
        const name = `${size}-${lang}-${dark ? "dark" : "light"}`;
        it(`looks right: ${name}`, async () => {
          const page = await open(browser, `${daemon.url}/?lang=${lang}`, { size, lang, dark });
          await page.locator("demo-shop .grid li").first().waitFor();
          await page.waitForLoadState("networkidle");
          await shot(page, `shop-${name}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(wide, 0, "nothing sticks out to the side");
          const widget = new Widget(page);
          await widget.show();
          await widget.ask(lang === "zh" ? "你好" : "hi there");
          await widget.ask(lang === "zh" ? "推荐一款500元以下的耳机" : "recommend headphones under 500");
          await page.waitForLoadState("networkidle");
          await shot(page, `widget-${name}`);
          assert.deepEqual(await accessibility(page), []);
          assert.deepEqual(page.troubles, []);
          await page.context().close();
        });
      }
    }
  }
});
