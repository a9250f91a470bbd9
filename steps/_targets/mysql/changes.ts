/** What a statement changes in MySQL and MariaDB, by the parser of Apache DataFusion in its MySQL dialect. */
import { init, parse } from '@guanmingchiu/sqlparser-ts';
import type { Change } from '../../../engine/target.ts';
import { members } from '../../_kits/sql/statement.ts';

type Node = { readonly [key: string]: unknown };

const destroyed = new Set(['Table', 'Database', 'Schema']);

/** `n = n + 1`: each time it is sent, the value changes. */
const readsItself = (assignments: unknown): boolean =>
  (Array.isArray(assignments) ? assignments : []).some(({ value }: Node) =>
    [...members({ value })].some(([key]) => key === 'Identifier' || key === 'CompoundIdentifier'),
  );

const changeOf = (kind: string, node: Node): Change | null => {
  switch (kind) {
    case 'Drop': {
      const type = String(node.object_type);
      const what = `DROP ${type.toUpperCase()}`;
      const repeatable = node.if_exists === true;
      return { kind: destroyed.has(type) ? 'destroys' : 'other', what, repeatable };
    }
    case 'Truncate':
      return { kind: 'destroys', what: 'TRUNCATE', repeatable: true };
    case 'DropColumn':
      return { kind: 'destroys', what: 'DROP COLUMN', repeatable: node.if_exists === true };
    case 'Delete':
      return node.selection === undefined
        ? { kind: 'destroys', what: 'DELETE without WHERE', repeatable: true }
        : { kind: 'rows', what: 'DELETE', repeatable: true };
    case 'Update':
      return { kind: 'rows', what: 'UPDATE', repeatable: !readsItself(node.assignments) };
    case 'Insert': {
      const repeatable = node.ignore === true || node.replace_into === true || node.on !== undefined;
      return { kind: 'rows', what: node.replace_into === true ? 'REPLACE' : 'INSERT', repeatable };
    }
    default:
      return null;
  }
};

const other = (kind: string, node: Node): Change => ({
  kind: 'other',
  what: kind,
  repeatable: node.if_not_exists === true || node.or_replace === true || /^(Set|Grant|Revoke)$/.test(kind),
});

/** null: no statement that the parser knows. */
export const changesIn = async (sql: string): Promise<readonly Change[] | null> => {
  await init();
  try {
    return (parse(sql, 'mysql') as unknown as readonly Node[]).flatMap((statement) => {
      const found = [...members(statement)]
        .map(([key, value]) => (typeof value === 'object' && value ? changeOf(key, value as Node) : null))
        .filter((change) => change !== null);
      const [kind = '', node] = Object.entries(statement)[0] ?? [];
      return found.length > 0 ? found : [other(kind, node as Node)];
    });
  } catch {
    return null;
  }
};
