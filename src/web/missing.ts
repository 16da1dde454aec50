// The page for a name that nobody knows. Says what there is.
import { page } from './layout.ts';
import { html } from './markup.ts';
import type { Page } from './send.ts';
import { frameOf, type Sources } from './sources.ts';

/** As a page with status 404, and as a problem document. `hint`: which names there are. */
export function missingPage(sources: Sources, what: string, name: string, hint: string | undefined): Page {
  const detail = `there is no ${what} "${name.slice(0, 63)}"${hint === undefined ? '' : `; ${hint}`}`;
  return {
    status: 404,
    json: { type: 'about:blank', title: `unknown ${what}`, status: 404, detail },
    html: () =>
      page(
        frameOf(sources, 'not found', ''),
        '/overview.json',
        html`<h1>Not found</h1><p>${detail}.</p><p><a href="/">All SLOs</a></p>`,
      ),
  };
}
