// An agent's journey: sees the mood of a conversation live, takes over, answers, hands back; and how it looks.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon } from "../support/daemon.mjs";
import { accessibility, Console, launch, open, shot, SIZES, Widget } from "./browser.mjs";

describe("an agent", () => {
  let daemon, browser;
  before(async () => {
    daemon = new Daemon({ env: { KEFU_RATE_LIMIT: "off" } });
    daemon.addAgent("lin", "a long enough password");
    await daemon.start();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await daemon?.end();
  });

  it("is refused with a wrong password", async () => {
    const page = await open(browser, `${daemon.url}/console/?lang=en`);
    const console_ = new Console(page);
    await console_.root.locator("input[name=name]").fill("lin");
    await console_.root.locator("input[name=password]").fill("wrong password");
    await console_.root.getByRole("button").first().click();
    await console_.root.getByRole("alert").waitFor();
    await shot(page, "console-login");
    assert.deepEqual(await accessibility(page), []);
    await page.context().close();
  });

  it("reads along, sees the mood, takes over and hands back", async () => {
    const agentPage = await open(browser, `${daemon.url}/console/?lang=en`);
    const desk = new Console(agentPage);
    await desk.login("lin", "a long enough password");

    const visitorPage = await open(browser, `${daemon.url}/?lang=zh`, { lang: "zh" });
    const widget = new Widget(visitorPage);
    await widget.show();
    await widget.ask("你好，在吗");
    await desk.row("").waitFor();
    await desk.rows.first().click();
    await desk.message("你好，在吗").waitFor();

    // An insult is graded negative, and the agent sees it without doing anything.
    const sent = Date.now();
    await widget.input.fill("你们真是垃圾店，客服是傻子吗，气死我了");
    await widget.input.press("Enter");
    await desk.message("垃圾店").locator(".mood.negative").waitFor();
    console.log(`the agent saw the insult graded after ${Date.now() - sent} ms`);
    await widget.ask("等了半个月还没到，太差劲了，再也不买了");
    await desk.message("等了半个月").locator(".mood.negative").waitFor();
    await shot(agentPage, "console-mood");

    // After the takeover the bot is silent and the person speaks.
    await desk.root.getByRole("button", { name: "Take over" }).click();
    await desk.root.getByRole("button", { name: "Hand back to the bot" }).waitFor();
    await widget.root.locator(".state").filter({ hasText: "lin" }).waitFor();
    await widget.input.fill("有人吗");
    await widget.input.press("Enter");
    await desk.message("有人吗").waitFor();
    await desk.root.getByRole("textbox").fill("您好，我是小林，马上帮您查。");
    await desk.root.getByRole("textbox").press("Enter");
    await widget.log.locator(".message.agent").filter({ hasText: "我是小林" }).waitFor();
    const afterQuestion = await widget.log.locator(".message").evaluateAll((nodes) => {
      const at = nodes.findIndex((n) => n.textContent.includes("有人吗"));
      return nodes.slice(at + 1).map((n) => n.className);
    });
    assert.ok(!afterQuestion.some((c) => c.includes("bot")), `the bot was silent: ${afterQuestion}`);
    await shot(agentPage, "console-takeover");
    await shot(visitorPage, "chat-with-agent");

    await desk.root.getByRole("button", { name: "Hand back to the bot" }).click();
    await desk.root.getByRole("button", { name: "Take over" }).waitFor();
    const answer = await widget.ask("谢谢");
    assert.match(await answer.getAttribute("class"), /bot/);

    assert.deepEqual(await accessibility(agentPage), []);
    assert.deepEqual(agentPage.troubles, []);
    assert.deepEqual(visitorPage.troubles, []);
    await agentPage.context().close();
    await visitorPage.context().close();
  });

  for (const size of Object.keys(SIZES)) {
    for (const lang of ["zh", "en"]) {
      for (const dark of [false, true]) {
        const name = `${size}-${lang}-${dark ? "dark" : "light"}`;
        it(`looks right: ${name}`, async () => {
          const page = await open(browser, `${daemon.url}/console/?lang=${lang}`, { size, lang, dark });
          const desk = new Console(page);
          await desk.login("lin", "a long enough password");
          await desk.rows.first().waitFor();
          await shot(page, `console-list-${name}`);
          await desk.rows.first().click();
          await desk.root.locator(".log .message").first().waitFor();
          await shot(page, `console-${name}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(wide, 0, "nothing sticks out to the side");
          assert.deepEqual(await accessibility(page), []);
          await page.context().close();
        });
      }
    }
  }
});
