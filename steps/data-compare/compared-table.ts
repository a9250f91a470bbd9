/** One table as it is compared: which columns of the two sides belong together, and as what. Pure data. */
import type { Family, Kind } from './kinds.ts';
import type { Tolerance } from './tolerance.ts';

export interface Column {
  readonly name: string;
  readonly family: Family;
  /** As the server writes it. */
  readonly type: string;
  readonly nullable: boolean;
  /** Decimals behind the point; null: any number of them, or no number. */
  readonly scale: number | null;
}

export interface Table<C extends Column = Column> {
  readonly columns: readonly C[];
  /** Columns of each unique index. */
  readonly uniques: readonly (readonly string[])[];
  /** What the server believes; never exact. */
  readonly estimatedRows: number;
}

export interface MysqlColumn extends Column {
  /** As information_schema calls the type: `varchar`. */
  readonly base: string;
  /** All digits of a number; of a BIT its bits; null: it is neither. */
  readonly digits: number | null;
  /** Whose text has zeros in front, or fewer digits than the value: FLOAT, DOUBLE(10,2), ZEROFILL, YEAR. */
  readonly isDressed: boolean;
  /** Decimals of a second. */
  readonly fraction: number;
  readonly charset: string | null;
  /** Of a SET; null: it is none, or its members cannot stand in a list. */
  readonly members: readonly string[] | null;
}

export interface PostgresColumn extends Column {
  readonly hasZone: boolean;
}

export interface ColumnPair {
  /** The MySQL name, by which the runbook and the output call it. */
  readonly name: string;
  readonly kind: Kind;
  readonly mysql: MysqlColumn;
  readonly postgres: PostgresColumn;
  /** An id, compared as the old one of this entity. */
  readonly entity: string | null;
  readonly tolerance: Tolerance | null;
  /** Whether its values may be told. */
  readonly shown: boolean;
}

/** Texts of any content, which could else be told as two values or as none: an empty uuid in MySQL is a text, too. */
export const hasAnyText = ({ kind, entity }: ColumnPair): boolean =>
  kind === 'text' ||
  kind === 'caseless' ||
  kind === 'uuid' ||
  kind === 'bits' ||
  kind === 'set' ||
  entity !== null;

export interface IdMapTable {
  /** Quoted. */
  readonly table: string;
  readonly entity: string;
  readonly old: string;
  readonly new: string;
}

export interface ComparedTable {
  /** As the runbook calls it. */
  readonly name: string;
  /** Quoted for its server. */
  readonly mysqlTable: string;
  readonly postgresTable: string;
  readonly key: readonly ColumnPair[];
  /** The key left out. */
  readonly rest: readonly ColumnPair[];
  readonly where: { readonly mysql?: string | undefined; readonly postgres?: string | undefined };
  readonly zeroDatesAreNull: boolean;
  readonly idMap: IdMapTable | null;
  /** Otherwise its texts are made UTF-8 before they are measured. */
  readonly postgresIsUtf8: boolean;
  readonly estimatedRows: number;
}

export const allColumns = ({ key, rest }: ComparedTable): readonly ColumnPair[] => [...key, ...rest];

/** Without an SQL form that is the same on both servers: such a table travels whole. */
export const isStreamed = (plan: ComparedTable): boolean =>
  allColumns(plan).some(({ kind }) => kind === 'json');

/** Of an exact number and a float there is no exact form but the digits themselves. */
export const isMixedDouble = ({ kind, mysql, postgres }: ColumnPair): boolean =>
  kind === 'double' && (mysql.family !== 'double' || postgres.family !== 'double');

/** Two values of one side that differ may have the same form, so that a unique key need not be unique in it. */
export const canFold = ({ kind, mysql, postgres, entity }: ColumnPair): boolean =>
  entity === null &&
  (kind === 'caseless' || (kind === 'uuid' && (mysql.family === 'text' || postgres.family === 'text')));

/** The most that every MySQL can cast to. */
const most = { scale: 30, digits: 65 };

/** Decimals that both sides can show; null: no fixed number, so trailing zeros go. */
export const sharedScale = ({ mysql, postgres }: ColumnPair): number | null => {
  if (mysql.scale === null || postgres.scale === null || postgres.scale < 0) return null;
  const scale = Math.max(mysql.scale, postgres.scale);
  const whole = (mysql.digits ?? 20) - mysql.scale;
  // A cast to too few digits gives the greatest number that fits, and no error.
  return scale > most.scale || whole + scale > most.digits ? null : scale;
};

/** The text of an SQL string; no server setting changes what it means. */
export const literal = (text: string): string => {
  if (/[\\\0]/.test(text)) throw new Error(`${JSON.stringify(text)} cannot stand in a statement`);
  return `'${text.replaceAll("'", "''")}'`;
};
