// The icons of the admin's two-sided lists are named, but a name needs a role that can carry it.
window.addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) {
    icon.setAttribute("role", "img");
  }
});
