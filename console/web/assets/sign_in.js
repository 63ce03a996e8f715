// The form that asks for the console's token.

import { signIn } from "./api.js";
import { h, replace, setText } from "./dom.js";

// Fills `main`; `done` runs once the token was right.
export function showSignIn(main, done) {
  const token = h("input", { type: "password", id: "token", name: "token", autocomplete: "current-password",
    required: true, "aria-describedby": "token-hint token-error" });
  const said = h("p", { id: "token-error", class: "error", role: "alert" });
  const button = h("button", { type: "submit", class: "main" }, "Sign in");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    setText(said, "");
    try {
      await signIn(token.value);
      done();
    } catch (error) {
      setText(said, error.status === 401 ? "That is not the token." : error.message);
      token.select();
    } finally {
      button.disabled = false;
    }
  };
  replace(
    main,
    h("form", { class: "sign-in panel", onsubmit: submit },
      h("h1", {}, "Sign in"),
      h("label", { for: "token" }, "Token"),
      token,
      h("p", { id: "token-hint", class: "muted" }, "The one that the console was started with, MASKWATCH_CONSOLE_TOKEN."),
      said,
      button),
  );
  token.focus();
}
