// Links of a board and its panels, as far as they lead somewhere without Grafana. Never opens one.
import type { JsonObject } from '../grafana/finish.ts';
import { html } from './markup.ts';

type Objects = readonly JsonObject[];

/**
 * Links as HTML. Other boards are the pages beside this one; addresses that need nothing filled in stay as they are; what only
 * Grafana can open (Explore, variables) is its title.
 */
export function linksHtml(links: Objects): string {
  return links
    .filter(({ url, type }) => type !== 'dashboards' && typeof url === 'string')
    .map(({ title, url }) => {
      const href = hrefOf(String(url));
      return href === undefined
        ? `<em title="opens in Grafana">${html(title)}</em>`
        : `<a href="${html(href)}">${html(title)}</a>`;
    })
    .join(' ');
}

/** undefined: needs Grafana. Only http and https: a board may come from elsewhere. */
function hrefOf(url: string): string | undefined {
  const board = /^\/d\/([\w-]+)(?:[/?]|$)/.exec(url)?.[1];
  if (board !== undefined) return `${board}.html`;
  return /^https?:\/\//i.test(url) && !/\$\{|\$\w/.test(url) ? url : undefined;
}
