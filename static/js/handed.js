// On the console's board, sheets say whether notes of their sessions have been handed in, as the wall in small beside it does.

export function connect(root) {
  function mark() {
    for (const mini of root.querySelectorAll(".wallmini__c[id]")) {
      const sheet = document.getElementById(mini.id.replace("mini-", "cell-"));
      const isSession = sheet?.matches(".sheet") && mini.dataset.topic === sheet.dataset.topic && !("full" in mini.dataset);
      if (!isSession) continue;
      sheet.dataset.notes = mini.dataset.has ?? "none";
      const isOver = sheet.closest(".slot").dataset.when === "past";
      sheet.querySelector(".sheet__title a").toggleAttribute("aria-describedby", isOver);
      if (isOver) sheet.querySelector(".sheet__title a").setAttribute("aria-describedby", `notes-${sheet.dataset.notes}`);
    }
  }

  mark();
  document.addEventListener("patched", mark);
  return () => document.removeEventListener("patched", mark);
}
