/** JSON, which no server has a checksum of: each pair differs, and the last ones do not. */
import type { Difference } from '../../../steps/data-compare/step.ts';
import type { useBothSides } from './both-sides.ts';

type Both = Awaited<ReturnType<typeof useBothSides>>;

export const documents: readonly (readonly [mysql: string | null, postgres: string | null])[] = [
  ['{"a":1}', '{"a":"1"}'],
  ['{"a":1}', '{"a":2}'],
  ['{"a":1}', '{"a":1,"b":null}'],
  ['{"a":null}', '{}'],
  ['[1,2]', '[2,1]'],
  ['[1]', '[1,null]'],
  ['[]', '{}'],
  ['null', null],
  [null, 'null'],
  ['true', '"true"'],
  ['true', '1'],
  ['false', '0'],
  ['""', 'null'],
  ['"a"', '"A"'],
  ['"a"', '"a "'],
  ['"📈"', '"?"'],
  ['"é"', '"e\u0301"'],
  ['"\\n"', '"n"'],
  ['"\\\\"', '"\\\\\\\\"'],
  ['9007199254740993', '9007199254740992'],
  ['0.1', '0.10000000000000001'],
  ['1', '-1'],
  ['1e2', '1e3'],
  ['[[1],2]', '[1,[2]]'],
  ['{"a":{"b":1}}', '{"a.b":1}'],
  ['{"a":1,"b":2}', '{"a":2,"b":1}'],
  ['{"":1}', '{" ":1}'],
  ['"1"', '1'],
  ['[{"a":1},{"a":2}]', '[{"a":2},{"a":1}]'],
  ['"2025-01-01T00:00:00Z"', '"2025-01-01T00:00:00.000Z"'],
];

const alike: typeof documents = [
  ['{"b":1.0,"a":1e2}', '{"a": 100, "b": 1}'],
  ['{"a":[1, 2.50, "📈"]}', '{"a":[1,2.5,"📈"]}'],
  ['"\\u00e9"', '"é"'],
  [null, null],
];

export interface Documents {
  readonly table: Record<string, unknown>;
  readonly planted: readonly Difference[];
}

export const useDocuments = async ({ old, fresh }: Both, apart: typeof documents): Promise<Documents> => {
  await old.ask('CREATE TABLE documents (id INT PRIMARY KEY, j LONGTEXT) CHARSET utf8mb4');
  await fresh.ask('CREATE TABLE documents (id int PRIMARY KEY, j jsonb)');
  for (const [i, [mysql, postgres]] of [...apart, ...alike].entries()) {
    await old.ask('INSERT INTO documents VALUES (?, ?)', [i, mysql]);
    await fresh.ask('INSERT INTO documents VALUES ($1, $2::text::jsonb)', [i, postgres]);
  }
  return {
    table: { table: 'documents', key: ['id'] },
    planted: apart.map((_, i) => ({ table: 'documents', key: String(i), what: 'differing', column: 'j' })),
  };
};
