/** Where secrets come from: vars and locals are filled in, never another secret. */
import type { JsonObject, SecretSource } from '../plan.ts';
import type { LoadContext } from './context.ts';
import { fill } from './expressions.ts';
import { reportWords } from './literal/shell-looks.ts';
import { inSecret } from './literal/shell-words.ts';
import { sections } from './schema/document.ts';
import { parseSection } from './section.ts';

type Secrets = { readonly [name: string]: SecretSource };

export const compileSecrets = (root: JsonObject, ctx: LoadContext): Secrets => {
  const { source, problems } = ctx;
  const at = { source, problems, path: ['secrets'], label: '`secrets`' };
  if (root.secrets === undefined) return {};
  const declared = parseSection(sections.secrets, root.secrets, at) ?? {};
  for (const [name, from] of Object.entries(declared))
    if ('command' in from) reportWords(from.command, ['secrets', name, 'command'], ctx, inSecret);
  const { value, failed, deferred } = fill(declared, {
    ctx,
    path: ['secrets'],
    schema: sections.secrets,
    level: 'locals',
    where: 'The source of a secret',
    sure: () => true,
  });
  if (failed.length > 0) return declared;
  // Without the values of vars nobody can ask for a secret: its source is shown as it is written.
  if (deferred.length > 0) return declared;
  return parseSection(sections.secrets, value, at) ?? {};
};
