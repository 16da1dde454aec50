// What a change of `sites` and `statusPage` means for visitors and outsiders, in sentences. Pure.
import { formatDuration } from '../spec/scalars.ts';
import type { Site } from '../spec/site.ts';
import type { Spec } from '../spec/spec.ts';
import type { StatusPage } from '../spec/status-page.ts';
import { fieldChanges, listChanges, percentText, valueText } from './spec-fields.ts';

/** What browsers of visitors do from now on. */
export function siteChanges(before: Spec, after: Spec): string[] {
  const old = new Map(before.sites.map((site) => [site.key, site]));
  const now = new Set(after.sites.map(({ key }) => key));
  const gone = before.sites.filter(({ key }) => !now.has(key));
  return [
    ...gone.map(({ key }) => `site ${key}: is removed, its beacons are refused and its series end`),
    ...after.sites.flatMap((site) => {
      const was = old.get(site.key);
      if (was === undefined) return [newSite(site)];
      const fields = fieldChanges(was, site, ['pages']).map(
        (change) => `site ${site.key}: ${change}${meaning(change, was, site)}`,
      );
      const pages = listChanges(
        `site ${site.key}: group of pages`,
        was.pages,
        site.pages,
        ({ name }) => name,
        ({ paths }) => paths.join(', '),
      );
      return [...fields, ...pages];
    }),
  ];
}

const newSite = ({ key, origins, mode, sample, quiet }: Site): string =>
  `site ${key}: is new, ${percentText(sample)} of the views of ${origins.join(', ')} in mode ${mode}; unmeasured after ${formatDuration(quiet)} without a beacon`;

function meaning(change: string, was: Site, is: Site): string {
  if (change.startsWith('mode ')) {
    const parts = [
      ...(was.mode === 'lite'
        ? ['errors are collected too']
        : is.mode === 'lite'
          ? ['errors are collected no longer']
          : []),
      ...(is.mode === 'consent' ? ['only visitors who agreed are measured'] : []),
      ...(was.mode === 'consent' ? ['visitors are not asked'] : []),
    ];
    return ` (${parts.join('; ')})`;
  }
  if (change.startsWith('sample ')) return ' (counts change by as much: they are not scaled up)';
  return '';
}

/** What outsiders see from now on. */
export function statusPageChanges({ statusPage: before }: Spec, { statusPage: after }: Spec): string[] {
  const [had, has] = [before.components.length > 0, after.components.length > 0];
  return [
    ...(!had && has ? ['status page: is new at /status, open to all'] : []),
    ...(had && !has ? ['status page: is removed, links to /status and its feed break'] : []),
    ...fieldChanges(before, after, ['components', 'messages']).map((change) => `status page: ${change}`),
    ...listChanges(
      'status page: component',
      before.components.map(numbered),
      after.components.map(numbered),
      ({ key }) => key,
      ({ slos }) => `of ${slos.join(', ')}`,
    ),
    ...listChanges('status page: message', before.messages, after.messages, keyOf, ({ text }) =>
      valueText('text', text),
    ),
  ];
}

/** Two components may have the same name. */
function numbered(component: StatusPage['components'][number], i: number, all: StatusPage['components']) {
  const before = all.slice(0, i).filter(({ name }) => name === component.name).length;
  return { slos: component.slos, key: before === 0 ? component.name : `${component.name} (${before + 1})` };
}

const keyOf = ({ at, title }: StatusPage['messages'][number]): string => `${valueText('from', at)} "${title}"`;
