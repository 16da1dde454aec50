// What is wrong with sites and with SLIs of real users. Pure; nothing follows from a null (part.ts).
import { type BurnTier, fewestBadToFire } from '../slo/policy.ts';
import type { Path, Problem } from './finding.ts';
import { didYouMean } from './nearest.ts';
import type { Part } from './part.ts';
import type { Site } from './site.ts';
import type { Sli } from './spec.ts';
import { OTHER_PAGES } from './vitals.ts';

/** Problems of an SLI against the sites. `sites` is null if some of them could not be read. */
export function checkRum(sli: Part<Sli<'rum'>>, path: Path, sites: readonly Part<Site>[] | null): Problem[] {
  const problems: Problem[] = [];
  if (sli.of === 'errors' && sli.grade === 'not-poor')
    problems.push({
      rule: 'rum-errors-grade',
      path: [...path, 'grade'],
      message: 'an error is neither good nor poor',
      hint: 'leave grade out',
    });
  if (sites === null || sli.site === null) return problems;
  const keys = sites.flatMap(({ key }) => (key === null ? [] : [key]));
  const site = sites.find(({ key }) => key === sli.site);
  if (site === undefined) {
    if (keys.length === sites.length)
      problems.push({
        rule: 'unknown-site',
        path: [...path, 'site'],
        message: `unknown site "${sli.site}"`,
        hint: didYouMean(sli.site, keys, 'sites') ?? 'the spec has no sites',
      });
    return problems;
  }
  if (sli.of === 'errors' && site.mode === 'lite')
    problems.push({
      rule: 'rum-errors-lite',
      path: [...path, 'of'],
      message: `the site ${sli.site} has the mode lite, which sends no errors`,
      hint: 'use mode: consent or mode: full, or an SLI of a vital',
    });
  return [...problems, ...unknownPages(sli, site, path)];
}

function unknownPages(sli: Part<Sli<'rum'>>, site: Part<Site>, path: Path): Problem[] {
  const groups = site.pages?.map((page) => page?.name ?? null) ?? [null];
  if (groups.includes(null)) return [];
  const known = [...(groups as string[]), OTHER_PAGES];
  return (sli.pages ?? []).flatMap((page, index): Problem[] =>
    page === null || known.includes(page)
      ? []
      : [
          {
            rule: 'unknown-page',
            path: [...path, 'pages', index],
            message: `the site ${sli.site} has no pages "${page}"`,
            hint: didYouMean(page, known, 'its pages'),
          },
        ],
  );
}

/** Is there a tier that this SLO can reach at all? Pages are left out: real users alone never page. */
export function lintRumTiers(tiers: readonly BurnTier[], objective: number, minimum: number, path: Path): Problem[] {
  const tickets = tiers.filter(({ severity }) => severity === 'ticket');
  if (tickets.some(({ k }) => fewestBadToFire(minimum, k * (1 - objective)) !== undefined)) return [];
  const most = Number((1 / (1 - objective)).toFixed(2));
  const what =
    tickets.length === 0
      ? 'the policy has no tier for tickets'
      : `${tickets.map(({ tier, k }) => `${tier} (k ${Number(k.toFixed(2))})`).join(', ')} cannot be reached: the burn rate is at most ${most}`;
  return [
    {
      rule: 'rum-no-ticket',
      path: [...path, 'objective'],
      message: `real users alone never page, and ${what}`,
      hint: 'add a tier for tickets with k x (1 - objective) below 1, or raise the objective',
    },
  ];
}

export const lintSite = (site: Part<Site>, path: Path): Problem[] =>
  (site.origins ?? []).flatMap((origin, index): Problem[] =>
    origin === null || !origin.startsWith('http:') || /^http:\/\/(localhost|127\.)/.test(origin)
      ? []
      : [
          {
            rule: 'site-plain-http',
            path: [...path, 'origins', index],
            message: `${origin} is plain HTTP`,
            hint: 'serve the site by HTTPS',
          },
        ],
  );
