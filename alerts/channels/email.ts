// E-mail: HTML and text of the same content, and a subject that is never empty. The mail server stands in `global`.
import type { Notify, Receiver } from '../../src/spec/notify.ts';
import type { AmReceiver } from '../routing/config.ts';

export const email = ({ name, to }: Receiver<'email'>): AmReceiver => ({
  name,
  email_configs: [
    {
      to: to.join(', '),
      send_resolved: true,
      headers: { Subject: '{{ template "plimsoll.subject" . }}' },
      html: '{{ template "plimsoll.email.html" . }}',
      text: '{{ template "plimsoll.email.text" . }}',
    },
  ],
});

/** The mail server, for the section `global`. */
export const mailServer = (smtp: NonNullable<Notify['smtp']>): Record<string, string | boolean> => ({
  smtp_smarthost: smtp.server,
  smtp_from: smtp.from,
  smtp_require_tls: smtp.requireTls,
  ...(smtp.username !== undefined && { smtp_auth_username: smtp.username }),
  ...(smtp.passwordFile !== undefined && { smtp_auth_password_file: smtp.passwordFile }),
});
