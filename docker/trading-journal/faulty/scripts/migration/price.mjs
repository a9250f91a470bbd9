/** As the chart shows them. */
export const price = (value) => Number(value).toFixed(4);
