/** One table as it is compared: which columns of the two sides belong together, and as what. Pure data. */
import type { Family } from './family.ts';
import type { Kind } from './kinds.ts';
import type { Tolerance } from './tolerance.ts';

export interface Column {
  readonly name: string;
  readonly family: Family;
  /** As the server writes it. */
  readonly type: string;
  readonly nullable: boolean;
  /** Decimals behind the point; null: any number of them, or no number. */
  readonly scale: number | null;
  /** All digits of a number; of a BIT its bits; null: it is neither, or the server does not say. */
  readonly digits: number | null;
}

export interface Table<C extends Column = Column> {
  readonly columns: readonly C[];
  /** Columns of each unique index. */
  readonly uniques: readonly (readonly string[])[];
  /** What the server believes; never exact. */
  readonly estimatedRows: number;
}

export interface MysqlColumn extends Column {
  readonly of: 'mysql';
  /** As information_schema calls the type: `varchar`. */
  readonly base: string;
  /** Whose text has zeros in front, or fewer digits than the value: FLOAT, DOUBLE(10,2), ZEROFILL, YEAR. */
  readonly isDressed: boolean;
  /** Decimals of a second. */
  readonly fraction: number;
  readonly charset: string | null;
  /** Of a SET; null: it is none, or its members cannot stand in a list. */
  readonly members: readonly string[] | null;
}

export interface PostgresColumn extends Column {
  readonly of: 'postgres';
  readonly hasZone: boolean;
}

export type AnyColumn = MysqlColumn | PostgresColumn;

/** `here`: of the step's target. `there`: of what it is compared with. */
export type Side = 'here' | 'there';

export interface ColumnPair {
  /** The name here, by which the runbook and the output call it. */
  readonly name: string;
  readonly kind: Kind;
  readonly here: AnyColumn;
  readonly there: AnyColumn;
  /** An id, compared as the old one of this entity. */
  readonly entity: string | null;
  readonly tolerance: Tolerance | null;
  /** Whether its values may be told. */
  readonly shown: boolean;
}

/** Texts of any content, which could else be told as two values or as none: an empty uuid in MySQL is a text, too. */
export const hasAnyText = ({ kind, isId }: OwnPair): boolean =>
  kind === 'text' || kind === 'caseless' || kind === 'uuid' || kind === 'bits' || kind === 'set' || isId;

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
  /** Of the two sides, for people. */
  readonly labels: Readonly<Record<Side, string>>;
  readonly here: OwnTable;
  readonly there: OwnTable;
  readonly key: readonly ColumnPair[];
  /** The key left out. */
  readonly rest: readonly ColumnPair[];
  readonly zeroDatesAreNull: boolean;
  /** On the other side. */
  readonly idMap: IdMapTable | null;
  readonly estimatedRows: number;
}

/** What is of one side alone. */
export interface OwnTable {
  /** Quoted for its server. */
  readonly table: string;
  readonly where: string | undefined;
  /** Otherwise its texts are made UTF-8 before they are measured. */
  readonly isUtf8: boolean;
}

/** A pair as one side sees it. `entity`: only where the ids of this side are the new ones. */
export interface OwnPair<C extends AnyColumn = AnyColumn> extends Omit<ColumnPair, Side> {
  readonly own: C;
  readonly other: AnyColumn;
  /** Compared as an id, whichever side it is mapped on. */
  readonly isId: boolean;
}

/** The plan as one side sees it: what its server is asked for. */
export interface OwnPlan<C extends AnyColumn = AnyColumn> extends OwnTable {
  readonly key: readonly OwnPair<C>[];
  readonly rest: readonly OwnPair<C>[];
  readonly zeroDatesAreNull: boolean;
  readonly idMap: IdMapTable | null;
}

export const seenFrom = <C extends AnyColumn>(plan: ComparedTable, side: Side): OwnPlan<C> => {
  const own = (pair: ColumnPair): OwnPair<C> => ({
    ...pair,
    // The columns of one side are all of its server.
    own: pair[side] as C,
    other: pair[side === 'here' ? 'there' : 'here'],
    isId: pair.entity !== null,
    entity: side === 'there' ? pair.entity : null,
  });
  return {
    ...plan[side],
    key: plan.key.map(own),
    rest: plan.rest.map(own),
    zeroDatesAreNull: plan.zeroDatesAreNull,
    idMap: side === 'there' ? plan.idMap : null,
  };
};

export const allColumns = <P>({
  key,
  rest,
}: {
  readonly key: readonly P[];
  readonly rest: readonly P[];
}): readonly P[] => [...key, ...rest];

/** Without an SQL form that is the same on both servers: such a table travels whole. */
export const isStreamed = (plan: ComparedTable): boolean =>
  allColumns(plan).some(({ kind }) => kind === 'json');

/** Of an exact number and a float there is no exact form but the digits themselves. */
export const isMixedDouble = ({ kind, here, there }: ColumnPair): boolean =>
  kind === 'double' && (here.family !== 'double' || there.family !== 'double');

/** Two values of one side that differ may have the same form, so that a unique key need not be unique in it. */
export const canFold = ({ kind, here, there, entity }: ColumnPair): boolean =>
  entity === null &&
  (kind === 'caseless' || (kind === 'uuid' && (here.family === 'text' || there.family === 'text')));

/** The most that every MySQL can cast to. */
const most = { scale: 30, digits: 65 };

/** Decimals that both sides can show; null: no fixed number, so trailing zeros go. */
export const sharedScale = ({ own, other }: OwnPair): number | null => {
  if (own.scale === null || other.scale === null || Math.min(own.scale, other.scale) < 0) return null;
  const scale = Math.max(own.scale, other.scale);
  const wholeOf = ({ digits, scale: decimals }: AnyColumn) => (digits ?? 20) - (decimals ?? 0);
  const whole = Math.max(...[own, other].filter(({ of }) => of === 'mysql').map(wholeOf), 0);
  // A cast to too few digits gives the greatest number that fits, and no error.
  return scale > most.scale || whole + scale > most.digits ? null : scale;
};

/** The text of an SQL string; no server setting changes what it means. */
export const literal = (text: string): string => {
  if (/[\\\0]/.test(text)) throw new Error(`${JSON.stringify(text)} cannot stand in a statement`);
  return `'${text.replaceAll("'", "''")}'`;
};
