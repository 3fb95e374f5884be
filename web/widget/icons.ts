// The few pictures of the widget, drawn as strokes.
import { svg } from "lit";

const icon = (paths: ReturnType<typeof svg>) => svg`<svg viewBox="0 0 24 24" aria-hidden="true">${paths}</svg>`;

export const chatIcon = icon(svg`<path d="M21 12a8 8 0 0 1-8 8H4l1.8-3.2A8 8 0 1 1 21 12z"/><path d="M9 11h.01M13 11h.01M17 11h.01"/>`);
export const closeIcon = icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`);
export const sendIcon = icon(svg`<path d="M12 20V5M5.5 11.5L12 5l6.5 6.5"/>`);
export const personIcon = icon(svg`<circle cx="12" cy="8" r="4"/><path d="M4.5 20c1.2-3.6 4-5.4 7.5-5.4s6.3 1.8 7.5 5.4"/>`);
export const botIcon = icon(
  svg`<rect x="4" y="8" width="16" height="11" rx="4"/><path d="M12 8V4.5M9 13h.01M15 13h.01M9.5 16.2c1.6.9 3.4.9 5 0"/>`,
);
export const upIcon = icon(svg`<path d="M7 11v9H4v-9zM7 12l4-8c1.6 0 2.5 1.2 2.2 2.8L12.6 10H18a2 2 0 0 1 2 2.4l-1.2 6A2 2 0 0 1 16.8 20H7"/>`);
export const downIcon = icon(svg`<path d="M17 13V4h3v9zM17 12l-4 8c-1.6 0-2.5-1.2-2.2-2.8l.6-3.2H6a2 2 0 0 1-2-2.4l1.2-6A2 2 0 0 1 7.2 4H17"/>`);
