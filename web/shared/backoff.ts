// Waiting times between attempts to connect: 1 s, doubling to 30 s, each spread by half to either side so that a
// thousand widgets do not come back in the same second. A connection that held for a minute starts over.

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
const STABLE_MS = 60_000;

export class Backoff {
  private attempts = 0;
  private connectedAt: number | null = null;

  constructor(
    private readonly now: () => number = Date.now,
    private readonly random: () => number = Math.random,
  ) {}

  connected(): void {
    this.connectedAt = this.now();
  }

  /** Milliseconds to wait before the next attempt. `atLeast` is what the server asked for. */
  next(atLeast = 0): number {
    if (this.connectedAt !== null && this.now() - this.connectedAt >= STABLE_MS) this.attempts = 0;
    this.connectedAt = null;
    const middle = Math.min(FIRST_MS * 2 ** this.attempts, LONGEST_MS);
    this.attempts = Math.min(this.attempts + 1, 16);
    return Math.max(atLeast, Math.round(middle * (0.5 + this.random())));
  }

  reset(): void {
    this.attempts = 0;
    this.connectedAt = null;
  }
}
