// The status page as files that any web server or bucket can serve, also while the exporter is down. Pure.
import { ASSETS } from './assets.ts';
import type { StatusData } from './status-data.ts';
import { statusFeed, statusPage } from './status-page.ts';

export interface CopiedFile {
  /** Below the folder of the copy. */
  readonly path: string;
  readonly text: string;
}

/** All links lead within the folder. `publicUrl`: where the copy will be, for the feed. */
export const statusCopy = (data: StatusData, publicUrl?: string): CopiedFile[] => [
  { path: 'index.html', text: statusPage(data, '.').text },
  { path: ASSETS.css.path.slice(1), text: ASSETS.css.text },
  { path: 'feed.atom', text: statusFeed(data, publicUrl, './index.html') },
  { path: 'status.json', text: `${JSON.stringify(data, undefined, 1)}\n` },
];
