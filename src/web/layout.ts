// The frame of every page: head, navigation, footer. Never holds numbers of SLOs.
import { ASSETS } from './assets.ts';
import { type Html, html, type Value } from './markup.ts';
import { time } from './words.ts';

export interface Frame {
  readonly title: string;
  /** The path of the page in the navigation. */
  readonly at: string;
  readonly version: string;
  readonly evaluatedAtMs: number;
  /** A newer spec on disk is invalid. */
  readonly specValid: boolean;
  /** Was there a store since the start? Else budgets are not known. */
  readonly historyIsRead: boolean;
  /** Is there a page of real users to lead to? */
  readonly realUsers: boolean;
  readonly hasStatusPage: boolean;
}

const link = (at: string, path: string, text: string): Html =>
  at === path
    ? html`<li><a href="${path}" aria-current="page">${text}</a></li>`
    : html`<li><a href="${path}">${text}</a></li>`;

const head = (title: string, base = ''): Html => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${base + ASSETS.css.path}">`;

/** A page for who looks after the platform. `twin`: where its data is. */
export function page(frame: Frame, twin: string, body: Value): Html {
  const { title, at, version, evaluatedAtMs, specValid, historyIsRead, realUsers, hasStatusPage } = frame;
  return html`${head(`${title} · Plimsoll`)}<script type="module" src="${ASSETS.js.path}"></script></head>
<body><a class="skip" href="#main">Skip to content</a>
<header><nav aria-label="Pages"><ul>
${link(at, '/', 'SLOs')}${realUsers && link(at, '/real-users', 'Real users')}${link(at, '/events', 'Events')}${link(at, '/report', 'Report')}${hasStatusPage && link(at, '/status', 'Status page')}${link(at, '/config', 'Configuration')}
</ul></nav></header>
<main id="main" tabindex="-1">
${!specValid && html`<p class="alarm" role="alert">The spec on disk is invalid: an older one is in force. <a href="/config">What is loaded</a></p>`}
${!historyIsRead && html`<p class="alarm" role="alert">The store could not be opened since the start: history is not read, and budgets are unknown until it is. The log of the exporter says why.</p>`}
${body}</main>
<footer><p>As of ${time(evaluatedAtMs)} · Plimsoll ${version} · <a href="${twin}">this page as JSON</a></p></footer></body></html>
`;
}

/** Where the feed is, for the same base. */
export const feedUrl = (base: string): string => `${base}/feed.atom`;

/** A page for outsiders: no navigation, no script, no version. `base` is put before the paths of a copy elsewhere. */
export const plainPage = (
  title: string,
  body: Value,
  base = '',
): Html => html`${head(title, base)}<link rel="alternate" type="application/atom+xml" title="${title}" href="${feedUrl(base)}"></head>
<body class="plain"><main id="main">${body}</main></body></html>
`;
