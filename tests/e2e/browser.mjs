// Chromium for the journeys, screenshots kept in out/, and page objects for the widget and the console.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../support/daemon.mjs";

const require = createRequire(join(root, "web/package.json"));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const out = join(root, "tests/e2e/out");
mkdirSync(out, { recursive: true });

export const SIZES = {
  phone: { width: 390, height: 844 },
  laptop: { width: 1280, height: 800 },
  large: { width: 1920, height: 1080 },
};

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}

/** A page of its own profile that fails the test on any error of the page or breach of its security policy. */
export async function open(browser, url, { size = "laptop", lang = "en", dark = false, context } = {}) {
  const made = context ?? (await browser.newContext({
    viewport: SIZES[size],
    locale: lang === "zh" ? "zh-CN" : "en-GB",
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    isMobile: size === "phone",
    hasTouch: size === "phone",
  }));
  const page = await made.newPage();
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !/WebSocket connection|ERR_CONNECTION/.test(text)) page.troubles.push(`console: ${text}`);
  });
  await page.goto(url);
  return page;
}

export async function shot(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(out, `${name}.png`) });
}

/** Violations that axe-core finds, shadow roots included, as readable lines. */
export async function accessibility(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.flat().join(" ")).join(" | ")}`);
}

export class Widget {
  constructor(page) {
    this.page = page;
    this.root = page.locator("kefu-chat");
    this.input = this.root.getByRole("textbox");
    this.log = this.root.getByRole("log");
  }

  async show() {
    await this.root.locator(".launcher").click();
    await this.input.waitFor();
  }

  /** Sends a text and resolves with the bubble of the answer: the first message of the bot or an agent behind it. */
  async ask(text) {
    await this.input.fill(text);
    await this.input.press("Enter");
    return this.answerTo(text);
  }

  async answerTo(text) {
    const asked = this.log.locator(".message.visitor[data-seq]").filter({ hasText: text }).last();
    await asked.waitFor();
    const seq = await asked.getAttribute("data-seq");
    const answer = this.log.locator(`.message[data-reply-to="${seq}"]`).first();
    await answer.waitFor();
    return answer;
  }

  async seqs() {
    return this.log.locator(".message[data-seq]").evaluateAll((nodes) => nodes.map((n) => Number(n.dataset.seq)));
  }
}

export class Console {
  constructor(page) {
    this.page = page;
    this.root = page.locator("kefu-console");
    this.rows = this.root.locator(".row");
  }

  async login(name, password) {
    await this.root.locator("input[name=name]").fill(name);
    await this.root.locator("input[name=password]").fill(password);
    await this.root.getByRole("button").first().click();
    await this.root.locator(".app").waitFor();
  }

  row(text) {
    return this.rows.filter({ hasText: text }).first();
  }

  message(text) {
    return this.root.locator(".log .message").filter({ hasText: text }).last();
  }
}
