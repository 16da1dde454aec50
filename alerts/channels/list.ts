// The kinds of receivers and what Alertmanager needs for each; typed over the union, so that none can be missing.
import type { Receiver, ReceiverKind } from '../../src/spec/notify.ts';
import type { AmReceiver } from '../routing/config.ts';
import { email } from './email.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

const CHANNELS: { readonly [K in ReceiverKind]: (receiver: Receiver<K>) => AmReceiver } = {
  email,
  slack,
  pagerduty,
  webhook,
};

/** A receiver of the spec in Alertmanager's words. */
export const channelOf = (receiver: Receiver): AmReceiver =>
  (CHANNELS[receiver.kind] as (receiver: Receiver) => AmReceiver)(receiver);
