// Starts the real daemon for a test: on a free port, with a data folder of its own, over the bundled shop.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const program = process.env.KEFU_PROGRAM ?? join(root, "build/release/kefu");
const READY_MS = 180_000; // may have to train the bot first; slow under sanitizers

export function kefu(args, options = {}) {
  return spawnSync(program, args, { encoding: "utf8", ...options });
}

export class Daemon {
  #process = null;
  log = "";

  constructor({ bot = join(root, "corpora/shop"), env = {}, data = mkdtempSync(join(tmpdir(), "kefu-test-")) } = {}) {
    this.bot = bot;
    this.env = env;
    this.data = data;
  }

  /** Resolves when the daemon says that it listens. */
  start(listen = "127.0.0.1:0") {
    const child = spawn(program, ["serve", "--bot", this.bot, "--data", this.data, "--listen", listen], {
      env: { ...process.env, ...this.env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    child.stderr.setEncoding("utf8");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the daemon is not ready:\n${this.log}`)), READY_MS);
      child.stderr.on("data", (text) => {
        this.log += text;
        const found = /listening on (http:\/\/([^/\s]+))/.exec(this.log.slice(this.log.lastIndexOf("kefu: listening")));
        if (found === null) return;
        clearTimeout(timer);
        this.url = found[1];
        this.host = found[2];
        resolve(this);
      });
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`the daemon ended (${code ?? signal}):\n${this.log}`));
      });
    });
  }

  /** Sends a signal and resolves with [code, signal] when the process has ended. */
  async stop(signal = "SIGTERM") {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return [child?.exitCode ?? 0, child?.signalCode ?? null];
    const ended = new Promise((resolve) => child.once("exit", (code, by) => resolve([code, by])));
    child.kill(signal);
    return ended;
  }

  signal(name) {
    this.#process.kill(name);
  }

  /** The same data on the same port again. */
  restart() {
    this.log = "";
    return this.start(this.host);
  }

  async end() {
    await this.stop("SIGKILL");
    rmSync(this.data, { recursive: true, force: true });
  }

  addAgent(name, password) {
    const file = join(this.data, `${name}.password`);
    writeFileSync(file, password, { mode: 0o600 });
    const result = kefu(["agent", "add", name, "--password-file", file, "--data", this.data]);
    if (result.status !== 0) throw new Error(`kefu agent add: ${result.stderr}`);
  }
}
