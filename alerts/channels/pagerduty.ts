// PagerDuty, Events API v2. Links without a URL are left out by Alertmanager itself.
import type { Receiver } from '../../src/spec/notify.ts';
import type { AmReceiver } from '../routing/config.ts';

export const pagerduty = ({ name, routingKeyFile, url }: Receiver<'pagerduty'>): AmReceiver => ({
  name,
  pagerduty_configs: [
    {
      routing_key_file: routingKeyFile,
      url,
      send_resolved: true,
      severity: '{{ template "plimsoll.pagerduty.severity" . }}',
      description: '{{ template "plimsoll.subject" . }}',
      class: '{{ .CommonLabels.alertname }}',
      component: '{{ template "plimsoll.pagerduty.component" . }}',
      group: '{{ .CommonLabels.service }}',
      client: 'Plimsoll',
      client_url: '{{ template "plimsoll.link" . }}',
      // All four keys: Alertmanager adds those that are missing, in another form in each version.
      details: {
        firing: '{{ template "plimsoll.pagerduty.firing" . }}',
        resolved: '{{ template "plimsoll.pagerduty.resolved" . }}',
        num_firing: '{{ .Alerts.Firing | len }}',
        num_resolved: '{{ .Alerts.Resolved | len }}',
      },
      links: [
        { href: '{{ template "plimsoll.runbook" . }}', text: 'Runbook' },
        { href: '{{ template "plimsoll.dashboard" . }}', text: 'Dashboard' },
        { href: '{{ template "plimsoll.slo" . }}', text: 'SLO' },
      ],
    },
  ],
});
