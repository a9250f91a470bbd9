/**
 * Division by zero is an error, whatever the numbers are. CEL's doubles give NaN or infinity instead, and every
 * comparison with NaN is false: a share of no attempts would be below each limit, and a watch or a gate would take
 * that for good news.
 */
import { type ASTNode, type Environment, serialize } from '@marcbachmann/cel-js';

const name = 'runbookQuotient';

/** An unsigned one is an object of the library's. */
const numberOf = (value: unknown): number | bigint => {
  const plain = typeof value === 'object' ? value?.valueOf() : value;
  if (typeof plain === 'number' || typeof plain === 'bigint') return plain;
  throw new Error('only numbers can be divided');
};

const quotient = (dividend: unknown, divisor: unknown): number | bigint => {
  const [a, b] = [numberOf(dividend), numberOf(divisor)];
  if (Number(b) === 0) throw new Error('division by zero');
  return typeof a === 'bigint' && typeof b === 'bigint' ? a / b : Number(a) / Number(b);
};

/** The types were checked at load, where the operator is still present. */
export const withDivision = (env: Environment): Environment =>
  env.registerFunction(`${name}(dyn, dyn): dyn`, quotient);

interface Node {
  readonly op: string;
  readonly args: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** null: nothing is divided. */
export const dividingSafely = (ast: ASTNode): string | null => {
  let divides = false;
  const rewritten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewritten);
    if (!isNode(value)) return value;
    const args = rewritten(value.args);
    if (value.op !== '/') return { op: value.op, args };
    divides = true;
    return { op: 'call', args: [name, args] };
  };
  const safe = rewritten(ast);
  return divides ? serialize(safe as ASTNode) : null;
};
