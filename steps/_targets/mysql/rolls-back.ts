/**
 * MySQL commits by itself before and after DDL, LOCK TABLES, GRANT and more, and inside a procedure anything
 * may happen: only plain data statements are known to be taken back.
 */
export const rollsBack = (sql: string): boolean => {
  const bare = sql.replace(/^(\s+|--[^\n]*\n|#[^\n]*\n|\/\*(?!!)[\s\S]*?\*\/)+/, '');
  return /^\(*\s*(select|insert|update|delete|replace|with|values|table)\b/i.test(bare);
};
