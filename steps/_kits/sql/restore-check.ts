/** The dry run of a restore, whichever server it is: reads only. */
import type { ActContext, Finding } from '../../../engine/step.ts';
import { problem, type Restorable, type RestoreClient, type RestoreKind } from './restore-kind.ts';
import type { RestoreInput } from './restore-step.ts';

const scratchFindings = async <C extends RestoreClient, D extends Restorable>(
  kind: RestoreKind<C, D>,
  client: C,
  ctx: ActContext,
  { database, replace }: RestoreInput,
): Promise<readonly Finding[]> => {
  const scratch = await kind.look(client, ctx, database);
  if (scratch.is === 'absent' || scratch.is === 'ours') return [];
  if (scratch.is === 'anothers')
    return replace
      ? [{ level: 'verified', what: `${database} of an earlier restore would be replaced` }]
      : [
          problem(
            `${database} is there, from an earlier restore`,
            'Say replace: true, or choose another name',
          ),
        ];
  return [
    problem(
      `database ${database} exists and was not created by ${kind.type}`,
      'Choose another name: it is never dropped',
    ),
  ];
};

const dumpFinding = async <C extends RestoreClient, D extends Restorable>(
  kind: RestoreKind<C, D>,
  client: C,
  ctx: ActContext,
  input: RestoreInput,
): Promise<Finding> => {
  const inspected = await kind.inspect(ctx, input.path);
  if (inspected.is === 'absent')
    return {
      level: 'problem',
      what: `${input.path} is not there yet`,
      remedy: 'Let an earlier step write it, or fix `path`',
      passing: true,
    };
  if (inspected.is === 'unfit')
    return problem(inspected.why, `Give a dump of one database, as ${kind.dumpType} writes it`);
  const unfit = await kind.misfit(client, inspected.dump);
  if (unfit !== null) return problem(unfit.what, unfit.remedy);
  const { tables, bytes } = inspected.dump;
  return { level: 'verified', what: `${input.path} is a dump of ${tables.length} tables, ${bytes} bytes` };
};

export const rehearse = async <C extends RestoreClient, D extends Restorable>(
  kind: RestoreKind<C, D>,
  client: C,
  ctx: ActContext,
  input: RestoreInput,
): Promise<readonly Finding[]> => {
  const [way, ...others] = await kind.findings(client, ctx, input);
  return [
    ...(way ? [way] : []),
    await dumpFinding(kind, client, ctx, input),
    ...(await scratchFindings(kind, client, ctx, input)),
    ...others,
  ];
};
