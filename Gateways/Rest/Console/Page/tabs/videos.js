// Videos: what is being processed, what failed and why, and a player for what came of it; and the users.
import { call, query } from "../api.js";
import { ago, bytes, count, duration, when } from "../figures.js";
import { filtered } from "../filtered.js";
import { ask, attempt, bar, changed, dialog, figure, figures, grid, html, tag } from "../parts.js";
import { t } from "../words.js";

const list = filtered("/admin/videos", "status", "videos");
const state = { users: [], usersRead: 0, search: "", userScroll: {} };
let typing = 0;

export const videos = {
  id: "videos",
  source: list.source,
  onReopen: list.onReopen,
  picture() { if (Date.now() - state.usersRead > 15000) readUsers(); },
  view: board => html`
    ${figures([
      figure(t("queued"), count(board.waiting)),
      figure(t("encoding"), count(board.processing)),
      figure(t("processed"), count(board.processed)),
      figure(t("failed"), count(board.failed)),
    ])}
    <section class="card">
      <header>
        <h2>${t("jobs")}</h2>
        ${list.choices([["", "all"], ["Processing", "encoding"], ["Uploaded", "queued"], ["Failed", "failed"]])}
      </header>
      ${table(list.rows(board))}
      ${list.more(board)}
    </section>
    ${users()}`,
};

const progress = video =>
  video.status === "processing" ? bar(video.percent / 100)
  : video.status === "failed" ? html`<span title=${video.failure ?? ""}>${tag("bad", t("state_failed"))} <span class="soft">${video.failure}</span></span>`
  : html`<span>${tag(video.status === "processed" ? "good" : "", t(`state_${video.status}`))}</span>`;

const table = rows => grid({
  label: t("jobs"),
  columns: "60px minmax(130px,1.6fr) minmax(80px,.9fr) minmax(160px,2.2fr) minmax(80px,.7fr) minmax(80px,.7fr) minmax(90px,.8fr) 110px",
  narrow: "26px minmax(100px,1.3fr) minmax(80px,1fr) 92px",
  head: html`<span>#</span><span>${t("video")}</span><span class="wide-only">${t("user")}</span><span>${t("progress")}</span><span class="right wide-only">${t("size")}</span>
    <span class="right wide-only">${t("duration")}</span><span class="wide-only">${t("uploaded")}</span><span></span>`,
  rows, key: video => video.id,
  cells: video => html`<strong>${video.id}</strong><span title=${video.file_name}>${video.file_name}</span><span class="wide-only">${video.username}</span>${progress(video)}
    <span class="right wide-only">${bytes(video.length)}</span><span class="right wide-only">${duration(video.seconds)}</span>
    <span class="soft wide-only" title=${when(video.uploaded_at)}>${ago(video.uploaded_at)}</span><span class="tail">${action(video)}</span>`,
  scroll: list.scroll,
});

const action = video => ({
  processed: html`<button class="plain small" @click=${() => play(video)}>${t("play")}</button>`,
  failed: html`<button class="plain small" @click=${() => retry(video)}>${t("retry")}</button>`,
  cancelled: html`<button class="plain small" @click=${() => retry(video)}>${t("retry")}</button>`,
})[video.status] ?? html`<button class="danger small" @click=${() => cancel(video)}>${t("cancel")}</button>`;

const retry = video => attempt(() => call("POST", `/admin/videos/${video.id}/retry`));

async function cancel(video) {
  if (await ask({ title: t("cancelVideoTitle"), text: t("cancelVideoText"), action: t("cancel"), isDangerous: true }))
    await attempt(() => call("POST", `/admin/videos/${video.id}/cancel`));
}

const play = video => dialog(close => html`
  <form @submit=${event => { event.preventDefault(); close(); }}><h2>${video.file_name}</h2>
    <video controls autoplay muted src="/admin/videos/${video.id}/result"></video>
    <div class="actions"><button class="plain">${t("close")}</button></div></form>`, "wide");

async function readUsers() {
  state.usersRead = Date.now();
  state.users = await call("GET", `/admin/users${query({ search: state.search, limit: 500 })}`).catch(() => state.users);
  changed();
}

function search(event) {
  state.search = event.target.value;
  clearTimeout(typing);
  typing = setTimeout(readUsers, 250);
}

const users = () => html`
  <section class="card">
    <header><h2>${t("users")}</h2><input type="search" aria-label=${t("search")} placeholder=${t("search")} .value=${state.search} @input=${search}></header>
    ${grid({
      label: t("users"), columns: "minmax(110px,1fr) minmax(140px,1.6fr) minmax(110px,.8fr) 110px", narrow: "minmax(80px,1fr) minmax(90px,1.4fr) 96px",
      head: html`<span>${t("user")}</span><span>E-mail</span><span class="wide-only">${t("joined")}</span><span></span>`,
      rows: state.users, key: user => user.id,
      cells: user => html`<strong>${user.username}</strong><span class="soft">${user.email}</span><span class="soft wide-only">${user.disabled_at ? tag("bad", t("disabled")) : ago(user.created_at)}</span>
        <span class="tail">${user.disabled_at ? html`<button class="plain small" @click=${() => enable(user)}>${t("enable")}</button>`
          : html`<button class="danger small" @click=${() => disable(user)}>${t("disable")}</button>`}</span>`,
      scroll: state.userScroll, empty: state.search ? t("notFound") : t("none"),
    })}
  </section>`;

async function disable(user) {
  if (!await ask({ title: t("disableTitle", user.username), text: t("disableText"), action: t("disable"), isDangerous: true })) return;
  await attempt(() => call("POST", `/admin/users/${encodeURIComponent(user.username)}/disable`));
  await readUsers();
}

async function enable(user) {
  await attempt(() => call("POST", `/admin/users/${encodeURIComponent(user.username)}/enable`));
  await readUsers();
}
