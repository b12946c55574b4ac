// Pieces that the tabs are made of.
import { html, nothing, render } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { percent } from "./figures.js";
import { t } from "./words.js";

export { html, nothing };

let redraw = () => {};
export const onRedraw = action => { redraw = action; };

// Drawn once for each frame, however often something changes.
let isDue = false;
export function changed() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => { isDue = false; redraw(); });
}

export const figure = (label, value, note = nothing, extra = nothing) => html`
  <div class="figure"><dt>${label}</dt><dd title=${String(value)}>${value}</dd><small>${note}</small>${extra}</div>`;

export const figures = list => html`<dl class="figures">${list}</dl>`;

export const tag = (kind, text) => html`<span class="tag ${kind}">${text}</span>`;

export const bar = (part, kind = "") => html`
  <div class="bar"><div class="track"><div class="fill ${kind}" .style=${`width:${Math.min(100, part * 100)}%`}></div></div><span>${percent(part)}</span></div>`;

// The last minute as a line. values: numbers, the latest last.
export function spark(values) {
  if (values.length < 3) return nothing;
  const most = Math.max(...values, 1), step = 100 / (values.length - 1);
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(29 - (value / most) * 27).toFixed(1)}`).join("L");
  return html`<svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true"><path class="area" d="M0,30L${points}L100,30Z"></path><path d="M${points}"></path></svg>`;
}

const rowHeight = 36, rowsInWindow = 16, rowsAround = 6;

// A table. Up to a window's height all rows are in the page; above it only those that are seen and some around them.
// scroll: an object of the caller's that keeps the place. cells: row => templates. columns, narrow: grid-template-columns.
export function grid({ label, columns, narrow, head, rows, key, cells, scroll, empty = t("none") }) {
  const style = `--cols:${columns};--narrow:${narrow ?? columns}`;
  if (rows.length === 0) return html`<div class="empty">${empty}</div>`;
  const line = row => html`<div class="row" role="row">${cells(row)}</div>`;
  const isLong = rows.length > rowsInWindow;
  const header = html`<div class="row head ${isLong ? "scrolls" : ""}" role="row">${head}</div>`;
  if (!isLong) {
    return html`<div class="grid" role="table" aria-label=${label} aria-rowcount=${rows.length} .style=${style}>${header}<div class="body">${repeat(rows, key, line)}</div></div>`;
  }
  const from = Math.max(0, Math.min(rows.length - rowsInWindow, Math.floor((scroll.top ?? 0) / rowHeight)) - rowsAround);
  const seen = rows.slice(from, from + rowsInWindow + 2 * rowsAround);
  const move = event => { scroll.top = event.currentTarget.scrollTop; changed(); };
  return html`
    <div class="grid" role="table" aria-label=${label} aria-rowcount=${rows.length} .style=${style}>
      ${header}
      <div class="body window" tabindex="0" aria-label=${label} @scroll=${move} .style=${`height:${rowHeight * rowsInWindow}px`}>
        <div class="space" .style=${`height:${rows.length * rowHeight}px`}>
          <div class="slice" .style=${`top:${from * rowHeight}px`}>${repeat(seen, key, line)}</div>
        </div>
      </div>
    </div>`;
}

// A dialog until it is closed. content: close => template.
export function dialog(content, kind = "") {
  return new Promise(done => {
    const element = document.createElement("dialog");
    element.className = kind;
    let answer;
    const close = value => { answer = value; element.close(); };
    element.addEventListener("close", () => { element.remove(); done(answer); });
    document.body.append(element);
    render(content(close), element);
    element.showModal();
  });
}

export const ask = ({ title, text, action, isDangerous }) => dialog(close => html`
  <form method="dialog" @submit=${event => { event.preventDefault(); close(true); }}>
    <h2>${title}</h2><p class="soft">${text}</p>
    <div class="actions">
      <button type="button" class="plain" @click=${() => close(false)}>${t("cancel")}</button>
      <button class=${isDangerous ? "danger" : "main"}>${action}</button>
    </div>
  </form>`);

export const tell = (title, text) => dialog(close => html`
  <form @submit=${event => { event.preventDefault(); close(); }}><h2>${title}</h2><p class="soft">${text}</p>
    <div class="actions"><button class="plain">${t("close")}</button></div></form>`);

// Runs what an operator asked for; a refusal is told, not lost.
export async function attempt(action) {
  try {
    return await action();
  } catch (refusal) {
    await tell(t("state"), refusal.message);
    return undefined;
  }
}
