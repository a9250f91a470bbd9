import { expect, test } from 'vitest';
import { limitsInWords } from '../../../steps/supabase-recovery-emails/limits.ts';

test('a canary meets no limit', () => {
  expect(limitsInWords(1, { per_second: 10, burst: 1 })).toBeNull();
});

test('a mailing is told of the limit of mails, and of calls where its pace meets that', () => {
  expect(limitsInWords(620, { per_second: 10, burst: 1 })).toMatch(
    /620 mails at this pace: .* 30 an hour .*GOTRUE_RATE_LIMIT_OTP.* at least 1\.6 hours$/,
  );
  const slow = limitsInWords(620, { per_minute: 6, burst: 1 });
  expect(slow).toContain('GOTRUE_RATE_LIMIT_EMAIL_SENT');
  expect(slow).not.toContain('GOTRUE_RATE_LIMIT_OTP');
});
