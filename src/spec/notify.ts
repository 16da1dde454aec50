// The section notify: who is told of alerts, how and when.
// Secrets stand in files that Alertmanager reads; this holds their paths and never their values.
import { z } from 'zod';
import { durationMs, hostPort, name } from './scalars.ts';

const secretFile = (what: string) =>
  z
    .string()
    .regex(/^\/[^\s"'{}$]+$/, 'an absolute path, as Alertmanager sees it, like /etc/alertmanager/secrets/slack')
    .describe(`File with ${what}, as Alertmanager sees it.`);

const address = z.email('an e-mail address like ops@example.org');

/** Kinds of receivers. One file per kind in alerts/channels/. */
export const RECEIVER_SCHEMAS = {
  email: z.strictObject({
    name: name.describe('Name of the receiver.'),
    kind: z.literal('email').describe('Kind of receiver.'),
    to: z.array(address).min(1).describe('Addresses.'),
  }),
  slack: z.strictObject({
    name: name.describe('Name of the receiver.'),
    kind: z.literal('slack').describe('Kind of receiver.'),
    urlFile: secretFile("the URL of Slack's incoming webhook"),
    channel: z
      .string()
      .regex(/^[#@][^\s{}]+$/, 'a channel like #shop')
      .optional()
      .describe('Channel, where the webhook is not bound to one.'),
  }),
  pagerduty: z.strictObject({
    name: name.describe('Name of the receiver.'),
    kind: z.literal('pagerduty').describe('Kind of receiver.'),
    routingKeyFile: secretFile('the integration key (Events API v2)'),
    url: z
      .string()
      .regex(/^https?:\/\/[^\s"'<>{}]+$/, 'a URL')
      .default('https://events.pagerduty.com/v2/enqueue')
      .describe('Events API; accounts in the EU have https://events.eu.pagerduty.com/v2/enqueue.'),
  }),
  webhook: z.strictObject({
    name: name.describe('Name of the receiver.'),
    kind: z.literal('webhook').describe('Kind of receiver.'),
    urlFile: secretFile("the URL that gets Alertmanager's JSON by POST"),
  }),
} as const;
export type ReceiverKind = keyof typeof RECEIVER_SCHEMAS;
export type ReceiverOf = { readonly [K in ReceiverKind]: z.output<(typeof RECEIVER_SCHEMAS)[K]> };
export type Receiver<K extends ReceiverKind = ReceiverKind> = ReceiverOf[K];

const receiverSchema = z.discriminatedUnion('kind', [
  RECEIVER_SCHEMAS.email,
  RECEIVER_SCHEMAS.slack,
  RECEIVER_SCHEMAS.pagerduty,
  RECEIVER_SCHEMAS.webhook,
]);

const routeSchema = z.strictObject({
  severity: z
    .enum(['page', 'ticket'])
    .optional()
    .describe('Only alerts of this severity; without it of every severity.'),
  teams: z.array(name).min(1).optional().describe('Only alerts of these teams; without it of all.'),
  services: z
    .array(name)
    .min(1)
    .optional()
    .describe('Only alerts of these services; without it of all, and also those without a service.'),
  to: z.array(name).min(1).describe('Receivers; each of them is told.'),
  hours: name
    .optional()
    .describe('Business hours, for tickets. What comes outside of them goes to the default receiver at once.'),
});
export type Route = z.output<typeof routeSchema>;

/** Monday first, as ISO 8601 counts. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const time = (last: string) =>
  z.string().regex(new RegExp(`^(([01]\\d|2[0-3]):[0-5]\\d${last})$`), 'a time like 08:00, in quotes');

const hoursSchema = z.strictObject({
  name: name.describe('Name, for routes.'),
  timeZone: z.string().describe('IANA time zone, e.g. Europe/Berlin.'),
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .default(['monday', 'tuesday', 'wednesday', 'thursday', 'friday'])
    .describe('Days of the week.'),
  from: time('').describe('Start, e.g. "08:00".'),
  to: time('|24:00').describe('End, later on the same day, e.g. "18:00".'),
});
export type Hours = z.output<typeof hoursSchema>;

export const notifySchema = z
  .strictObject({
    default: name
      .optional()
      .describe('Receiver of everything that no route takes; required as soon as notify says anything.'),
    receivers: z.array(receiverSchema).default([]).describe('Receivers: who can be told.'),
    routes: z
      .array(routeSchema)
      .default([])
      .describe('Routes, from top to bottom: the first one that matches takes the alert.'),
    hours: z.array(hoursSchema).default([]).describe('Business hours.'),
    smtp: z
      .strictObject({
        server: hostPort.describe('Mail server, host:port.'),
        from: address.describe('Sender.'),
        username: z.string().min(1).optional().describe('User name; without it there is no log-in.'),
        passwordFile: secretFile('the password')
          .optional()
          .describe('File with the password, as Alertmanager sees it.'),
        requireTls: z.boolean().default(true).describe('Send only over TLS.'),
      })
      .optional()
      .describe('Mail server; required by receivers of kind email.'),
    deadman: z
      .strictObject({
        urlFile: secretFile('the URL of a service outside the platform that raises the alarm when nothing comes'),
        every: durationMs({ min: 5_000, max: 3_600_000 }).default(60_000).describe('How often it is told.'),
      })
      .optional()
      .describe("Dead-man's switch: beats as long as rules are evaluated and alerts are delivered."),
  })
  .describe('Without it no Alertmanager configuration is generated.');
export type Notify = z.output<typeof notifySchema>;
