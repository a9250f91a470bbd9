export const type = {};
