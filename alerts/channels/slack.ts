// Slack, by an incoming webhook. Links stand in the text: a button without a URL makes Slack refuse the whole message,
// and an alert of someone else may have no links.
import type { Receiver } from '../../src/spec/notify.ts';
import type { AmReceiver } from '../routing/config.ts';

export const slack = ({ name, urlFile, channel }: Receiver<'slack'>): AmReceiver => ({
  name,
  slack_configs: [
    {
      api_url_file: urlFile,
      ...(channel !== undefined && { channel }),
      send_resolved: true,
      color: '{{ template "plimsoll.slack.color" . }}',
      title: '{{ template "plimsoll.slack.title" . }}',
      title_link: '{{ template "plimsoll.link" . }}',
      text: '{{ template "plimsoll.slack.text" . }}',
      fallback: '{{ template "plimsoll.slack.title" . }}',
    },
  ],
});
