const refreshMilliseconds = 5000;

async function showStatus() {
  const response = await fetch("api/status");
  const status = await response.json();
  for (const field of document.querySelectorAll("#status [data-field]")) {
    field.textContent = status[field.dataset.field];
  }
}

async function showNotes() {
  const response = await fetch("api/notes");
  document.querySelector("#notes").innerHTML = await response.text();
}

showNotes();
showStatus();
setInterval(showStatus, refreshMilliseconds);
