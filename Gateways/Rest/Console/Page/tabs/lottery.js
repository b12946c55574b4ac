// The lottery: the open draw live, the last one, the history, and the downloads.
import { call } from "../api.js";
import { ago, count, when } from "../figures.js";
import { ask, attempt, bar, changed, dialog, figure, figures, grid, html, nothing, spark, tag } from "../parts.js";
import { t } from "../words.js";

const minute = 120, rateOver = 8; // pictures, two a second

const state = { pictures: [], shown: null, scroll: {}, history: [], historyScroll: {}, historyOf: null };

export const lottery = {
  id: "lottery",
  source: () => "/admin/lottery/live",
  picture(board) {
    const bets = new Map(board.open.agencies.map(line => [line.agency, line.bets]));
    const last = state.pictures.at(-1);
    if (last && last.draw !== board.open.draw.draw) { state.pictures = []; state.shown = null; }
    state.pictures.push({ at: new Date(board.at) / 1000, draw: board.open.draw.draw, total: board.open.draw.bets, bets });
    if (state.pictures.length > minute + 1) state.pictures.shift();
    if (state.historyOf !== board.open.draw.draw) readHistory(board.open.draw.draw);
  },
  view: board => html`
    ${summary(board)}
    ${board.last && board.open.draw.bets === 0 ? html`<div class="notice good" role="status">
      ${t("heldNotice", board.last.draw.draw, count(board.last.draw.winners), board.last.draw.winning_number)} <span class="faint">${ago(board.last.draw.held_at)}</span></div>` : nothing}
    ${agencies(board)}
    ${history()}`,
};

async function readHistory(draw) {
  state.historyOf = draw;
  try {
    state.history = (await call("GET", "/admin/lottery/draws?limit=200")).filter(line => line.held_at);
  } catch {
    state.historyOf = null; // with the next picture
  }
  changed();
}

async function readOlder() {
  const older = await attempt(() => call("GET", `/admin/lottery/draws?limit=200&before=${state.history.at(-1).draw}`));
  state.history = [...state.history, ...older ?? []];
  changed();
}

function rateOf(total) {
  const now = state.pictures.at(-1), then = state.pictures.at(-1 - Math.min(rateOver, state.pictures.length - 1));
  return now && then && now.at > then.at ? Math.max(0, total(now) - total(then)) / (now.at - then.at) : 0;
}

const rates = () => state.pictures.slice(1).map((now, i) => Math.max(0, now.total - state.pictures[i].total) / Math.max(.2, now.at - state.pictures[i].at));

function summary(board) {
  const { draw } = board.open;
  const due = board.due_at ? html`${t("dueAt")} ${when(board.due_at)}` : t("waitsFor");
  return figures([
    figure(t("openDraw"), draw.draw, html`${t("opened")} ${ago(draw.opened_at)}`),
    figure(t("bets"), count(draw.bets), html`${count(draw.agencies)} ${t("agencies").toLowerCase()}`),
    figure(`${t("bets")} ${t("rate")}`, count(rateOf(picture => picture.total)), nothing, spark(rates())),
    figure(t("ready"), html`${count(draw.ready)} <span class="faint">/ ${count(board.expected)}</span>`, due),
    figure(t("lastDraw"), board.last ? html`${count(board.last.draw.winners)} <span class="faint">${t("winners").toLowerCase()}</span>` : "–",
      board.last ? html`${t("number")} ${board.last.draw.winning_number}, ${t("held")} ${ago(board.last.draw.held_at)}` : nothing),
  ]);
}

function agencies(board) {
  const shown = state.shown ?? (board.open.draw.bets === 0 && board.last ? "last" : "open");
  const record = shown === "last" && board.last ? board.last : board.open;
  const isOpen = record === board.open;
  const show = which => () => { state.shown = which; state.scroll.top = 0; changed(); };
  return html`
    <section class="card">
      <header>
        <h2>${t("agencies")}</h2>
        <div class="switch" role="group" aria-label=${t("draw")}>
          <button aria-pressed=${isOpen} @click=${show("open")}>${t("openDraw")} ${board.open.draw.draw}</button>
          ${board.last ? html`<button aria-pressed=${!isOpen} @click=${show("last")}>${t("lastDraw")} ${board.last.draw.draw}</button>` : nothing}
        </div>
        <div class="actions">
          ${downloads(record.draw)}
          ${isOpen ? html`
            <button class="plain small" @click=${() => setDeadline(record.draw)}>${t("setDeadline")}</button>
            <button class="danger small" @click=${() => hold(board)}>${t("holdNow")}</button>` : nothing}
        </div>
      </header>
      ${table(record, isOpen)}
    </section>`;
}

