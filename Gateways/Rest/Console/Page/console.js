// The page: who is logged in, which tab is shown, the one stream that feeds it, and the keys.
import { render } from "./lit/lit-html.js";
import { call } from "./api.js";
import { changed, dialog, html, nothing, onRedraw } from "./parts.js";
import { language, setLanguage, t } from "./words.js";
import { cluster } from "./tabs/cluster.js";
import { lottery } from "./tabs/lottery.js";
import { peers } from "./tabs/peers.js";
import { tasks } from "./tabs/tasks.js";
import { videos } from "./tabs/videos.js";

const tabs = [lottery, peers, tasks, videos, cluster];
const page = { session: null, isKnown: false, tab: tabs[0], picture: null, pulse: "paused", notice: null, error: null };
let stream = null, seen = 0;

// Light or dark: the system's choice until one is made here.
const dark = matchMedia("(prefers-color-scheme: dark)");
function paint() {
  document.documentElement.dataset.theme = localStorage.getItem("granero-theme") ?? (dark.matches ? "dark" : "light");
}
function toggleTheme() {
  localStorage.setItem("granero-theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  paint();
}
dark.addEventListener("change", paint);
paint();

// One stream at a time, and none while nobody sees the page.
function open() {
  stream?.close();
  stream = null;
  if (!page.session || document.hidden) return;
  const tab = page.tab;
  stream = new EventSource(tab.source());
  stream.addEventListener(tab.id, event => show(tab, JSON.parse(event.data)));
  stream.addEventListener("unavailable", event => { page.notice = JSON.parse(event.data).detail; page.pulse = "lost"; seen = Date.now(); changed(); });
  stream.onerror = () => { page.pulse = "lost"; changed(); if (stream?.readyState === EventSource.CLOSED) setTimeout(resume, 1000); };
}

function show(tab, picture) {
  if (tab !== page.tab) return;
  seen = Date.now();
  Object.assign(page, { picture, pulse: "live", notice: null });
  tab.picture?.(picture);
  changed();
}

// The server closed the stream for good: the session may be over, or the gateway away.
async function resume() {
  await whoAmI();
  open();
}

setInterval(() => {
  if (page.session && !document.hidden && page.pulse === "live" && Date.now() - seen > 5000) { page.pulse = "lost"; changed(); }
}, 1000);

async function whoAmI() {
  try {
    Object.assign(page, { session: await call("GET", "/admin/me"), error: null });
  } catch (refusal) {
    if (refusal.status === 401 || refusal.status === 403) page.session = null;
    else if (refusal.status === 404) Object.assign(page, { session: null, error: refusal.message });
    else if (page.session) setTimeout(resume, 2000);
    else page.error = refusal.message;
  }
  page.isKnown = true;
  changed();
}

async function logIn(event) {
  event.preventDefault();
  const form = event.target;
  try {
    await call("POST", "/admin/login", { name: form.name.value, password: form.password.value });
    await whoAmI();
    open();
  } catch (refusal) {
    page.error = refusal.message;
    form.password.select();
  }
  changed();
}

async function logOut() {
  await call("POST", "/admin/logout").catch(() => {});
  Object.assign(page, { session: null, picture: null });
  open();
  changed();
}

function choose(tab, isFocused = false) {
  if (tab !== page.tab) Object.assign(page, { tab, picture: null, pulse: "paused", notice: null });
  history.replaceState(null, "", `#${tab.id}`);
  open();
  changed();
  if (isFocused) requestAnimationFrame(() => document.getElementById(`tab-${tab.id}`)?.focus());
}

const fromAddress = () => tabs.find(tab => `#${tab.id}` === location.hash) ?? tabs[0];
function switchLanguage() { setLanguage(language === "en" ? "es" : "en"); document.title = `Granero · ${t(page.tab.id)}`; changed(); }

const help = () => dialog(close => html`
  <form @submit=${event => { event.preventDefault(); close(); }}><h2>${t("help")}</h2>
    <div class="keys">
      <span><kbd>1</kbd> … <kbd>${tabs.length}</kbd></span><span>${t("keyTabs")}</span><kbd>/</kbd><span>${t("keySearch")}</span><kbd>d</kbd><span>${t("keyTheme")}</span>
      <kbd>l</kbd><span>${t("keyLanguage")}</span><kbd>Esc</kbd><span>${t("keyClose")}</span><kbd>?</kbd><span>${t("keyHelp")}</span>
    </div><div class="actions"><button class="plain">${t("close")}</button></div></form>`);

addEventListener("keydown", event => {
  if (!page.session || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  const act = { "/": () => document.querySelector("input[type=search]")?.focus(), "d": toggleTheme, "l": switchLanguage, "?": help }[event.key]
    ?? (tabs[event.key - 1] ? () => choose(tabs[event.key - 1]) : null);
  if (!act) return;
  event.preventDefault();
  act();
});

function arrows(event) {
  const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const next = move ? tabs.at((tabs.indexOf(page.tab) + move) % tabs.length) : { Home: tabs[0], End: tabs.at(-1) }[event.key];
  if (!next) return;
  event.preventDefault();
  choose(next, true);
}

const brand = html`<span class="brand"><img src="icon.svg" alt="">Granero</span>`;

const door = () => html`
  <div class="door"><form class="card" @submit=${logIn}>
    ${brand}
    <label>${t("operator")}<input name="name" autocomplete="username" required autofocus></label>
    <label>${t("password")}<input name="password" type="password" autocomplete="current-password" required></label>
    ${page.error ? html`<p class="error" role="alert">${page.error}</p>` : nothing}
    <button class="main">${t("login")}</button>
  </form></div>`;

const inside = () => html`
  <div class="top">
    ${brand}
    <div class="tabs" role="tablist" aria-label=${t("title")} @keydown=${arrows}>
      ${tabs.map(tab => html`<button role="tab" id="tab-${tab.id}" aria-controls="main" aria-selected=${tab === page.tab} tabindex=${tab === page.tab ? 0 : -1} @click=${() => choose(tab)}>${t(tab.id)}</button>`)}
    </div>
    <div class="tools">
      <span class="pulse ${page.pulse}" role="status"><i></i><span>${t(page.pulse)}</span></span>
      <button class="plain icon" title=${t("language")} @click=${switchLanguage}>${language === "en" ? "ES" : "EN"}</button>
      <button class="plain icon" title=${t("theme")} aria-label=${t("theme")} @click=${toggleTheme}>◐</button>
      <button class="plain icon" title=${t("help")} aria-label=${t("help")} @click=${help}>?</button>
      <button class="plain small" title=${page.session.name} @click=${logOut}>${t("logout")}</button>
    </div>
  </div>
  <main id="main" role="tabpanel" aria-labelledby="tab-${page.tab.id}" tabindex="-1">
    ${page.notice ? html`<div class="notice bad" role="alert">${page.notice}</div>` : nothing}
    ${page.picture ? page.tab.view(page.picture, page.session) : html`<div class="empty">${t("paused")} …</div>`}
  </main>`;

onRedraw(() => {
  document.title = page.session ? `Granero · ${t(page.tab.id)}` : "Granero";
  render(!page.isKnown ? nothing : page.session ? inside() : door(), document.getElementById("app"));
});

for (const tab of tabs) tab.onReopen?.(open);
addEventListener("hashchange", () => choose(fromAddress()));
document.addEventListener("visibilitychange", open);
page.tab = fromAddress();
await whoAmI();
open();
