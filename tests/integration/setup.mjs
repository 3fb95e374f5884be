// Puts the small bot into the build folder, with a base model of its own, and trains it.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { kefu, root } from "../support/daemon.mjs";

const { KEFU_TEST_BOT: bot, KEFU_BASE: base } = process.env;
const source = join(root, "tests/support/bot");

function must(...args) {
  const result = kefu(args);
  if (result.status === 0) return;
  console.error(`kefu ${args.join(" ")}: status ${result.status ?? result.signal}\n${result.stdout}${result.stderr}`);
  process.exit(1);
}

rmSync(bot, { recursive: true, force: true });
cpSync(source, bot, { recursive: true, filter: (path) => !path.endsWith("/.kefu") });
must("base", "--dictionary", join(source, "dict.txt"), "--out", base);
must("train", "--bot", bot, "--quiet");
