import { expect, test } from 'vitest';
import { chooseAuth, standIn } from '../../../docker/native/auth-binary.ts';

test('takes the Auth that the environment names, else the stand-in, and builds nothing', () => {
  expect(chooseAuth({})).toBe(standIn);
  expect(chooseAuth({ RUNBOOK_LAB_AUTH_BINARY: process.execPath })).toEqual({
    argv: [process.execPath],
    name: 'supabase/auth from RUNBOOK_LAB_AUTH_BINARY',
  });
});

test('a missing program is reported at once, with how to build it', () => {
  expect(() => chooseAuth({ RUNBOOK_LAB_AUTH_BINARY: '/nowhere/auth' })).toThrow(
    expect.objectContaining({
      message: 'RUNBOOK_LAB_AUTH_BINARY=/nowhere/auth cannot be run',
      remedy: expect.stringContaining('go build'),
    }),
  );
});
