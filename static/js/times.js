// The console's page of times: a tap is answered in the page, and what it has changed comes as a patch.

import { write } from "./server.js";
import { say } from "./toast.js";

export function connect(root) {
  async function tap(event) {
    const button = event.target.closest("button[form=act]");
    if (!button) return;
    event.preventDefault();
    const body = new FormData(button.form, button);
    const headers = { Accept: "application/json" };
    const answer = await write(button.formAction, { method: "POST", headers, body }).catch(() => null);
    say((await answer?.json().catch(() => null))?.says);
  }

  root.addEventListener("click", tap);
  return () => root.removeEventListener("click", tap);
}
