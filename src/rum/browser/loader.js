// In every page: decides whether this view is measured, and fetches what measures it. Stores nothing, changes no global.
(() => {
  const c = __CONFIG__;
  const s = document.currentScript;
  if (!s || navigator.globalPrivacyControl || Math.random() >= c.sample) return;
  const inject = () => {
    const e = document.createElement('script');
    const base = s.src.split('/rum/loader.js')[0];
    e.src = base + c.src;
    e.integrity = c.sri;
    e.crossOrigin = 'anonymous';
    e.dataset.url = `${base}/collect/${c.site}`;
    e.dataset.page = s.dataset.page || '';
    document.head.append(e);
  };
  const idle = () =>
    window.requestIdleCallback ? requestIdleCallback(inject, { timeout: 2000 }) : setTimeout(inject, 1);
  const agreed = () => {
    let once = 0;
    const go = () => once++ || idle();
    if (c.mode !== 'consent' || window.wp_has_consent?.('statistics')) return go();
    document.addEventListener('wp_listen_for_consent_change', (e) => e.detail?.statistics === 'allow' && go());
    document.addEventListener('plimsoll:consent', go);
  };
  if (document.prerendering) document.addEventListener('prerenderingchange', agreed, { once: true });
  else agreed();
})();
