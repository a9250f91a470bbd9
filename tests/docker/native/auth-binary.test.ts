import { expect, test } from 'vitest';
import { chooseAuth, standIn } from '../../../docker/native/auth-binary.ts';

test('takes the Auth that the environment names', async () => {
  expect(await chooseAuth({ RUNBOOK_LAB_AUTH: 'stand-in', RUNBOOK_LAB_AUTH_BINARY: '/opt/auth' })).toBe(
    standIn,
  );
  expect(await chooseAuth({ RUNBOOK_LAB_AUTH_BINARY: '/opt/auth' })).toEqual({
    argv: ['/opt/auth'],
    name: 'supabase/auth from RUNBOOK_LAB_AUTH_BINARY',
  });
  await expect(chooseAuth({ RUNBOOK_LAB_AUTH: 'fake' })).rejects.toThrow(
    'RUNBOOK_LAB_AUTH=fake is neither real nor stand-in',
  );
});
