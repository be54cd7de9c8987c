/* Passkeys: the form carries what the browser has to be asked, the browser asks the person, and what it gives is sent
   as a field of that same form. Nothing else is loaded or sent. */
"use strict";

(() => {
  const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON
    && PublicKeyCredential.parseCreationOptionsFromJSON;
  if (!able) return;

  const ask = (form) => {
    const options = JSON.parse(form.dataset.options);
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const field = form.elements.namedItem("passkey");
    const failed = form.querySelector("[data-passkey-failed]");
    form.hidden = false;
    /* Before the form is taken for sent: it goes only once the browser has given something. */
    document.addEventListener("submit", (event) => {
      if (event.target !== form || field.value) return;
      event.preventDefault();
      event.stopPropagation();
      failed.hidden = true;
      ask(form).then((given) => {
        field.value = JSON.stringify(given.toJSON());
        form.requestSubmit();
      }, () => {
        failed.hidden = false;
      });
    }, true);
  }
})();
