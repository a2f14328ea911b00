// Runs before the first paint, so that a person with a fixed theme never sees the other one flash.
(function () {
  try {
    var theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch (e) { /* storage is closed in some private windows: follow the system */ }
})();
