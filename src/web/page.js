// What pages do with a script and do without one: they renew themselves while they are seen, and show times as local ones.
// Never changes what a number says.
const EVERY_MS = 15_000;
const main = () => document.querySelector('main');
let isPaused = false;

function localTimes() {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  for (const time of document.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.title = `${format.format(at)} (your time)`;
  }
}

/** Opened details, a selection, or the focus within the page: somebody reads, and nothing must move. */
const isRead = () =>
  main().querySelector('details[open]') !== null ||
  (document.activeElement !== main() && main().contains(document.activeElement)) ||
  !getSelection().isCollapsed;

async function renew() {
  if (document.hidden || isPaused || isRead()) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined);
  if (answer === undefined || !answer.ok) {
    button.textContent = 'No answer: this page is old';
    return;
  }
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (isRead()) return;
  main().replaceWith(next.querySelector('main'));
  document.querySelector('footer').replaceWith(next.querySelector('footer'));
  document.title = next.title;
  show();
}

const button = document.createElement('button');
button.className = 'live';
button.type = 'button';
button.addEventListener('click', () => {
  isPaused = !isPaused;
  show();
});

function show() {
  button.textContent = isPaused ? 'Renew by itself' : 'Renews itself: stop';
  document.querySelector('footer p').append(button);
  localTimes();
}

show();
setInterval(renew, EVERY_MS);
