// The dead-man's switch: a service outside the platform that raises the alarm when nothing comes. It hears of nothing else.
import type { Notify } from '../../src/spec/notify.ts';
import type { AmReceiver } from '../routing/config.ts';

/** No receiver of a spec can have this name: those have no underscore. */
export const DEADMAN = '_deadman';

/** A resolved Watchdog would be one beat more, at the moment when they stop. */
export const deadman = ({ urlFile }: NonNullable<Notify['deadman']>): AmReceiver => ({
  name: DEADMAN,
  webhook_configs: [{ url_file: urlFile, send_resolved: false, max_alerts: 0 }],
});
