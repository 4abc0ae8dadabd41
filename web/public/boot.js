// Before the first paint: theme, density and language as they were left. Kept in step with src/prefs.ts.
(function () {
  var p = {};
  try { p = JSON.parse(localStorage.getItem('maru.prefs') || '{}'); } catch (e) { /* a private window has no store */ }
  var dark = p.theme === 'dark' || (p.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  var d = document.documentElement;
  d.dataset.theme = dark ? 'dark' : 'light';
  d.dataset.mantineColorScheme = d.dataset.theme;
  d.dataset.density = p.density || 'normal';
  d.lang = p.lang || (/^ko/i.test(navigator.language) ? 'ko' : 'en');
})();
