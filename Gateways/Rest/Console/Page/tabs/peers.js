// The peers: who is logged in where, what they share; an operator may log one out.
import { call, query } from "../api.js";
import { ago, bytes, count } from "../figures.js";
import { ask, attempt, changed, dialog, figure, figures, grid, html, nothing } from "../parts.js";
import { t } from "../words.js";

const state = { search: "", after: "", scroll: {} };
let reopen = () => {}, typing = 0;

export const peers = {
  id: "peers",
  source: () => `/admin/peers/live${query({ search: state.search, after: state.after })}`,
  onReopen(action) { reopen = action; },
  view: board => html`
    ${figures([
      figure(t("loggedIn"), count(board.totals.logged_in)),
      figure(t("registered"), count(board.totals.registered)),
      figure(t("indexed"), count(board.totals.shared_files)),
      figure(t("published"), count(board.totals.published_files), html`${bytes(board.totals.published_bytes)} ${t("stored")}`),
    ])}
    <section class="card">
      <header>
        <h2>${t("peers")}</h2>
        <input type="search" aria-label=${t("search")} placeholder=${t("findPeer")} .value=${state.search} @input=${search}>
        <span class="soft num">${state.search ? t("matching", count(board.matching)) : nothing}</span>
      </header>
      ${table(board)}
      ${pages(board)}
    </section>`,
};

function search(event) {
  state.search = event.target.value;
  state.after = "";
  clearTimeout(typing);
  typing = setTimeout(() => reopen(), 250);
}

function turn(after) {
  state.after = after;
  state.scroll.top = 0;
  reopen();
  changed();
}

const pages = board => board.peers.length < 100 && !state.after ? nothing : html`
  <div class="empty">
    ${state.after ? html`<button class="plain small" @click=${() => turn("")}>${t("first")}</button>` : nothing}
    ${board.peers.length === 100 ? html`<button class="plain small" @click=${() => turn(board.peers.at(-1).peer)}>${t("more")}</button>` : nothing}
  </div>`;

const table = board => grid({
  label: t("peers"),
  columns: "minmax(120px,1.5fr) minmax(130px,1.5fr) minmax(70px,.7fr) minmax(80px,.8fr) minmax(90px,1fr) minmax(90px,1fr) 180px",
  narrow: "minmax(70px,1fr) minmax(90px,1.2fr) 84px",
  head: html`<span>${t("peer")}</span><span>${t("address")}</span><span class="right wide-only">${t("files")}</span><span class="right wide-only">${t("published")}</span>
    <span class="wide-only">${t("since")}</span><span class="wide-only">${t("lease")}</span><span></span>`,
  rows: board.peers,
  key: peer => peer.peer,
  cells: peer => html`<strong>${peer.peer}</strong><span class="mono">${peer.address}</span><span class="right wide-only">${count(peer.files)}</span><span class="right wide-only">${count(peer.published)}</span>
    <span class="soft wide-only">${ago(peer.logged_in_at)}</span><span class="soft wide-only">${ago(peer.lease_ends_at)}</span>
    <span class="tail">${peer.files ? html`<button class="plain small wide-only" @click=${() => show(peer.peer)}>${t("show")}</button>` : nothing}
      <button class="danger small" @click=${() => drop(peer.peer)}>${t("drop")}</button></span>`,
  scroll: state.scroll,
  empty: state.search ? t("notFound") : t("none"),
});

async function drop(peer) {
  if (await ask({ title: t("dropTitle", peer), text: t("dropText"), action: t("drop"), isDangerous: true }))
    await attempt(() => call("DELETE", `/admin/peers/${encodeURIComponent(peer)}`));
}

async function show(peer) {
  const files = await attempt(() => call("GET", `/admin/peers/${encodeURIComponent(peer)}/files?limit=500`));
  if (files) await dialog(close => html`
    <form @submit=${event => { event.preventDefault(); close(); }}><h2>${t("filesOf", peer)}</h2>
      <div class="list mono" tabindex="0">${files.map(file => html`<div>${file}</div>`)}${files.length === 500 ? html`<div>…</div>` : nothing}</div>
      <div class="actions"><button class="plain">${t("close")}</button></div></form>`);
}
