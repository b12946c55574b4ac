// The cluster: silos, what is active on them, the database, and what operators changed.
import { call } from "../api.js";
import { ago, bytes, count, when } from "../figures.js";
import { bar, changed, figure, figures, grid, html, nothing, spark, tag } from "../parts.js";
import { t } from "../words.js";

const state = { commits: [], scroll: {}, grainScroll: {}, auditScroll: {}, audit: [], auditRead: 0 };

export const cluster = {
  id: "cluster",
  source: () => "/admin/cluster/live",
  picture(board) {
    state.commits.push({ at: new Date(board.at) / 1000, commits: board.database.commits });
    if (state.commits.length > 61) state.commits.shift();
    if (Date.now() - state.auditRead > 10000) readAudit();
  },
  view(board, session) {
    const active = board.silos.filter(silo => silo.state === "Active");
    const rates = state.commits.slice(1).map((now, i) => Math.max(0, now.commits - state.commits[i].commits) / Math.max(.2, now.at - state.commits[i].at));
    return html`
      ${figures([
        figure(t("silos"), count(active.length), active.length === board.silos.length ? nothing : html`${t("of")} ${board.silos.length}`),
        figure(t("activations"), count(active.reduce((sum, silo) => sum + (silo.activations ?? 0), 0))),
        figure(`${t("commits")} ${t("rate")}`, rates.length ? count(rates.at(-1)) : "–", nothing, spark(rates)),
        figure(t("connections"), count(board.database.connections), html`${t("of")} ${count(board.database.max_connections)}`),
        figure(t("database"), bytes(board.database.bytes), html`PostgreSQL ${board.database.version.split(" ")[0]}`),
      ])}
      ${silos(board, session)}
      <div class="split">${audit()}${grains(board)}</div>`;
  },
};

async function readAudit() {
  state.auditRead = Date.now();
  state.audit = await call("GET", "/admin/audit?limit=200").catch(() => state.audit);
  changed();
}

const kindOf = silo => silo.is_overloaded ? tag("bad", t("overloaded")) : tag(silo.state === "Active" ? "good" : silo.state === "Dead" ? "bad" : "busy", silo.state);

const silos = (board, session) => html`
  <section class="card"><header><h2>${t("silos")}</h2>${session.dashboard ? html`<div class="actions"><a class="button small" href=${session.dashboard} target="_blank">${t("dashboard")}</a></div>` : nothing}</header>
    ${grid({
      label: t("silos"),
      columns: "minmax(90px,1fr) minmax(140px,1.4fr) 110px minmax(90px,.8fr) minmax(80px,.7fr) minmax(150px,1.6fr) minmax(80px,.8fr) minmax(90px,1fr)",
      narrow: "minmax(56px,1fr) 80px 82px minmax(70px,1fr)",
      head: html`<span>${t("silo")}</span><span class="wide-only">${t("address")}</span><span>${t("state")}</span><span class="right">${t("activations")}</span>
        <span class="right wide-only">${t("clients")}</span><span>${t("cpu")}</span><span class="right wide-only">${t("memory")}</span><span class="wide-only">${t("started")}</span>`,
      rows: board.silos,
      key: silo => silo.address + silo.started_at,
      cells: silo => html`<strong>${silo.name}</strong><span class="mono wide-only">${silo.address}</span><span>${kindOf(silo)}</span><span class="right">${count(silo.activations)}</span>
        <span class="right wide-only">${count(silo.clients)}</span>${silo.cpu == null ? html`<span>–</span>` : bar(silo.cpu / 100, silo.cpu > 90 ? "bad" : "")}
        <span class="right wide-only">${bytes(silo.memory_bytes)}</span><span class="soft wide-only">${ago(silo.started_at)}</span>`,
      scroll: state.scroll,
    })}
  </section>`;

const grains = board => html`
  <section class="card"><header><h2>${t("grains")}</h2></header>
    ${grid({
      label: t("grains"), columns: "minmax(0,1fr) 90px",
      head: html`<span>${t("kind")}</span><span class="right">${t("activations")}</span>`,
      rows: board.grains, key: line => line.kind,
      cells: line => html`<span class="mono">${line.kind}</span><span class="right">${count(line.activations)}</span>`,
      scroll: state.grainScroll,
    })}
  </section>`;

const audit = () => html`
  <section class="card"><header><h2>${t("audit")}</h2></header>
    ${grid({
      label: t("audit"), columns: "120px minmax(70px,.7fr) minmax(0,2.4fr) minmax(70px,1fr)", narrow: "74px minmax(0,2fr) minmax(50px,.8fr)",
      head: html`<span>${t("when")}</span><span class="wide-only">${t("who")}</span><span>${t("what")}</span><span>${t("outcome")}</span>`,
      rows: state.audit, key: entry => entry.entry,
      cells: entry => html`<span class="soft">${when(entry.at)}</span><span class="wide-only" title=${entry.from_ip}>${entry.operator}</span>
        <span class="mono" title=${entry.detail ?? ""}>${entry.action.split(" ")[0]} ${entry.target.replace(/^\/admin/, "")}</span>
        <span title=${entry.outcome ?? ""}>${tag(entry.outcome === "done" ? "good" : entry.outcome ? "bad" : "", entry.outcome ?? t("unknown"))}</span>`,
      scroll: state.auditScroll,
    })}
  </section>`;
