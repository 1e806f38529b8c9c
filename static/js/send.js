// Writes go over HTTP, with the page's token; what fails says so and never pretends.

export const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

export async function send(method, address, fields = {}) {
  const body = new FormData();
  Object.entries(fields).forEach(([name, value]) => body.append(name, value));
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const response = await fetch(address, { method, body, headers, signal: AbortSignal.timeout(15000) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.says ?? response.statusText), { says: answer.says });
  return answer;
}
