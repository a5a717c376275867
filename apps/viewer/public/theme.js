// Before the first paint, so that a chosen theme never flashes the other one.
try {
  const asked = /[?&]theme=(light|dark)(&|$)/.exec(location.search);
  const theme = asked ? asked[1] : localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // No storage, as in some private windows: the system's theme it is.
}
