// Shows the cookie banner of the two older templates once, and loads lazy pictures.
(function () {
  'use strict';
  var banner = document.getElementById('notice-cookie-block') || document.getElementById('cookiehint');
  var seen = true;
  try { seen = window.localStorage.getItem('consent'); } catch (error) { seen = true; }
  if (banner && !seen) { banner.style.display = 'block'; }
  if (banner) {
    banner.addEventListener('click', function (event) {
      if (event.target.closest('button, a')) {
        event.preventDefault();
        banner.style.display = 'none';
        try { window.localStorage.setItem('consent', 'yes'); } catch (error) { return; }
      }
    });
  }
  document.querySelectorAll('img[data-src]').forEach(function (image) { image.src = image.dataset.src; });
})();