function table(record, isOpen) {
  const most = Math.max(1, record.draw.bets);
  return grid({
    label: t("agencies"),
    columns: "minmax(60px,.5fr) minmax(80px,.7fr) minmax(80px,.7fr) minmax(140px,3fr) minmax(70px,.5fr) 100px",
    narrow: "52px minmax(58px,1fr) minmax(80px,1.4fr) 92px",
    head: html`<span>${t("agency")}</span><span class="right">${t("bets")}</span>
      <span class="right wide-only">${isOpen ? t("rate") : t("batches")}</span><span>${t("share")}</span>
      <span class="right wide-only">${isOpen ? t("batches") : t("winners")}</span><span>${isOpen ? t("state") : t("winners")}</span>`,
    rows: record.agencies,
    key: line => line.agency,
    cells: line => {
      const rate = isOpen ? rateOf(picture => picture.bets.get(line.agency) ?? 0) : 0;
      return html`<strong>${line.agency}</strong><span class="right">${count(line.bets)}</span>
        <span class="right soft wide-only">${isOpen ? count(rate) : count(line.batches)}</span>
        ${bar(line.bets / most, line.ready_at ? "done" : "")}
        <span class="right soft wide-only">${isOpen ? count(line.batches) : count(line.winners)}</span>
        <span>${isOpen ? status(line, rate) : tag(line.winners ? "warm" : "", count(line.winners))}</span>`;
    },
    scroll: state.scroll,
    empty: t("noBets"),
  });
}

const status = (line, rate) => line.ready_at ? tag("good", t("state_ready")) : rate > 0 ? tag("busy", t("betting")) : tag("", t("idle"));

const downloads = draw => html`
  <a class="button small" href="/admin/lottery/draws/${draw.draw}/bets.csv" download>${t("betsCsv")}</a>
  ${draw.held_at ? html`<a class="button small" href="/admin/lottery/draws/${draw.draw}/winners.csv" download>${t("winnersCsv")}</a>` : nothing}`;

async function hold(board) {
  const { draw } = board.open;
  const text = t("holdText", "", count(draw.ready), count(board.expected));
  if (await ask({ title: t("holdTitle", draw.draw), text, action: t("holdNow"), isDangerous: true }))
    await attempt(() => call("POST", `/admin/lottery/draws/${draw.draw}/hold`));
}

async function setDeadline(draw) {
  const local = at => new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const at = new Date(draw.deadline ?? Date.now() + 3600000);
  const chosen = await dialog(close => html`
    <form @submit=${event => { event.preventDefault(); close(new Date(event.target.at.value).toISOString()); }}>
      <h2>${t("deadlineTitle", draw.draw)}</h2><p class="soft">${t("deadlineText")}</p>
      <label>${t("deadline")}<input name="at" type="datetime-local" required .value=${local(at)}></label>
      <div class="actions">
        ${draw.deadline ? html`<button type="button" class="plain" @click=${() => close(null)}>${t("removeDeadline")}</button>` : nothing}
        <button type="button" class="plain" @click=${() => close(undefined)}>${t("cancel")}</button><button class="main">${t("setDeadline")}</button>
      </div>
    </form>`);
  if (chosen !== undefined) await attempt(() => call("PUT", `/admin/lottery/draws/${draw.draw}/deadline`, { deadline: chosen }));
}

const history = () => html`
  <section class="card">
    <header><h2>${t("history")}</h2></header>
    ${grid({
      label: t("history"),
      columns: "minmax(60px,.6fr) minmax(130px,1.4fr) minmax(80px,1fr) minmax(80px,1fr) minmax(90px,1fr) minmax(80px,1fr) 230px",
      narrow: "40px minmax(80px,1.2fr) minmax(60px,1fr) minmax(60px,1fr)",
      head: html`<span>${t("draw")}</span><span>${t("heldAt")}</span><span class="right wide-only">${t("agencies")}</span><span class="right">${t("bets")}</span>
        <span class="right wide-only">${t("winningNumber")}</span><span class="right">${t("winners")}</span><span class="wide-only"></span>`,
      rows: state.history,
      key: draw => draw.draw,
      cells: draw => html`<strong>${draw.draw}</strong><span>${when(draw.held_at)}</span><span class="right wide-only">${count(draw.agencies)}</span><span class="right">${count(draw.bets)}</span>
        <span class="right wide-only">${draw.winning_number}</span><span class="right">${count(draw.winners)}</span><span class="tail wide-only">${downloads(draw)}</span>`,
      scroll: state.historyScroll,
    })}
    ${state.history.at(-1)?.draw > 1 ? html`<div class="empty"><button class="plain small" @click=${readOlder}>${t("more")}</button></div>` : nothing}
  </section>`;
