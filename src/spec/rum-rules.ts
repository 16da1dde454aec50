// Rules of `check` about sites and what their real users feel. Pure data.
import { error, warning } from './rule.ts';

export const RUM_ERRORS = {
  'unknown-site': error(
    'an SLI of real users names a site that does not exist',
    'An SLI of kind rum counts the page views of a site in sites. Of one that is not there no beacon is ever taken.',
    'Correct the key, or add the site. Example: sites: [{ key: shop, origins: [https://shop.example.org] }]',
  ),
  'unknown-page': error(
    'an SLI of real users counts a group of pages that its site does not have',
    'Its series never exist, so the SLO would never be measured.',
    'Name a group of the site, or other. Example: pages: [front, product]',
  ),
  'rum-errors-grade': error(
    'errors of scripts have no grade',
    'A page view is good if no script failed. There is no threshold between good and poor.',
    'Leave grade out. Example: sli: { kind: rum, site: shop, of: errors }',
  ),
  'rum-errors-lite': error(
    'errors of scripts are not collected in the mode lite',
    'The mode lite sends vitals only. Every view would look free of errors.',
    'Use the mode consent or full, or promise a vital.',
  ),
} as const;

export const RUM_WARNINGS = {
  'rum-no-ticket': warning(
    'an SLO of real users that nobody would hear of',
    'Anybody can post beacons, so real users alone make tickets and never pages. With an objective of 75 % the burn rate is at most 1 / (1 - 0.75) = 4. No tier for tickets of the policy can be reached.',
    'Add a tier with severity: ticket and k x (1 - objective) below 1, or promise more: not-poor at 95 %.',
  ),
  'site-plain-http': warning(
    'the origin of a site is plain HTTP',
    'Browsers measure such pages, but what they report can be read and changed on the way.',
    'Serve the site by HTTPS.',
  ),
} as const;
