// Remote tasks: what runs, what waits, what came of the last ones.
import { call } from "../api.js";
import { ago, count, duration, when } from "../figures.js";
import { filtered } from "../filtered.js";
import { ask, attempt, dialog, figure, figures, grid, html, tag } from "../parts.js";
import { t } from "../words.js";

const list = filtered("/admin/tasks", "state", "tasks");

export const tasks = {
  id: "tasks",
  source: list.source,
  onReopen: list.onReopen,
  view: board => html`
    ${figures([
      figure(t("queued"), count(board.queued)),
      figure(t("running"), count(board.running), html`${count(board.runners)} ${t("silos").toLowerCase()}`),
      figure(t("succeeded"), count(board.succeeded), "1 h"),
      figure(t("failed"), count(board.failed), "1 h"),
      figure(t("duration"), duration(board.median_seconds), "50 %, 1 h"),
    ])}
    <section class="card">
      <header>
        <h2>${t("tasks")}</h2>
        ${list.choices([["", "all"], ["running", "running"], ["queued", "queued"], ["failed", "failed"]])}
      </header>
      ${table(list.rows(board))}
      ${list.more(board)}
    </section>`,
};

const kinds = { succeeded: "good", failed: "bad", running: "busy", starting: "busy", preparing: "busy" };
const seconds = task => task.started_at ? (new Date(task.ended_at ?? Date.now()) - new Date(task.started_at)) / 1000 : null;

const table = rows => grid({
  label: t("tasks"),
  columns: "110px minmax(120px,1.6fr) minmax(90px,1fr) minmax(90px,.8fr) minmax(80px,.7fr) minmax(120px,2fr) 180px",
  narrow: "78px minmax(50px,1fr) 80px 92px",
  head: html`<span>${t("state")}</span><span>${t("image")}</span><span class="wide-only">${t("calculation")}</span><span class="wide-only">${t("when")}</span>
    <span class="right">${t("duration")}</span><span class="wide-only">${t("result")}</span><span></span>`,
  rows, key: task => task.id,
  cells: task => html`<span>${tag(kinds[task.state] ?? "", t(`state_${task.state}`))}</span><span class="mono">${task.image}</span><span class="wide-only">${task.calculation}</span>
    <span class="soft wide-only" title=${when(task.created_at)}>${ago(task.created_at)}</span><span class="right">${duration(seconds(task))}</span>
    <span class="soft wide-only" title=${task.error ?? ""}>${task.error ?? (task.image_digest ?? "").slice(0, 19)}</span>
    <span class="tail"><button class="plain small wide-only" @click=${() => show(task)}>${t("details")}</button>
      ${task.ended_at ? html`<button class="plain small" @click=${() => retry(task)}>${t("retry")}</button>`
        : html`<button class="danger small" @click=${() => cancel(task)}>${t("cancelTask")}</button>`}</span>`,
  scroll: list.scroll,
});

async function cancel(task) {
  if (await ask({ title: t("cancelTitle"), text: t("cancelText"), action: t("cancelTask"), isDangerous: true }))
    await attempt(() => call("POST", `/admin/tasks/${task.id}/cancel`));
}

const retry = task => attempt(() => call("POST", `/admin/tasks/${task.id}/retry`));

const show = task => dialog(close => html`
  <form @submit=${event => { event.preventDefault(); close(); }}><h2>${t("task")}</h2><pre class="mono" tabindex="0">${JSON.stringify(task, null, 2)}</pre>
    <div class="actions"><button class="plain">${t("close")}</button></div></form>`, "wide");
