// A report's page of 150 labels in a browser: no request, nothing wider than the screen, both languages, readable to all.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { kefu } from "../support/daemon.mjs";
import { accessibility, launch, open, shot } from "./browser.mjs";

const dir = mkdtempSync(join(tmpdir(), "kefu-report-"));
const url = pathToFileURL(join(dir, "out/index.html")).href;
let browser;

before(async () => {
  const rows = ["text,label"];
  const words = ["where", "when", "cancel", "my", "order", "订单", "退货", "please", "now", "谢谢"];
  for (let label = 0; label < 150; label++)
    for (let n = 0; n < 8; n++)
      rows.push(`${words[n]} ${words[(n * 3 + label) % 10]} topic${label % (n < 6 ? 150 : 30)},a_rather_long_label_${label}`);
  for (let n = 0; n < 20; n++) rows.push(`${words[n % 10]} weather story ${n},other`);
  const data = join(dir, "data.csv");
  writeFileSync(data, `${rows.join("\n")}\n`);
  const args = ["test", "nlu", "--data", data, "--cross-validation", "--folds", "2", "--arch", "svm", "--learning-curve"];
  const result = kefu([...args, "--out-of-scope", "other", "--report", join(dir, "out"), "--quiet"]);
  assert.equal(result.status, 0, result.stderr);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

for (const size of ["phone", "laptop", "large"])
  for (const dark of [false, true])
    test(`${size}, ${dark ? "dark, Chinese" : "light, English"}`, async () => {
      const page = await open(browser, "about:blank", { size, dark, lang: dark ? "zh" : "en" });
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(url);
      assert.deepEqual(asked, [url]);
      const headings = await page.locator("h2:visible").allInnerTexts();
      assert.ok(headings.includes(dark ? "交叉验证" : "Cross-validation"), headings.join());
      await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      await shot(page, `report-${size}-${dark ? "dark" : "light"}`);
      if (size !== "large") assert.deepEqual(await accessibility(page), []);
      await page.getByRole("button").click();
      assert.equal(await page.locator("html").getAttribute("lang"), dark ? "en" : "zh");
      assert.ok((await page.locator("h2:visible").allInnerTexts()).includes(dark ? "Cross-validation" : "交叉验证"));
      assert.ok((await page.locator("#whole rect title").count()) >= 150);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
