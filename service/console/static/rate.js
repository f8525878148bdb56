"use strict";
// A changed choice asks at once; without this script the button does.
const ask = document.querySelector("form[data-ask]");
ask?.addEventListener("change", (event) => {
  if (event.target.type !== "date" || event.target.value) ask.requestSubmit();
});
