/** As the chart shows them: four decimals. */
export const price = (value) => value.replace(/([.]\d{4})\d+$/, '$1');
