// Security keys: a button with data-key calls the fitting part of allauth's script.
// When the key fails or the person turns back, the page says so.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("key_problem").hidden = false;
});
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-key]")) {
    const ids = { credential: button.dataset.credential, data: "js_data", passwordless: "id_passwordless" };
    ids[button.dataset.key === "addForm" ? "add" : "authenticate"] = button.id;
    window.allauth.webauthn.forms[button.dataset.key]({ ids });
  }
});
