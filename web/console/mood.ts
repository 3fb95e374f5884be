// How mood is drawn: a chip for one message, a line over the conversation. Colour never stands alone: a word or a sign
// goes with it.
import { html, nothing, svg, type TemplateResult } from "lit";
import type { AgentMessage } from "../shared/agent.js";
import type { ConsoleTexts } from "./texts.js";

type Label = "negative" | "neutral" | "positive";

export function moodLabel(score: number): Label {
  return score <= -0.25 ? "negative" : score >= 0.25 ? "positive" : "neutral";
}

export function signed(score: number): string {
  return `${score > 0 ? "+" : score < 0 ? "−" : ""}${Math.abs(score).toFixed(2)}`;
}

export function moodChip(score: number, texts: ConsoleTexts, label: Label = moodLabel(score)): TemplateResult {
  return html`<span class="mood ${label}">${texts[label]} ${signed(score)}</span>`;
}

export function trendWord(trend: number, texts: ConsoleTexts): string {
  return trend > 0.08 ? texts.trendUp : trend < -0.08 ? texts.trendDown : texts.trendFlat;
}

export function moodScores(messages: AgentMessage[]): number[] {
  return messages.flatMap((m) => (m.from === "visitor" && m.analysis?.sentiment ? [m.analysis.sentiment.score] : []));
}

const WIDTH = 240;
const HEIGHT = 72;
const INSET = 6;

/** Scores -1..1 as a line; the zero line is dashed. Nothing to draw without a score. */
export function moodLine(scores: number[], texts: ConsoleTexts): TemplateResult | typeof nothing {
  if (scores.length === 0) return nothing;
  const shown = scores.slice(-40);
  const x = (i: number) => (shown.length === 1 ? WIDTH / 2 : INSET + (i * (WIDTH - 2 * INSET)) / (shown.length - 1));
  const y = (s: number) => HEIGHT / 2 - Math.max(-1, Math.min(1, s)) * (HEIGHT / 2 - INSET);
  const points = shown.map((s, i) => `${x(i).toFixed(1)},${y(s).toFixed(1)}`).join(" ");
  const last = shown[shown.length - 1] ?? 0;
  return html`<svg class="line" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${texts.moodOver}: ${shown.map(signed).join(", ")}">
    ${svg`<path class="zero" d="M0 ${HEIGHT / 2}H${WIDTH}" />
      <polyline points=${points} />
      ${shown.map((s, i) => svg`<circle class=${moodLabel(s)} cx=${x(i)} cy=${y(s)} r=${i === shown.length - 1 ? 4.5 : 3} />`)}`}
    <title>${signed(last)}</title>
  </svg>`;
}
