import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { exportLine, introduction } from '../../../docker/native/introduction.ts';
import { secretsOf } from '../../../docker/native/vars.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

test('tells where everything is, and no secret', () => {
  const told = introduction(lab);
  expect(told).toContain(`${lab.postgres.host}:${lab.postgres.port}/${lab.postgres.database}`);
  expect(told).toContain(exportLine(lab));
  const secrets = [lab.mysql, lab.postgres].flatMap((s) => [s.password, s.adminPassword]);
  for (const secret of [...secrets, lab.web.bypassValue, lab.supabase.serviceRoleKey, lab.mail.password])
    expect(told).not.toContain(secret);
});

test('its line gives a shell what the demo runbook asks for', () => {
  const script = `${exportLine(lab)}\nprintf '%s\\n' "$MYSQL_PASSWORD" "$SMOKE_TOKEN"`;
  const { MYSQL_PASSWORD, SMOKE_TOKEN } = secretsOf(lab);
  expect(execFileSync('sh', ['-ec', script], { encoding: 'utf8' })).toBe(
    `${MYSQL_PASSWORD}\n${SMOKE_TOKEN}\n`,
  );
});
