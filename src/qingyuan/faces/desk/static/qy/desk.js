// The desk works without this file; it only makes some things smoother.
document.addEventListener("submit", (event) => {
  // a step is sent once: a second click does nothing until the page answers
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// the phone menu closes when something else is touched
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.qy-phone[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.removeAttribute("open"); });
});

// the page that a link with #step-… opens shows that step unfolded
const opened = location.hash.startsWith("#step-") && document.querySelector(`details${location.hash}`);
if (opened) opened.open = true;
