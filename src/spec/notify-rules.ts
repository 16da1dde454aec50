// Rules of the section notify, for the catalogue in rules.ts. Pure data.
import { error, type Rule, warning } from './rule.ts';

export const NOTIFY_ERRORS = {
  'unknown-receiver': error(
    'a receiver that notify does not have',
    'notify.default or a route names a receiver that is not in notify.receivers. Alertmanager would not start.',
    'Correct the name, or add the receiver. Example: routes: [{ severity: page, to: [web-pager] }]',
  ),
  'unknown-hours': error(
    'business hours that notify does not have',
    'A route names business hours that are not in notify.hours. Alertmanager would not start.',
    'Correct the name, or add them. Example: hours: [{ name: office, timeZone: Europe/Berlin, from: "08:00", to: "18:00" }]',
  ),
  'hours-range': error(
    'business hours that end before they begin',
    'Hours are within one day. Alertmanager refuses an end that is not after the start.',
    'Correct the times. Example: { from: "08:00", to: "18:00" }; the latest end is "24:00".',
  ),
  'route-hours': error(
    'business hours on a route that takes pages',
    'A page says that the promise will be broken within hours. With business hours it would wait until the morning.',
    'Add severity: ticket to the route, or remove hours. Example: { severity: ticket, to: [web-slack], hours: office }',
  ),
  'route-shadowed': error(
    'a route that no alert reaches',
    'The first route that matches takes the alert. A route above this one matches everything that this one would, so its receivers would never be told of anything.',
    'Put the narrower route first, or join the receivers of both in one route: to: [web-pager, web-slack]',
  ),
} satisfies Record<string, Rule>;

export const NOTIFY_WARNINGS = {
  'unknown-team': warning(
    'a route for a team that looks misspelt',
    'No SLO has this team, and one has a name that is nearly the same. The alerts that are meant go to another route or to the default receiver. A team without an SLO is fine as such: alerts of components may belong to it.',
    'Correct the name of the team.',
  ),
  'unused-receiver': warning(
    'a receiver that nothing is sent to',
    'Neither notify.default nor a route names it. Someone may wait for alerts that never come.',
    'Name it in a route, or remove it.',
  ),
  'page-to-default': warning(
    'pages of a team that take no route, while those of others do',
    'The default receiver takes what no route does, and it is often a mailbox or a channel: nobody is woken. Other teams have a route for their pages, so this one was probably forgotten.',
    'Add a route. Example: { severity: page, teams: [payments], to: [payments-pager] }',
  ),
  'no-deadman': warning(
    "notify has no dead-man's switch",
    'When Prometheus, its rules or Alertmanager stop, no alert comes, and that looks like a quiet night. Only something outside the platform can notice: it raises the alarm when nothing comes.',
    'Add a URL of such a service. Example: deadman: { urlFile: /etc/alertmanager/secrets/deadman, every: 1m }',
  ),
} satisfies Record<string, Rule>;
