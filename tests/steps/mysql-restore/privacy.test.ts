import { readFile, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { acts as ownActs } from '../../../steps/mysql-restore/acts.ts';
import { mysqlRestore } from '../../../steps/mysql-restore/step.ts';
import { asTheEngine } from '../../support/as-the-engine.ts';
import { useLab } from '../../support/lab.ts';
import { usePlace } from '../../support/place.ts';
import { useDump } from './dumped.ts';

const acts = asTheEngine(ownActs);

const lab = await useLab();

test('a restore that fails tells where, and none of the rows', async () => {
  const world = await useDump(lab, await usePlace());
  const { db, ctx, path, scratch, dump } = world;
  onTestFinished(async () => void (await db.ask(`DROP DATABASE IF EXISTS ${scratch}`)));
  const rows = Array.from({ length: 2_000 }, (_, i) => `(${i + 11}, 'secret-hash-${i + 1}')`);
  await db.ask(`INSERT INTO users VALUES ${rows.join()}`);
  await dump();
  // The second row gets the key of the first.
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace("(2,'b')", "(1,'secret-hash-b')"));
  const input = mysqlRestore.input.parse({ path, database: scratch });
  const outcome = await acts.run(ctx, input, { existed: false });
  expect(outcome).toMatchObject({
    done: false,
    effect: 'none',
    short:
      /^the restore failed: ERROR 1062 \(23000\) at line \d+: Duplicate entry for key '.*PRIMARY' \(INSERT INTO `users`\)$/,
  });
  expect(`${ctx.logged()}${JSON.stringify(outcome)}`).not.toContain('secret-hash');
  expect(ctx.logged().length).toBeLessThan(500);
});

test('a dump that reaches out is refused without what it quotes', async () => {
  const { db, ctx, path, scratch, dump } = await useDump(lab, await usePlace());
  onTestFinished(async () => void (await db.ask(`DROP DATABASE IF EXISTS ${scratch}`)));
  await dump();
  const text = await readFile(path, 'utf8');
  await writeFile(path, `CHANGE MASTER TO MASTER_PASSWORD='hunter2';\n${text}`);
  const outcome = await acts.run(ctx, mysqlRestore.input.parse({ path, database: scratch }), {
    existed: false,
  });
  expect(outcome).toMatchObject({
    done: false,
    short: /line 1:CHANGE MASTER TO MASTER_PASSWORD=\.\.\.: it reaches/,
  });
});
