/* What a page may do better with a script. Without it every page works all the same:
   forms are sent as they are, and the server checks everything again. */
"use strict";

(() => {
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  /* The first thing to hear and see after a refused form is what to mend. */
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  /* Typed text is not lost by a stray click: the browser asks before it leaves. */
  let unsaved = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) unsaved = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  /* Left alone, the page gives way to the lock, so that nobody reads it in passing. What was being typed goes along. */
  const body = document.body.dataset;
  const cover = () => {
    const typed = unsaved && document.querySelector("form[data-guard]");
    unsaved = false;
    if (!typed) {
      window.location.replace(`/lock?${new URLSearchParams({ next: window.location.pathname + window.location.search })}`);
      return;
    }
    const kept = new URLSearchParams(new FormData(typed));
    kept.delete("csrfToken");
    const form = make("form");
    form.method = "post";
    form.action = `/lock?${new URLSearchParams({ next: typed.getAttribute("action") })}`;
    for (const [name, value] of [["csrfToken", body.csrfToken], ["kept", kept.toString()]]) {
      const field = make("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  };
  if (body.idleSeconds) {
    let waiting;
    const again = () => {
      clearTimeout(waiting);
      waiting = setTimeout(cover, Number(body.idleSeconds) * 1000 + 1000);
    };
    for (const touch of ["pointerdown", "keydown", "scroll", "pageshow"]) {
      window.addEventListener(touch, again, { capture: true, passive: true });
    }
    again();
  }

  /* The confirmation. Its words come from the button, so that they are in the language of the page. */
  const ask = (button) => {
    const words = button.dataset;
    const dialog = make("dialog", "confirm");
    const title = make("h2", "", words.confirmTitle || button.textContent.trim());
    title.id = "confirm-title";
    dialog.setAttribute("aria-labelledby", title.id);
    const text = make("p", "", words.confirm);
    text.id = "confirm-text";
    dialog.setAttribute("aria-describedby", text.id);
    const yes = make("button", "button button--danger", words.confirmYes || button.textContent.trim());
    const no = make("button", "button button--secondary", words.confirmNo);
    yes.type = no.type = "button";
    const actions = make("div", "actions");
    actions.append(no, yes);
    dialog.append(title, text, actions);
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      dialog.close();
      button.dataset.confirmed = "yes";
      button.form.requestSubmit(button);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      button.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (button && button.dataset.confirm && button.dataset.confirmed !== "yes" && window.HTMLDialogElement) {
      event.preventDefault();
      ask(button);
      return;
    }
    /* Without a connection the browser would show a page of its own, and what was typed would be gone. */
    if (form.dataset.offline && navigator.onLine === false) {
      event.preventDefault();
      let told = form.querySelector("[data-told]");
      if (!told) {
        told = make("p", "field__error");
        told.dataset.told = "";
        told.setAttribute("role", "alert");
        form.querySelector(".actions").before(told);
      }
      told.textContent = form.dataset.offline;
      return;
    }
    unsaved = false;
    /* A download leaves the page where it is: its button can be used again. */
    if (form.method !== "post" || "download" in form.dataset) return;
    /* Sent once: the button stays readable and focused, and says that it is busy. */
    form.dataset.sent = "yes";
    for (const each of form.querySelectorAll("button:not([type=button])")) each.setAttribute("aria-disabled", "true");
  });

  /* A page taken back from the browser's memory starts afresh. */
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const each of form.querySelectorAll("[aria-disabled]")) each.removeAttribute("aria-disabled");
      for (const each of form.querySelectorAll("[data-confirmed]")) delete each.dataset.confirmed;
    }
  });

  /* How long an emergency reading still lasts; when it is over, the page goes as well. */
  for (const clock of document.querySelectorAll("[data-ends]")) {
    const ends = Date.parse(clock.dataset.ends);
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
      const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      clock.textContent = clock.dataset.left.replace("{time}", time);
      if (seconds === 0) {
        unsaved = false;
        window.location.replace(clock.dataset.after);
      } else {
        window.setTimeout(tick, 1000);
      }
    };
    if (!Number.isNaN(ends)) tick();
  }

  /* An agenda is ordered by dragging too; what is dropped goes by the button that moves it, to its new place. */
  for (const list of document.querySelectorAll("[data-order]")) {
    let dragged = null;
    for (const row of list.querySelectorAll("[data-place]")) {
      const form = row.querySelector("form input[name=position]")?.form;
      if (!form) continue;
      row.draggable = true;
      row.addEventListener("dragstart", (event) => {
        dragged = row;
        event.dataTransfer.effectAllowed = "move";
        row.classList.add("agenda__dragged");
      });
      row.addEventListener("dragend", () => row.classList.remove("agenda__dragged"));
      row.addEventListener("dragover", (event) => {
        if (dragged && dragged !== row) event.preventDefault();
      });
      row.addEventListener("drop", (event) => {
        event.preventDefault();
        const mover = dragged?.querySelector("form input[name=position]");
        if (!mover || dragged === row) return;
        mover.value = row.dataset.place;
        mover.form.requestSubmit();
      });
    }
  }

  /* How much room is left, only once it begins to matter. Characters are counted as the server does. */
  for (const field of document.querySelectorAll("[data-max-length]")) {
    const left = document.getElementById(`${field.id}-left`);
    if (!left) continue;
    const most = Number(field.dataset.maxLength);
    const count = () => {
      const room = most - [...field.value].length;
      left.textContent = room < most / 5 ? left.dataset[room < 0 ? "over" : "left"].replace("{n}", Math.abs(room)) : "";
    };
    field.addEventListener("input", count);
    count();
  }
})();
