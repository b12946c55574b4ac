// Calls of the admin API. The session is in a cookie that this page cannot read, and need not.
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => { throw new Refused(0, "Granero does not answer."); });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
  const answer = isJson && text ? JSON.parse(text) : text;
  if (!response.ok) throw new Refused(response.status, answer.detail ?? answer.title ?? `${response.status}`);
  return answer;
}

export const query = values => {
  const given = Object.entries(values).filter(([, value]) => value !== "" && value != null);
  return given.length ? `?${new URLSearchParams(given)}` : "";
};
