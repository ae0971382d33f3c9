// Calls of the control API.

export async function get(path, query = {}) {
  const fields = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  return answer(await fetch(`v1${path}${fields.length ? `?${new URLSearchParams(fields)}` : ""}`));
}

export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(`v1${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export async function remove(path) {
  return answer(await fetch(`v1${path}`, { method: "DELETE" }));
}

/** A name as a segment of a path. */
export const segment = encodeURIComponent;

async function answer(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const content = isJson ? await response.json() : await response.text();
  if (!response.ok) throw new Error(isJson ? content.error : `the fake answered ${response.status}`);
  return content;
}
