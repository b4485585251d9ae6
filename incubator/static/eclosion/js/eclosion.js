// Comforts only: every page works without this file.

// A refused form: the summary of what is to correct takes the focus, so that it is read first.
document.getElementById("errors")?.focus();
