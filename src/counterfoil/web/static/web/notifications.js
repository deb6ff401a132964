// Proposes the browser's own time zone to someone who has not chosen one yet.
(() => {
  const clock = document.querySelector("[data-propose]");
  const zones = clock && document.querySelector(`select[name="${clock.dataset.propose}"]`);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones && Array.from(zones.options).some((option) => option.value === own)) zones.value = own;
})();
