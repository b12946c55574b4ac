// A live list with a filter: its newest page comes by itself, older ones when they are asked for.
import { call, query } from "./api.js";
import { attempt, changed, html, nothing } from "./parts.js";
import { t } from "./words.js";

const pageRows = 200;

// path: of the admin API, with /live below it. field: the filter's name there. rows: the list's name in what comes.
export function filtered(path, field, rows) {
  let only = "", older = [], reopen = () => {};
  const scroll = {};

  function filter(chosen) {
    [only, older, scroll.top] = [chosen, [], 0];
    reopen();
    changed();
  }

  async function readOlder(board) {
    const last = (older.at(-1) ?? board[rows].at(-1)).id;
    const page = await attempt(() => call("GET", `${path}${query({ [field]: only, before: last, limit: 1000 })}`));
    older = [...older, ...page?.[rows] ?? []];
    changed();
  }

  return {
    scroll,
    source: () => `${path}/live${query({ [field]: only })}`,
    onReopen(action) { reopen = action; },
    choices: all => html`
      <div class="switch" role="group" aria-label=${t("state")}>
        ${all.map(([choice, word]) => html`<button aria-pressed=${only === choice} @click=${() => filter(choice)}>${t(word)}</button>`)}
      </div>`,
    rows(board) {
      const live = new Set(board[rows].map(row => row.id));
      return [...board[rows], ...older.filter(row => !live.has(row.id))];
    },
    more: board => board[rows].length === pageRows ? html`<div class="empty"><button class="plain small" @click=${() => readOlder(board)}>${t("more")}</button></div>` : nothing,
  };
}
