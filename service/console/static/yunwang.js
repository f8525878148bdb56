"use strict";
// What pages share: sending changes with the session's form token, and logging out.
const yw = {
  token: () => document.querySelector("meta[name=csrf-token]").content,
  async send(method, url, body, headers = {}) {
    const form = body instanceof FormData;
    const answer = await fetch(url, {
      method,
      headers: { "X-CSRF-Token": yw.token(), ...(form || body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined || form ? body : JSON.stringify(body),
    });
    const kind = answer.headers.get("Content-Type") || "";
    const content = kind.includes("json") ? await answer.json() : await answer.text();
    if (!answer.ok) {
      const problem = new Error(content.detail || answer.statusText);
      problem.status = answer.status;
      problem.body = content;
      throw problem;
    }
    return content;
  },
};
document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-logout]")) {
    await yw.send("POST", "/logout").catch(() => undefined);
    location.assign("/login");
  }
});
