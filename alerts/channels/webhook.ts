// Any other program: Alertmanager's own JSON, by POST.
import type { Receiver } from '../../src/spec/notify.ts';
import type { AmReceiver } from '../routing/config.ts';

export const webhook = ({ name, urlFile }: Receiver<'webhook'>): AmReceiver => ({
  name,
  webhook_configs: [{ url_file: urlFile, send_resolved: true, max_alerts: 0 }],
});
