// The control API of the fake.

async function call(method, path, body) {
  const response = await fetch(`${process.env.CONVERSATIONS_FAKE_URL}/_fake/v1${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(JSON.parse(text).error);
  return text ? JSON.parse(text) : undefined;
}

export const fake = {
  get: (path) => call("GET", path),
  post: (path, body = {}) => call("POST", path, body),
};
