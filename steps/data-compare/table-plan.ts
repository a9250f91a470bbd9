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
  /** FLOAT, whose text has too few digits. */
  readonly isSingle: boolean;
  /** ZEROFILL and YEAR, whose text has zeros in front. */
  readonly isPadded: boolean;
  /** Decimals of a second. */
  readonly fraction: number;
  readonly charset: string | null;
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
}

/** Texts of any content, which could else be told as two values or as none: an empty uuid in MySQL is a text, too. */
export const hasAnyText = ({ kind, entity }: ColumnPair): boolean =>
  kind === 'text' || kind === 'caseless' || kind === 'uuid' || entity !== null;

export interface IdMapTable {
  /** Quoted. */
  readonly table: string;
  readonly entity: string;
  readonly old: string;
  readonly new: string;
}

export interface TablePlan {
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
  readonly estimatedRows: number;
}

export const allColumns = ({ key, rest }: TablePlan): readonly ColumnPair[] => [...key, ...rest];

/** Without an SQL form that is the same on both servers: such a table travels whole. */
export const isStreamed = (plan: TablePlan): boolean => allColumns(plan).some(({ kind }) => kind === 'json');

/** Decimals that both sides can show; null: no fixed number, so trailing zeros go. */
export const sharedScale = ({ mysql, postgres }: ColumnPair): number | null => {
  if (mysql.scale === null || postgres.scale === null || postgres.scale < 0) return null;
  const scale = Math.max(mysql.scale, postgres.scale);
  // The most that every MySQL can cast to.
  return scale > 30 ? null : scale;
};

/** The text of an SQL string; no server setting changes what it means. */
export const literal = (text: string): string => {
  if (/[\\\0]/.test(text)) throw new Error(`${JSON.stringify(text)} cannot stand in a statement`);
  return `'${text.replaceAll("'", "''")}'`;
};
