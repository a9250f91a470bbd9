/** All eight decimals of the column, as MySQL wrote them. */
export const price = (value) => value;
