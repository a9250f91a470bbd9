import { defineTarget } from '../../../engine/target.ts';
import { describeSmtp, smtpConfig } from './config.ts';

export const smtp = defineTarget({
  kind: 'smtp',
  alsoCalled: ['mail', 'email'],
  config: smtpConfig,
  client: 'smtp',
  via: false,
  files: ({ tls }) => (tls?.ca_file === undefined ? [] : [tls.ca_file]),
  describe: describeSmtp,
});
