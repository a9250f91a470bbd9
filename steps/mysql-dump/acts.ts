import type { StepActs } from '../../engine/step.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import { optionFile, outOfReach } from '../_targets/mysql/option-file.ts';
import { lookAtFile, makesFile } from '../_work/made-file.ts';
import { runScript } from '../_work/script.ts';
import { dump, dumpCommand, outOfReachRemedy } from './dump.ts';
import { rehearseScript } from './scripts.ts';
import type { MysqlDumpBefore, MysqlDumpInput, MysqlDumpOutput } from './step.ts';

export const acts: StepActs<MysqlDumpInput, MysqlDumpOutput, MysqlDumpBefore> = {
  ...makesFile(dump),

  async check(ctx, input) {
    const client = await ctx.connect('mysql');
    const reach = outOfReach(client.access, ctx.runOn);
    if (reach !== null) return [{ level: 'problem', what: reach, remedy: outOfReachRemedy }];
    const shell = await ctx.connect('shell');
    const findings = [
      ...roomFindings(await roomFor(shell, input.path, ctx.signal), shell.place, {
        bytes: await client.dataBytes(),
        mayMakeFolders: false,
        takesMkdir: false,
      }),
    ];
    if ((await lookAtFile(ctx, input.path)).there)
      findings.push({
        level: 'problem',
        what: `${input.path} is already there`,
        remedy: 'Choose another path',
      });
    const chosen = await dumpCommand(ctx, client, input);
    if ('what' in chosen)
      return [...findings, { level: 'problem', what: chosen.what, remedy: chosen.remedy }];
    const { code, complaint } = await runScript(shell, rehearseScript, chosen.command, {
      stdin: optionFile(client.access),
      signal: ctx.signal,
      killGraceMs: ctx.killGraceMs,
    });
    const { tool, server } = chosen;
    findings.push(
      code === 0
        ? {
            level: 'verified',
            what: `a dump without data went through: ${tool.name} of ${tool.version.shown} fits ${server}, login and rights are there`,
          }
        : { level: 'problem', what: complaint, remedy: 'Grant what it misses, or see what the server says' },
    );
    return findings;
  },
};
