// Builds everything that the daemon serves into dist/:
//   widget.js            the chat widget, one classic script for any page
//   index.html, assets/  the demo shop
//   console/             the agents' console
// and a .gz beside every text file, because the daemon does not compress. Fails when the widget outgrows its budget.
import { gzipSync } from "node:zlib";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const WIDGET_BUDGET_BYTES = 30 * 1024; // gzipped, all of it
const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const shared = { root, configFile: false, logLevel: "warn" };

await build({
  ...shared,
  build: {
    outDir: dist,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // no data: URLs, so that a strict Content-Security-Policy holds
    rollupOptions: { input: [join(root, "index.html"), join(root, "console/index.html")] },
  },
});
await build({
  ...shared,
  publicDir: false,
  build: {
    outDir: dist,
    emptyOutDir: false,
    lib: { entry: join(root, "widget/main.ts"), name: "KefuWidget", formats: ["iife"], fileName: () => "widget.js" },
  },
});

async function* files(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}
for await (const path of files(dist)) {
  if (!/\.(js|css|html|svg|json)$/.test(path)) continue;
  const packed = gzipSync(await readFile(path), { level: 9 });
  await writeFile(`${path}.gz`, packed);
  if (path === join(dist, "widget.js")) {
    console.error(`widget.js: ${packed.length} bytes gzipped`);
    if (packed.length > WIDGET_BUDGET_BYTES) {
      console.error(`widget.js is over its budget of ${WIDGET_BUDGET_BYTES} bytes`);
      process.exit(1);
    }
  }
}
